"""How a test names a criterion: `STORY-3t8vnp/AC-1` in words, `story_3t8vnp_ac_1` in an identifier."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bmad.model.ids import ALPHABET, CRITERION, ID

_WORDS = re.compile(rf"(?<![A-Za-z0-9._/-])({ID})/({CRITERION})(?![A-Za-z0-9])")
_IDENTIFIER = re.compile(r"(?<![A-Za-z0-9])(?:\w*?_)?([A-Za-z]\w{0,80}?)_ac_?(\d{1,4})(?!\d)", re.IGNORECASE)
_MINTED = re.compile(rf"story_[{ALPHABET}]{{6}}")
_STORY = "STORY-"


class Named(NamedTuple):
    """The criteria that a text names, each once in order, and ids in it that name none."""

    criteria: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Names:
    """The criteria that there are, and how tests may spell them."""

    def __init__(self, criteria: Iterable[str]) -> None:
        self._known = frozenset(criteria)
        self._stories = {one.partition("/")[0] for one in self._known}
        self._folded: Mapping[str, str] = {_folded(one): one for one in sorted(self._known)}

    def within(self, text: str) -> Named:
        """What a text names; only an id of a story's form, or of a story that is there, has to name something."""
        found = [*self._in_words(text), *self._in_identifiers(text)]
        return Named(
            tuple(dict.fromkeys(one for one in found if one in self._known)),
            tuple(dict.fromkeys(one for one in found if one not in self._known)),
        )

    def _in_words(self, text: str) -> Iterator[str]:
        if "/AC-" not in text:
            return
        for match in _WORDS.finditer(text):
            if match[1].startswith(_STORY) or match[1] in self._stories:
                yield match[0]

    def _in_identifiers(self, text: str) -> Iterator[str]:
        if "_ac" not in text.lower():
            return
        for match in _IDENTIFIER.finditer(text):
            parts = match[0].lower().rpartition("_ac")[0].split("_")
            ends = ["_".join(parts[at:]) for at in range(len(parts))]
            number = int(match[2])
            known = next((name for end in ends if (name := self._folded.get(f"{end}_ac_{number}"))), None)
            minted = next((end for end in ends if _MINTED.fullmatch(end)), None)
            if known is not None:
                yield known
            elif minted is not None:
                yield f"{_STORY}{minted.removeprefix('story_')}/AC-{number}"


def _folded(criterion: str) -> str:
    story, _, number = criterion.rpartition("/AC-")
    return f"{re.sub(r'[^a-z0-9]', '_', story.lower())}_ac_{int(number)}"
