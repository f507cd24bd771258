"""What the commits of one step are judged by."""

from collections.abc import Callable
from typing import NamedTuple

from bmad.core.gate.documents import is_document
from bmad.core.gate.exempt import Exempt
from bmad.core.gate.facts import Step
from bmad.core.gate.reverts import Reverts
from bmad.core.gate.stories import StoryBook
from bmad.core.gate.words import finding, printable, told
from bmad.core.paths import Classifier
from bmad.model.gate import GateFinding
from bmad.model.settings import GateSettings, Level


class Rules(NamedTuple):
    """What the commits of one step are judged by."""

    step: Step
    gate: GateSettings
    level: Level
    classify: Classifier
    exempt: Exempt
    book: StoryBook
    reverts: Reverts
    older: frozenset[str]
    """Commits that are not judged: grandfathered, or older than the adoption."""
    landing: frozenset[bytes] = frozenset()
    """The paths that the result holds otherwise than the base."""
    beside: Callable[[str, int], bool] = lambda *_: False
    """Whether the push that brings the step may have brought a landing of a story, too."""
    audit: bool = False
    """Whether it is a step of a history, whose messages may stand for good."""

    def is_document(self, path: str) -> bool:
        """Whether a path is of the specification, where the base or the result has it."""
        return is_document(self.step, self.classify.layout, path)

    def closed(self, story: str) -> GateFinding | None:
        """G11, from `reviewed` up: the record of a landing stands in the base, and the story is not reopened.

        So it is with one that the base calls done elsewhere, of which nothing has landed here.
        """
        recorded = self.step.recorded
        last = recorded.added.of(story).standing if recorded is not None else 0
        before = self.step.before.story(story)
        if recorded is not None and not last and before is not None and before.done_elsewhere:
            message = f"{printable(story)} was done before bmad came ({told(before.done_elsewhere)})"
            fix = f"name an open story, or first land a change that takes `Done elsewhere` out of {before.path}"
            return finding("G11", message, fix=fix)
        if not last or (story, last) in self.step.before.lock.reopened or self.beside(story, last):
            return None
        again = (story, last) in self.step.after.lock.reopened
        message = f"{printable(story)} has landed (landing {last})"
        if again:
            message += ", and is reopened only in this range; that counts once it stands in the base"
            return finding("G11", message, fix="land the commit that reopens it first, without the work under it")
        fix = f"name an open story, or land `bmad reopen {printable(story)} --why REASON` first"
        return finding("G11", message, fix=fix)
