"""What a seed's backlog is: stories, what they may touch and wait for, and how bmad.yaml has them carried."""

import json
import random
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.program import bmad, git

WAYS = ("mended", "plain", "disputed")
"""How the reviews of a story go: a finding that is fixed, none, or one that is disputed and conceded."""
LYING = "lying"
"""Of a story whose developer says that it is done, and never has it pass."""
HUB = "NOTES.md"
DIARY = "src/shared/diary.py"
PAST = {b"src/old.py": b"OLD = True\n", DIARY.encode(): b""}
"""What stood before anybody had bmad, where anything did: code of no story."""
_LONG = 5


class Item(NamedTuple):
    """A story as the seed has it; `paths` are the files that its developer writes."""

    id: str
    file: str
    way: str
    territory: tuple[str, ...]
    paths: tuple[str, ...]
    after: tuple[str, ...] = ()
    stated: bool = True
    """Whether its territory stands from the begin; else its creator adds it."""


class Plan(NamedTuple):
    """How a seed's stories are carried."""

    items: tuple[Item, ...]
    workers: int
    creator: bool
    tester: bool
    confines: bool
    lenses: tuple[str, ...]
    act: Mapping[str, object]

    @property
    def has_past(self) -> bool:
        """Whether there was code before the backlog; no draw decides on that, so that seeds stay what they are."""
        return len(self.items) == _LONG

    def _yaml(self, past: str) -> str:
        agent = json.dumps({"command": ["agent"]})
        more = {"creator": self.creator, "tester": self.tester}
        roles = ["developer", "reviewer", *(role for role, there in more.items() if there)]
        gate: dict[str, object] = {"level": "reviewed"}
        if past:
            gate["baseline"] = {"commit": past, "until": "2030-01-01", "reason": "before bmad", "owner": "ada"}
        act = {"lenses": self.lenses, "hubs": [HUB], "workers": self.workers, **self.act}
        return (
            f"version: 1\nagents: {{{', '.join(f'{role}: {agent}' for role in roles)}}}\n"
            f"verify: [{{name: tests, run: [check]}}]\nact: {json.dumps(act)}\ngate: {json.dumps(gate)}\n"
        )

    def files(self, past: str = "") -> dict[bytes, bytes]:
        """The files of the commit that adopts bmad; `past` is the one before it, where there is one."""
        files = dict(mapped(len(self.items)))
        for item in self.items:
            fields = [f"- Depends on: {', '.join(item.after)}"] if item.after else []
            fields += [f"- Territory: {', '.join(f'`{glob}`' for glob in item.territory)}"] if item.stated else []
            text = files[item.file.encode()].decode()
            told = "".join(f"\n{field}" for field in fields)
            files[item.file.encode()] = text.replace("\n\n## ", f"{told}\n\n## ", 1).encode()
        before = PAST if past else {}
        return {**before, **files, b"bmad.yaml": self._yaml(past).encode(), HUB.encode(): b"# Notes\n"}


def drawn(rng: random.Random, *, alone: bool = True) -> Plan:
    """A backlog by the hand of a seed, for one machine or several."""
    creator = rng.random() < 0.6
    items: list[Item] = []
    for path in _documents(rng.choice((2, 3, 3, 4, 5))):
        items.append(_item(rng, path, items, creator=creator))
    act = {
        "accept": rng.choice(("auto", "auto", "auto", "story", "end" if alone else "story")),
        "plan": rng.choice(("auto", "auto", "auto", "human")),
        "land": rng.choice(("merge", "squash", "rebase")),
        "rounds": rng.choice((2, 4)),
        "reviewers": rng.choice((1, 3)),
    }
    return Plan(
        items=tuple(items),
        workers=rng.choice((1, 2, 2, 3, 4)),
        creator=creator,
        tester=rng.random() < 0.15,
        confines=rng.random() < 0.85,
        lenses=("correctness", "security") if rng.random() < 0.2 else ("correctness",),
        act=act,
    )


def _item(rng: random.Random, path: str, before: Sequence[Item], *, creator: bool) -> Item:
    name = Path(path).name
    story = "-".join(name.split("-")[:2])
    own = f"{story.replace('-', '_').lower()}.py"
    territory: tuple[str, ...] = (f"src/{own}",)
    paths = territory
    roll = rng.random()
    if roll < 0.25:
        territory, paths = ("src/shared/**",), (f"src/shared/{own}", DIARY)
    elif roll < 0.35:
        territory, paths = (f"src/{own}", DIARY), (f"src/{own}", DIARY)
    if rng.random() < 0.2:
        territory, paths = (*territory, HUB), (*paths, HUB)
    after = tuple(one.id for one in before if rng.random() < 0.25)
    way = LYING if rng.random() < 0.06 else name.split("-")[2]
    return Item(story, path, way, territory, paths, after, not creator or rng.random() < 0.5)


def _documents(count: int) -> list[str]:
    found = [path.decode() for path in mapped(count) if path.startswith(b"stories/STORY-")]
    return sorted(found, key=lambda path: int(path.removesuffix(".md").rpartition("-")[2]))


@cache
def mapped(count: int) -> Mapping[bytes, bytes]:
    """The files of a mapped backlog of so many stories; bmad itself has mapped it."""
    folder = Path(tempfile.mkdtemp(prefix="bmad-test-"))
    try:
        git("init", "--quiet", "--initial-branch", "main", cwd=folder)
        (folder / "bmad.yaml").write_text("version: 1\n", encoding="utf-8")
        parts = [f"### {WAYS[at % 3].title()} {at}\n\n- `f{at}()` must return `{at}`.\n" for at in range(count)]
        (folder / "intent.md").write_text("# F\n\n## Requirements\n\n" + "\n".join(parts), encoding="utf-8")
        bmad("map", "intent.md", cwd=folder)
        git("add", ".", cwd=folder)
        told = git("ls-files", "-z", cwd=folder).split("\0")
        return {path.encode(): (folder / path).read_bytes() for path in told if path}
    finally:
        shutil.rmtree(folder)
