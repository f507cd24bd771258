"""What holds for every draft, whatever the document: it is whole, and it says nothing that its author did not."""

import itertools
import re

from bmad.core.outline import labels
from bmad.core.outline.judge import reasons
from bmad.model.draft import Draft
from bmad.model.spec import ACTIONABLE

MARK = re.compile(
    r"\[\^[^\]\s]{1,60}\]|\]\[[^\]]*\]|[*_~`]+|</?[A-Za-z][^<>]*>|\]\([^()]*\)|[\[\]|\\]|<!--.*?(?:-->|\Z)",
    re.DOTALL,
)
LINE_MARK = re.compile(
    r"^[ \t>]*(?:(?:[-+]|#{1,6}|\d{1,9}[.)])(?:\s+|$)|\[[ xX]\]\s+|[✅☑✔❌•]\s*)*", re.MULTILINE
)
PIECES = re.compile(r"; |, |: | \| ")


def bare(text: str, *, lines: bool = True) -> str:
    """Text without Markdown's marks, those that begin lines too, and with white space as one blank."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = MARK.sub(
        " ",
        (LINE_MARK if lines else re.compile("$^")).sub(
            " ", re.sub(r"<!--.*?(?:-->|\Z)", " ", text, flags=re.DOTALL)
        ),
    )
    return " ".join(text.split())


def said(draft: Draft) -> list[str]:
    """Every text of a draft that reaches a document."""
    texts = [draft.title, *(s.title for s in draft.statements), *(e.title for e in draft.epics)]
    texts += [part for e in draft.epics for part in e.text.splitlines()]
    texts += [part for s in draft.statements for part in (*s.under, s.source)]
    for need in draft.requirements:
        texts += [need.title, need.source, *need.text.splitlines()]
    for story in draft.stories:
        texts += [story.title, story.source, *story.narrative.splitlines(), *story.criteria, *story.tasks]
        texts += story.notes.splitlines()
    return texts


def invented(text: str, draft: Draft) -> list[str]:
    """The lines of a draft that are neither found in the intent nor a label."""
    known = bare(text)
    squeezed = f"{known}\n{bare(text, lines=False)}".replace(" ", "")
    frame = [labels.FROM.split("{}")[0].strip(), labels.FROM.split("{}")[1].strip()]
    found = []
    for line in said(draft):
        rest = line.strip().removesuffix(labels.CUT)
        if rest.startswith(frame[0]) and rest.endswith(frame[1]):
            rest = rest.removeprefix(frame[0]).removesuffix(frame[1])
            parts = rest.split(labels.PATH)
        else:
            parts = [rest]
        for part in parts:
            words = bare(part, lines=False) if bare(part, lines=False).replace(" ", "") in squeezed else bare(part)
            if words in labels.ALL or not words or words.replace(" ", "") in squeezed:
                continue
            pieces = [piece for piece in re.split(r"; |, ", part) if bare(piece)]
            heads = [bare(one) for piece in pieces for one in _cells(bare(piece), known)]
            if not all(one.replace(" ", "") in squeezed for one in heads):
                found.append(line)
    return found


def _cells(piece: str, known: str) -> list[str]:
    """A piece as it stands, or cut once into the head of a column, with or without a colon, and what a cell says."""
    if piece in known:
        return [piece]
    words = piece.split(" ")
    cuts = [
        (head, " ".join(words[n:]))
        for n in range(1, min(len(words), 9))
        for head in (" ".join(words[:n]), " ".join(words[:n]).removesuffix(":"))
    ]
    return next(([one, two] for one, two in cuts if one in known and two in known), [piece])


def check(text: str, draft: Draft) -> None:
    """All that holds for a draft of a text that is Markdown as people write it."""
    check_whole(text, draft)
    assert not invented(text, draft)


def check_whole(text: str, draft: Draft) -> None:
    """All that holds for a draft of any text."""
    count = draft.coverage
    assert count.characters == len(text)
    assert count.in_statements + count.structure + count.context == len(text)
    assert count.in_statements == sum(s.span.end - s.span.start for s in draft.statements)
    for left, right in itertools.pairwise(draft.statements):
        assert left.span.end <= right.span.start
    for statement in draft.statements:
        quote = text[statement.span.start : statement.span.end]
        assert quote
        assert quote == quote.strip()
        assert statement.title.strip()
    _check_blocks(text, draft)
    _check_links(draft)


def _check_blocks(text: str, draft: Draft) -> None:
    taken = [block.statement for block in draft.blocks if block.statement >= 0]
    assert taken == list(range(len(draft.statements)))
    for left, right in itertools.pairwise(draft.blocks):
        assert left.span.end <= right.span.start
    for block in draft.blocks:
        assert (block.statement < 0) == bool(block.why)
        assert not block.why or block.why in reasons.ALL
        assert block.span.end <= len(text)
        if block.statement >= 0:
            assert draft.statements[block.statement].span == block.span


def _check_links(draft: Draft) -> None:
    reached = {i for r in draft.requirements for i in r.statements}
    assert reached == {i for i, s in enumerate(draft.statements) if s.klass in ACTIONABLE}
    own = {index for index, need in enumerate(draft.requirements) if not need.everywhere}
    assert {r for s in draft.stories for r in s.requirements} == own
    grouped = [r for e in draft.epics for r in e.requirements]
    assert sorted(grouped) == sorted(own)
    assert {s.epic for s in draft.stories} == set(range(len(draft.epics)))
    for epic, members in enumerate(draft.epics):
        held = {r for s in draft.stories if s.epic == epic for r in s.requirements}
        assert held == set(members.requirements)
    for index, story in enumerate(draft.stories):
        assert index not in story.depends_on
        assert all(0 <= d < len(draft.stories) for d in story.depends_on)
        assert story.criteria
        assert all(c.strip() and "\n" not in c for c in story.criteria)
        assert story.narrative.strip()
        assert "\n" not in story.title
    _check_order({index: story.depends_on for index, story in enumerate(draft.stories)})


def _check_order(after: dict[int, tuple[int, ...]]) -> None:
    """Each story can be taken after those it waits for."""
    done: set[int] = set()
    waiting = dict(after)
    while waiting:
        ready = [index for index, ends in waiting.items() if done.issuperset(ends)]
        assert ready, f"a cycle among {sorted(waiting)}"
        done.update(ready)
        for index in ready:
            del waiting[index]
