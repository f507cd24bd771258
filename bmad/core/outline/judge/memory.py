"""A text beside what is remembered of its sections: each goes by all that it is judged by."""

from collections.abc import Mapping, Sequence

from bmad.core.fingerprint import digest_of
from bmad.core.outline.judge.facts import Facts, firsts
from bmad.core.outline.judge.force import Heard, hear
from bmad.core.outline.judge.headings import Standing
from bmad.core.outline.read.block import Block, Group, Reading, Section
from bmad.core.outline.remembered import Judged, Remembered, Words
from bmad.core.outline.words.lexicon import Lexicon
from bmad.model.values import all_but

_BLOCK = all_but(Block, "index", "span", "section", "group", "parent", "children")
_GROUP = all_but(Group, "index", "section", "parent", "lead", "blocks")
_STANDING = all_but(Standing, "within")


class Memory:
    """What is remembered of the sections of one text; nothing is where nobody remembers, and nothing is kept."""

    def __init__(self, reading: Reading, known: Remembered | None) -> None:
        self.firsts = firsts(reading)
        """The first block of each id of the text."""
        self._reading = reading
        self._known = known
        self._said = _said(reading) if known is not None else []
        self._facts = ""
        self._places: Sequence[Standing] = ()

    def told(self, facts: Facts, places: Sequence[Standing]) -> None:
        """Take in what the text is as a whole, and how its sections stand: they are judged by that from now on."""
        if self._known is not None:
            self._facts = digest_of([sorted(one) if isinstance(one, frozenset) else one for one in facts])
            self._places = places

    def heard(self, words: Lexicon) -> list[Heard]:
        """What each block says; what several say is heard once."""
        said: dict[str, Heard] = {}
        heard: list[Heard] = []
        for section in self._reading.sections:
            texts = [self._reading.blocks[index].text for index in section.blocks]
            own = self._known.heard(self._said[section.index], len(texts)) if self._known is not None else None
            if own is None:
                said |= {text: hear(text, words) for text in dict.fromkeys(texts) if text not in said}
                own = [said[text] for text in texts]
                if self._known is not None:
                    self._known.keep_heard(self._said[section.index], own)
            heard += own
        return heard

    def judged(self, section: Section) -> Judged | None:
        """What became of the blocks of a section."""
        return self._known.judged(self._name(section), len(section.blocks)) if self._known is not None else None

    def keep(self, section: Section, judged: Judged) -> None:
        if self._known is not None:
            self._known.keep(self._name(section), judged)

    def recall_words(self, names: dict[int, str], cuts: dict[int, list[str]]) -> None:
        """Add the name of each block, and its sentences, where they are known."""
        if self._known is None:
            return
        for section in self._reading.sections:
            for index, words in zip(section.blocks, self._known.words(self._said[section.index]), strict=False):
                if words.name is not None:
                    names[index] = words.name
                if words.cut is not None:
                    cuts[index] = words.cut

    def keep_words(self, names: Mapping[int, str], cuts: Mapping[int, list[str]]) -> None:
        if self._known is None:
            return
        for section in self._reading.sections:
            words = [Words(names.get(index), cuts.get(index)) for index in section.blocks]
            self._known.keep_words(self._said[section.index], words)

    def _name(self, section: Section) -> str:
        """The digest of all that a section is judged by, that of what ids before it stand for as well."""
        own = self._places[section.index]
        below = [(one.asks, one.epic, one.story) for one in (self._places[at] for at in section.children)]
        blocks = (self._reading.blocks[at] for at in section.blocks)
        named = [self.firsts[one.source] for one in blocks if one.source in self.firsts]
        above = [first.text if first.section != section.index else None for first in named]
        where = (_STANDING(own), own.within >= 0, below, above)
        return digest_of([self._said[section.index], self._facts, where])


def _said(reading: Reading) -> list[str]:
    """A digest of the blocks and groups of each section, in their places among themselves; empty for none."""
    groups: dict[int, list[Group]] = {}
    for group in reading.groups:
        groups.setdefault(group.section, []).append(group)
    return [
        digest_of([reading.codes, *_inner(reading.blocks[own[0] : own[0] + len(own)], groups[section.index])])
        if (own := section.blocks)
        else ""
        for section in reading.sections
    ]


def _inner(blocks: Sequence[Block], groups: Sequence[Group]) -> list[object]:
    first, begin = blocks[0].index, groups[0].index
    return [
        [(max(one.parent - first, -1), one.group - begin, _BLOCK(one)) for one in blocks],
        [(max(one.parent - first, -1), max(one.lead - first, -1), _GROUP(one)) for one in groups],
    ]
