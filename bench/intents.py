"""Generated intents of any size: sections of rules, prose, tables and code, as specifications have them."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

_SECTION = """
## Part {n}

Some words on why part {n} is there. They are context, and there are a few of them, wrapped over
two lines as people do.

1. The store MUST keep record {n} for {days} days. It SHOULD compress it after {half} days.
1. A client MAY ask for record {n} by name; the answer MUST arrive within {ms} ms.
   For instance: `get record-{n}` -> `200`.

- The list of part {n} shall show at most {days} entries.
- When record {n} is removed, the index must be rebuilt, e.g. by `rebuild {n}`.

| input | outcome |
| --- | --- |
| `get {n}` | 200 |
| `get x{n}` | 404 |

```
code {n} MUST not be read
```
"""


def write_intent(folder: Path, size: int) -> None:
    """Write `intent.md` of at least `size` bytes below folder."""
    parts = ["# A large intent\n"]
    total = 0
    while total < size:
        n = len(parts)
        parts.append(_SECTION.format(n=n, days=n % 90 + 1, half=n % 40 + 1, ms=n % 500 + 20))
        total += len(parts[-1])
    folder.mkdir(parents=True)
    (folder / "intent.md").write_text("".join(parts), encoding="utf-8")


def write_edited(folder: Path, size: int, bmad: Sequence[str]) -> Path:
    """A repository with an intent of that many bytes that is mapped; one sentence was edited since.

    Gives what the map left in the user's cache folder.
    """
    write_intent(folder, size)
    cache = folder.with_name(f"{folder.name}-cache")
    cache.mkdir()
    environ = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    for command in (("git", "init", "--quiet"), (*bmad, "map", "intent.md")):
        subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environ)
    intent = folder / "intent.md"
    text = intent.read_text(encoding="utf-8")
    at = text.index("shall show", len(text) // 2)
    intent.write_text(f"{text[:at]}shall always show{text[at + len('shall show') :]}", encoding="utf-8")
    return cache


def write_bullets(folder: Path, count: int) -> None:
    """An intent of so many equal bullets under one heading."""
    folder.mkdir(parents=True)
    bullets = "- The tool must keep all items safe.\n" * count
    (folder / "intent.md").write_text(f"# Bullets\n\n## Requirements\n\n{bullets}", encoding="utf-8")
