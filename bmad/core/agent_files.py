"""What coding agents are told of bmad in a repository: one skill, a plugin that brings it, a section of AGENTS.md.

All are made from the words here. Each bears a hash of what was written, so that a hand's edit is known and stays.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import NamedTuple

from bmad.core.harness import AGENTS

SKILL, PLUGIN, MARKET = (
    ".agents/skills/bmad/SKILL.md",
    ".claude-plugin/plugin.json",
    ".claude-plugin/marketplace.json",
)
Reading = Callable[[str], str | None]
"""A file at the root -> its text, None where there is none."""

_DOES = (
    "Find out why code in this repository exists (its story, requirement and the sentence of the intent) and make "
    "changes that its gate lets pass. Use it before you change or commit code here, and when asked why a line "
    "exists, what to work on next, or why the gate refuses a commit."
)
_SKILL = """\
---
name: bmad
description: {does}
---

# bmad

Every change here belongs to a story; a story leads to a requirement, and that to a sentence of `{intent}`. The
gate refuses commits that do not say whose they are.

## Find out

```console
bmad status                # the stories, how they stand, and which can be begun
bmad show STORY            # a story or any other id: its text, what is above it and below
bmad trace FILE:LINE       # of a line (or file, commit, id) the commit, story, requirement and sentence
bmad impact ID             # what hangs below
bmad show STORY --prompt developer   # all that an agent on this story is told
```

An id may be cut short. Each takes `--json`; an error is then JSON, too. Exit codes: 0 done, 1 the check found
something, 2 wrong usage or input, 3 the environment cannot answer, 4 waits for a person.

## Change something

1. `bmad start STORY` makes the story's branch and prints its territory: the paths it may change. Change no others.
2. Do what its acceptance criteria ask for, with tests that name them.
3. The last paragraph of each commit message is `Story: STORY-…`, the whole id (a hook may fill it in).
4. `bmad gate` before you push; what it refuses it says with a way out. `bmad gate --explain` says by which rules.

## Leave alone

- Governed files (`bmad gate --explain` names them): only where a person asks for it, alone in a commit that ends
  in `Policy: REASON`.
- Ids, `Source` lines and the lock of the specification. Where `{intent}` has changed, `bmad map` (or
  the import that it names) brings the rest in line, and `bmad validate` says what is wrong.
- `bmad accept`, `reject`, `arbitrate`, `confirm` and `reopen`: these are a person's word.
"""
_SECTION = """\
## Why code is here

Every change belongs to a story, and that leads to a sentence of `{intent}`; the gate refuses other commits.

- `bmad status`: what can be begun. `bmad show STORY`: what it asks for. `bmad trace FILE:LINE`: why a line exists.
- `bmad start STORY`, then stay in its territory. A commit message ends in the paragraph `Story: STORY-…`.
- `bmad gate` before you push. More in `{skill}`. What a prompt of `bmad act` says comes before this.
"""
_WHO = "For agents that work in this repository."


class Plan(NamedTuple):
    """What is to be written, and what stays since a hand has edited it."""

    files: dict[str, str]
    edited: tuple[str, ...]


def plan(read: Reading, intent: str) -> Plan:
    """What is missing or older than this bmad, anew. `read` may raise where a file is no text."""
    files: dict[str, str] = {}
    edited: list[str] = []
    for path, new in ((SKILL, _skill(intent)), (PLUGIN, _json(_PLUGIN)), (MARKET, _json(_MARKET))):
        old = read(path)
        if old == new:
            continue
        if old is None or _is_own(old):
            files[path] = new
        else:
            edited.append(path)
    old = read(AGENTS)
    section = _with_section(old, intent)
    if section is None:
        edited.append(AGENTS)
    elif section != old:
        files[AGENTS] = section
    return Plan(files, tuple(edited))


def stands(read: Reading) -> bool:
    """Whether any of it was ever written here."""
    return read(SKILL) is not None or _FOUND.search(read(AGENTS) or "") is not None


_VERSION = "1.0.0"
_PLUGIN = {
    "name": "bmad",
    "version": _VERSION,
    "description": _DOES,
    "author": {"name": _WHO},
    "skills": ["./.agents/skills/bmad"],
}
_MARKET = {
    "name": "bmad",
    "description": _WHO,
    "metadata": {"version": _VERSION},
    "owner": {"name": _WHO},
    "plugins": [{"name": "bmad", "source": "./", "description": _DOES}],
}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


_MARK = re.compile(r"<!-- bmad: written by `bmad agents install`, ([0-9a-f]{12}) -->\n\n|\+([0-9a-f]{12})(?=\")")
"""The hash of what stands around it: in a comment, or where JSON has none, behind the version (semver's build)."""


def _skill(intent: str) -> str:
    text = _SKILL.format(does=_DOES, intent=intent)
    return _signed(text, "# bmad\n\n", "<!-- bmad: written by `bmad agents install`, {} -->\n\n")


def _json(told: object) -> str:
    return _signed(json.dumps(told, indent=2) + "\n", f'"version": "{_VERSION}', "+{}")


def _signed(text: str, behind: str, mark: str) -> str:
    head, words, rest = text.partition(behind)
    return f"{head}{words}{mark.format(_hash(text))}{rest}"


def _is_own(text: str) -> bool:
    """Whether nobody has edited it since bmad wrote it."""
    mark = _MARK.search(text)
    return mark is not None and _hash(text[: mark.start()] + text[mark.end() :]) in mark.groups()


_END = "<!-- bmad: work, end -->"
_FOUND = re.compile(rf"<!-- bmad: work, begin, ([0-9a-f]{{12}}) -->\n(.*?){re.escape(_END)}", re.DOTALL)


def _with_section(text: str | None, intent: str) -> str | None:
    """AGENTS.md with bmad's section, in place of the one that is there; None where a hand has edited that."""
    inner = _SECTION.format(intent=intent, skill=SKILL)
    section = f"<!-- bmad: work, begin, {_hash(inner)} -->\n{inner}{_END}"
    if text is None or not text.strip():
        return f"# For agents\n\n{section}\n"
    found = _FOUND.search(text)
    if found is None:
        return None if "<!-- bmad: work," in text else f"{text.rstrip()}\n\n{section}\n"
    if _hash(found[2]) != found[1]:
        return None
    return text[: found.start()] + section + text[found.end() :]
