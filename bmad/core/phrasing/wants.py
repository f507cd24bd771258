"""Where the author's words do not reach: titles that had to be cut, stories of several blocks, vague wishes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from bmad.core.grouping.board import Board
from bmad.core.outline import labels
from bmad.core.outline.compose.choice import Choice, Words
from bmad.core.outline.compose.draft import compose
from bmad.core.outline.compose.piece import Piece
from bmad.core.outline.compose.titles import Titles
from bmad.core.outline.judge.verdict import Part
from bmad.core.outline.read.block import Block
from bmad.core.wording.kinds import QUICK, UNTESTABLE, VAGUE
from bmad.core.wording.wording import open_wording
from bmad.model.draft import Draft, DraftStory
from bmad.model.spec import Criterion, Document, Requirement, Story

Of = Literal["story", "need", "epic"]
Word = Literal["title", "narrative", "criteria"]

_VAGUE = frozenset({VAGUE.code, QUICK.code, UNTESTABLE.code})


class Want(NamedTuple):
    """What is to be worded: a story or an epic by its first block, a requirement by its own; and what it says."""

    of: Of
    block: int
    text: str
    asks: frozenset[Word]


def wants(found: Board, choice: Choice) -> Iterator[Want]:
    """All that is new and has no words of its author's own; nothing that its author worded."""
    draft = compose(found.judged, choice)
    pieces = found.made(choice).pieces
    alone: set[int] = set()
    titles = Titles(found.judged.lexicon)
    for piece, story in zip(pieces, draft.stories, strict=True):
        new = found.home(piece) is None
        asks = frozenset(_of_story(found, piece, story, titles)) if new else frozenset[Word]()
        if asks:
            yield Want("story", piece.lead, _said(found, piece), asks)
        if "title" in asks and not piece.joined:
            alone.add(piece.lead)
        for block in piece.rules:
            one = found.judged.reading.blocks[block]
            if block not in alone and block not in found.standing.stories and _is_cut(found, one, titles):
                yield Want("need", block, found.texts.whole(one), frozenset({"title"}))
    yield from _heads(choice, pieces, draft)


def standing_words(found: Board, choice: Choice) -> dict[int, Words]:
    """The titles of stories of several blocks that stand in the specification, and whose they are."""
    told: dict[int, Words] = {}
    for piece in found.made(choice).pieces:
        story = found.home(piece)
        if piece.joined and story is not None:
            told[piece.lead] = Words(title=story.title, by=story.proposed_by)
    return told


def is_vague(text: str) -> bool:
    """Whether a text says something that no two readers measure alike."""
    demand = Requirement(id="FR", title="", text=text)
    tested = Story(id="STORY", title="", criteria=(Criterion(id="AC-1", text=text),))
    asked = [Document(path="", items=(demand, tested))]
    return any(one.code in _VAGUE for one in open_wording(asked, {"": text}))


def _of_story(found: Board, piece: Piece, story: DraftStory, titles: Titles) -> Iterator[Word]:
    blocks = found.judged.reading.blocks
    own = [*piece.stories, *piece.criteria]
    if piece.joined or (not piece.whole and not own and _is_cut(found, blocks[piece.lead], titles)):
        yield "title"
    if story.narrative.startswith(labels.FROM.split("{}", maxsplit=1)[0]) and not piece.stories:
        yield "narrative"
    if not own and piece.rules and all(is_vague(found.texts.whole(blocks[rule])) for rule in piece.rules):
        yield "criteria"


def _is_cut(found: Board, block: Block, titles: Titles) -> bool:
    """Whether the title of a block is its sentence, cut within; a label or a name is the author's."""
    if block.title or block.story or block.label or found.texts.name(block) or found.texts.wanted(block):
        return False
    return found.judged.verdicts[block.index].part is not Part.STORY and titles.is_cut(found.texts.of(block))


def _said(found: Board, piece: Piece) -> str:
    blocks = found.judged.reading.blocks
    heading = found.judged.reading.sections[piece.section].heading.words if piece.whole else ""
    return "\n".join([*([heading] if heading else []), *(found.texts.whole(blocks[one]) for one in piece.blocks)])


def _heads(choice: Choice, pieces: list[Piece], draft: Draft) -> Iterator[Want]:
    """Epics that no heading names, by the titles of their stories."""
    members: dict[int, list[str]] = {}
    for piece, story in zip(pieces, draft.stories, strict=True):
        if piece.lead in choice.epics:
            members.setdefault(choice.epics[piece.lead], []).append(story.title)
    for lead, stories in members.items():
        if lead not in choice.heads:
            yield Want("epic", lead, "\n".join(stories), frozenset({"title"}))


def worded(choice: Choice, told: Mapping[Want, Words]) -> Choice:
    """A choice with words for what was asked; a story of one requirement gives it its title, too."""
    sizes = Counter(choice.joined.values())
    stories, needs, heads = dict(choice.stories), dict(choice.needs), dict(choice.heads)
    for want, words in told.items():
        if want.of == "epic":
            heads[want.block] = words
        elif want.of == "need":
            needs[want.block] = words
        else:
            stories[want.block] = words
            if words.title and sizes[want.block] < 2:  # noqa: PLR2004 - one block alone
                needs[want.block] = Words(title=words.title, by=words.by)
    return choice._replace(stories=stories, needs=needs, heads=heads)
