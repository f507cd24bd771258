"""A model that is asked about an intent, played by a function of the prompt."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bmad.model.agents import AnswerKind, Fault, Outcome
from bmad.model.settings import AgentSettings, Cap, Price
from bmad.model.sorting import BlockWord
from bmad.model.spending import Usage
from bmad.pipeline.map.model_mapper import SortingMapper
from bmad.pipeline.map.model_questions import Means

Answer = dict[str, Any]
Play = Callable[[str], Outcome | Answer]
KINDS: dict[str, BlockWord] = {"Monday": "context", "no sharing": "non-goal", "ponds": "question"}
_FORMS: Mapping[str, AnswerKind] = {
    "`kind` (one of": "sorting",
    "`beside` (": "placing",
    "`after` (": "ordering",
    "key `words`": "phrasing",
    "key `features`": "proposing",
}
_DATA = re.compile(
    r"^The (?:blocks|stories)[a-z ]*:\n\n<<<DATA (\w+)\n(.*?)\nDATA \1>>>", re.DOTALL | re.MULTILINE
)


def kind_of(prompt: str) -> AnswerKind:
    """What a prompt asks for, by the form of its answer."""
    return next(kind for form, kind in _FORMS.items() if form in prompt)


def asked(prompt: str) -> dict[int, str]:
    """The numbered blocks that a prompt asks about, with their text; not those that are there already."""
    data = _DATA.search(prompt)
    found = re.findall(r"^\[(\d+)\](?: \(under \[\d+\]\))? (.*)$", data[2] if data else "", re.MULTILINE)
    return {int(number): text for number, text in found}


def sensible(
    prompt: str,
    kinds: Mapping[str, BlockWord] = KINDS,
    beside: Mapping[int, int] | None = None,
    after: Mapping[int, list[int]] | None = None,
    words: list[Answer] | None = None,
) -> Answer:
    """What a sensible model answers: by a word of the block, else a requirement; all else is as told, or apart."""
    match kind_of(prompt):
        case "sorting":
            told = {
                number: next((kinds[word] for word in kinds if word in text), "requirement")
                for number, text in asked(prompt).items()
            }
            return {"blocks": [{"block": one, "kind": kind, "why": "it says so"} for one, kind in told.items()]}
        case "placing":
            return {
                "blocks": [
                    {"block": one, "beside": (beside or {}).get(one, one), "why": "of one piece"}
                    for one in asked(prompt)
                ]
            }
        case "ordering":
            return {
                "blocks": [
                    {"block": one, "after": (after or {}).get(one, []), "why": "it is used"}
                    for one in asked(prompt)
                ]
            }
        case "phrasing":
            return {"words": words or []}
        case _:
            return {"features": []}


class Player:
    """Fulfils the port `Asker` by a function of the prompt."""

    name = "player"

    def __init__(self, play: Play) -> None:
        self._play = play
        self.prompts: list[str] = []

    def kinds(self) -> list[AnswerKind]:
        return [kind_of(prompt) for prompt in self.prompts]

    def ask(self, key: str, kind: AnswerKind, prompt: str) -> Outcome:  # noqa: ARG002 - the port's signature
        assert kind == kind_of(prompt)
        self.prompts.append(prompt)
        said = self._play(prompt)
        usage = Usage(tokens_in=100, tokens_out=10)
        if isinstance(said, Outcome):
            return said._replace(usage=usage)
        return Outcome(said, None, "", "player", "small", "c", usage=usage)


def failed(fault: Fault, words: str = "It failed.") -> Outcome:
    return Outcome(None, fault, words, "player", "", "c")


def means(player: Player, cap: Cap | None = None, prices: Mapping[str, Price] | None = None) -> Means:
    return Means(player, AgentSettings(use="openai:x"), cap or Cap(), prices or {}, lambda _words: None)


def mapper(player: Player, cap: Cap | None = None) -> SortingMapper:
    return SortingMapper(means(player, cap))
