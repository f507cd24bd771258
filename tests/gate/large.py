"""`python -m tests.gate.large [ITEMS [CHANGES]]`: a large honest history, audited; prints CPU seconds and MiB.

So many items (headings and criteria), and so many changes of them, the lock with each, as `bmad new`
and `bmad map` change it: either a story is added, or a sentence of the intent with all that comes of it.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bench.specs import POLICY, made_items
from bmad.core.graph import build
from bmad.core.lock import renew
from bmad.model.edits import AddItem
from bmad.model.lock import Lock
from bmad.model.spec import AnyItem, Epic, Ref, Requirement, Statement, Story
from bmad.store.formats import TextFormats
from tests.gate.measured import measured
from tests.gate.repo import Content, Repo
from tests.layout import LOCK, PRD, REGISTER, edit, parse

FORMATS = TextFormats()
PARTS = 6
"""Items of one story: itself, three criteria, its requirement and statement; epics aside."""


class Growth(NamedTuple):
    """The intent, the items that stand at the start, and those of each change."""

    intent: str
    first: list[AnyItem]
    later: list[list[AnyItem]]


def by_stories(stories: int, changes: int) -> Growth:
    """Each change adds a story for what is there."""
    return Growth(*made_items(stories), [[_second(number)] for number in range(changes)])


def by_sentences(stories: int, changes: int) -> Growth:
    """Each change maps a sentence more of the intent: statement, requirement, epic and story."""
    kept = stories - changes
    intent, items = made_items(stories)
    own = [one for one in items if not isinstance(one, Epic)]
    first = [one for one in own if _number(one) < kept]
    epics = [_epic(f"EPIC-e{at // 20:05d}", range(at, min(at + 20, kept))) for at in range(0, kept, 20)]
    later: list[list[AnyItem]] = [[_epic(f"EPIC-n{at:05d}", range(at, at + 1))] for at in range(kept, stories)]
    for one in own:
        if _number(one) >= kept:
            later[_number(one) - kept].append(_under(one, f"EPIC-n{_number(one):05d}"))
    return Growth(intent, [*first, *epics], later)


def _number(item: AnyItem) -> int:
    return int(item.id[-5:])


def _under(item: AnyItem, epic: str) -> AnyItem:
    return replace(item, epic=Ref(epic), depends_on=()) if isinstance(item, Story) else item


def _epic(name: str, numbers: range) -> Epic:
    covers = tuple(Ref(f"FR-f{number:05d}") for number in numbers)
    return Epic(id=name, title=f"Questions from {numbers.start}", covers=covers, text="A group.")


def _second(number: int) -> Story:
    first = next(one for one in made_items(1)[1] if isinstance(one, Story))
    implements, epic = (Ref(f"FR-f{number:05d}"),), Ref(f"EPIC-e{number // 20:05d}")
    return replace(first, id=f"STORY-t{number:05d}", implements=implements, epic=epic)


def path_of(item: AnyItem) -> str:
    match item:
        case Statement():
            return REGISTER
        case Requirement():
            return PRD
        case Epic():
            return f"specs/epics/{item.id}.md"
        case Story():
            return f"stories/{item.id}.md"


def history(repo: Repo, growth: Growth) -> None:
    """`main` holds the specification at its start, `work` all changes, a commit each."""
    lines = _lock_lines([one for group in (growth.first, *growth.later) for one in group])
    texts: dict[str, str] = {REGISTER: "# Register\n\n- Intent: `intent.md`\n"}
    known: set[str] = set()

    def changed(group: list[AnyItem]) -> dict[str, Content]:
        for item in group:
            path = path_of(item)
            texts[path] = texts.get(path, "") + "\n" * (path in texts) + edit(path, "", [AddItem(item)])
            known.add(item.id)
        lock = "\n".join([*(line for line, ids in lines if ids <= known), ""])
        return {**{path_of(item): texts[path_of(item)] for item in group}, LOCK: lock}

    start: dict[str, Content] = {**changed(growth.first), "intent.md": growth.intent, "bmad.yaml": POLICY}
    repo.commit("main", "Set up\n", start)
    repo.commits("work", (("Change\n", changed(group)) for group in growth.later), repo.tip("main"))


def _lock_lines(items: list[AnyItem]) -> list[tuple[str, set[str]]]:
    """The lines of the last lock, each with the ids that it names."""
    by_path: dict[str, list[AnyItem]] = {}
    for item in items:
        by_path.setdefault(path_of(item), []).append(item)
    documents = [
        parse(path, "\n".join(edit(path, "", [AddItem(one)]) for one in own)) for path, own in by_path.items()
    ]
    lock = FORMATS.render_lock(renew(build(documents), Lock()))
    ids = {item.id for item in items}
    return [(line, {word.partition("/")[0] for word in line.split()[:4]} & ids) for line in lock.splitlines()]


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.gate.large", description=__doc__)
    options.add_argument("items", type=int, nargs="?", default=10_000)
    options.add_argument("changes", type=int, nargs="?", default=500)
    asked = options.parse_args()
    bad = 0
    for grown in (by_stories, by_sentences):
        with tempfile.TemporaryDirectory(prefix="bmad-large-") as folder:
            repo = Repo(Path(folder) / "r", {})
            history(repo, grown(asked.items // PARTS, asked.changes))
            repo.git("gc", "-q")
            done = measured(repo.root, ["--since", "main", "--head", "work"])
        bad += done.code != 0
        sys.stdout.write(f"{grown.__name__:12} {done}\n")
        sys.stdout.flush()
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
