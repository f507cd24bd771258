"""Generated specifications of any size, valid, in the documents' canonical form."""

from pathlib import Path

from bmad.core.graph import build
from bmad.core.lock import renew
from bmad.model.edits import AddItem
from bmad.model.layout import Layout
from bmad.model.lock import Lock
from bmad.model.spec import AnyItem, Criterion, Epic, Ref, Requirement, Section, Statement, StatementClass, Story
from bmad.store.formats import TextFormats

_LAYOUT = Layout()
_KIND = _LAYOUT.kind
REGISTER, PRD = _LAYOUT.places[0].register, _LAYOUT.places[0].prd
POLICY = "version: 1\ngate:\n  since: root\n"


def made_items(stories: int) -> tuple[str, list[AnyItem]]:
    """An intent and its items (headings and criteria): by story 1 statement, 1 requirement, 3 criteria."""
    intent: list[str] = ["# Intent\n\n## Requirements\n"]
    items: list[AnyItem] = []
    for number in range(stories):
        quote = f"The library shall answer question {number} with the number {number * 7} in one line."
        intent.append(f"- {quote}\n")
        epic = f"EPIC-e{number // 20:05d}"
        items.append(
            Statement(
                id=f"INT-i{number:05d}",
                title=f"Answer question {number}",
                klass=StatementClass.REQUIREMENT,
                under="Intent > Requirements",
                quote=quote,
            )
        )
        items.append(
            Requirement(
                id=f"FR-f{number:05d}",
                title=f"Answer question {number}",
                traces=(Ref(f"INT-i{number:05d}"),),
                text=quote,
            )
        )
        if number % 20 == 0:
            covers = tuple(Ref(f"FR-f{other:05d}") for other in range(number, min(number + 20, stories)))
            items.append(Epic(id=epic, title=f"Questions from {number}", covers=covers, text="A group."))
        criteria = tuple(
            Criterion(id=f"AC-{n}", text=f"Given question {number}.{n}, when asked, then {number * n} is printed.")
            for n in range(1, 4)
        )
        items.append(
            Story(
                id=f"STORY-s{number:05d}",
                title=f"Answer question {number}",
                epic=Ref(epic),
                implements=(Ref(f"FR-f{number:05d}"),),
                depends_on=(Ref(f"STORY-s{number - 1:05d}"),) if number % 5 else (),
                territory=(Ref(f"src/q{number}/**"), Ref(f"tests/q{number}/**")),
                narrative=f"As a user, I want question {number} answered, so that I can go on.",
                criteria=criteria,
                sections=(Section("Tasks / Subtasks", "- Answer it (AC-1)", 0), Section("Dev Notes", "None.", 0)),
            )
        )
    return "".join(intent), items


def write_spec(root: Path, count: int) -> int:
    """Write a valid specification of about `count` items below root; the number of items it has."""
    return write_stories(root, story_count(count))


def story_count(count: int) -> int:
    """With so many stories a specification has about `count` items."""
    return max(1, count // 6 - count // 120)


def write_stories(root: Path, stories: int, policy: str = POLICY) -> int:
    """Write a valid specification of that many stories below root; the number of items it has."""
    formats = TextFormats()
    intent, items = made_items(stories)
    by_path: dict[str, list[AddItem]] = {}
    for item in items:
        match item:
            case Statement():
                path = REGISTER
            case Requirement():
                path = PRD
            case Epic():
                path = f"specs/epics/{item.id}.md"
            case Story():
                path = f"stories/{item.id}.md"
        by_path.setdefault(path, []).append(AddItem(item))
    texts = {
        path: formats.edit(
            path, "# Register\n\n- Intent: `intent.md`\n" if path == REGISTER else "", edits, _KIND(path)
        )
        for path, edits in by_path.items()
    }
    documents = [formats.document(path, text, _KIND(path)) for path, text in texts.items()]
    texts[_LAYOUT.lock] = formats.render_lock(renew(build(documents), Lock()))
    texts |= {"intent.md": intent, "bmad.yaml": policy}
    for path, text in texts.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text, encoding="utf-8")
    return sum(document.read for document in documents)
