"""One call of `bmad scan`: round after round, until nothing new is found or something stops it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Literal, NamedTuple

from bmad.core.act.accounts import LASTING, PASSING
from bmad.core.prompts.probing import PROBE
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.act import Content, Failed, OutOfBudget, Waits
from bmad.model.agents import Fault
from bmad.model.scan import ScanReport, Unanswered
from bmad.pipeline.act.accounts import Accounts
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.act.pauses import wait
from bmad.pipeline.act.reviewers.parallel import Job, together
from bmad.pipeline.act.scratch import Errand, aside
from bmad.pipeline.act.step import Case, StopError
from bmad.pipeline.scan.course import Course
from bmad.pipeline.scan.dismiss import dismissals
from bmad.pipeline.scan.findings import keep
from bmad.pipeline.scan.look import Answer, Answers, Look, Room
from bmad.pipeline.scan.reports import Came, report
from bmad.pipeline.scan.reviewers import Reviewer, chosen
from bmad.pipeline.scan.survey import Survey
from bmad.pipeline.scan.territories import places
from bmad.ports.acting import Desk

_IN_A_ROW = 3
"""Looks of one reviewer that came to nothing, after which it is asked no more."""

_ENDS = LASTING | {Fault.OUTSIDE, Fault.BROKE_GIT}
"""What stays for every unit until a person does something."""


class ScanRequest(NamedTuple):
    """What a person asks for; `paths` may be stories and epics, no `rounds` means those of `act.rounds`."""

    paths: tuple[str, ...] = ()
    lenses: tuple[str, ...] = ("correctness",)
    agents: tuple[str, ...] = ()
    one: bool = False
    rounds: int | None = None
    dry_run: bool = False
    again: bool = False


class StoppedError(Exception):
    """A scan that ends early, and what for."""

    def __init__(self, stop: Literal["waiting", "environment"], words: str, until: datetime | None = None) -> None:
        super().__init__(words)
        self.stop: Literal["waiting", "environment"] = stop
        self.words = words
        self.until = until


def scan(desk: Desk, request: ScanRequest, tell: Callable[[str], None]) -> ScanReport:
    """Have the reviewers look through HEAD's tree; `tell` is told of each look.

    Raises: UsageError where two vendors are not there or paths hold nothing; CannotAnswerError where a reviewer
    lacks what it could not work without, or another scan is at work.
    """
    if PROBE in request.lenses:
        raise UsageError(
            "The lens `probe` tries a story's change as it runs; a scan looks at files. Name another one."
        )
    with desk.history.read() as objects:
        grounds = Grounds(objects, desk.formats)
        basis = grounds.at(grounds.tips("HEAD", "HEAD").head)
        reviewers = chosen(basis.settings, request.agents, one=request.one)
        survey = Survey(grounds, desk.library, basis, places(grounds, basis, request.paths))
        if not survey.units:
            left = f"; left out: {len(survey.left_out)}, the first as {_first(survey)}"
            raise UsageError(f"There is nothing to look through{left if survey.left_out else ''}.")
        lenses = tuple(dict.fromkeys(request.lenses))
        course = Course(survey.units, lenses, len(reviewers), survey.blobs)
        going = _Scan(desk, request, tell, basis, reviewers, survey, course, lenses)
        return going.dry() if request.dry_run else going.through(grounds)


def _first(survey: Survey) -> str:
    one = survey.left_out[0]
    return f"{one.why} ({one.path})"


@dataclass
class _Scan:
    """A scan at work."""

    desk: Desk
    request: ScanRequest
    tell: Callable[[str], None]
    basis: Basis
    reviewers: Sequence[Reviewer]
    survey: Survey
    course: Course
    lenses: tuple[str, ...]
    unanswered: list[Unanswered] = field(default_factory=list)
    in_a_row: Counter[int] = field(default_factory=Counter)
    """Reviewer -> how many looks in a row came to nothing."""
    kept: int = 0
    calls: int = 0

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.desk.notes, self.reviewers)

    def dry(self) -> ScanReport:
        """What the first round would ask for."""
        if self.request.again:
            self.calls = len(self.course.round())
            return self._report(dry=True)
        for look in self.course.round():
            answer = self.answers.of(look)
            self.calls += answer is None
            self.kept += answer is not None
        return self._report(dry=True)

    def through(self, grounds: Grounds) -> ScanReport:
        """Raises: CannotAnswerError where another scan is at work, or whoever is to be asked lacks a thing."""
        commit = self.basis.commit
        with aside(self.desk, grounds, Errand("scan", "bmad scan", commit, commit)) as case:
            if self.request.again:
                self.answers.anew(self.survey.units, self.lenses)
            told = self._report(case, self._ended(case))
            keep(self.desk.notes, told.findings)
            return told

    def _ended(self, case: Case) -> StoppedError | None:
        """Go through the rounds; what ended them early, if anything did."""
        try:
            self._rounds(case)
        except StoppedError as stopped:
            return stopped
        except StopError as stop:
            return StoppedError("environment", _words(stop))
        return None

    def _require(self) -> None:
        """Raises: CannotAnswerError where nobody of a reviewer's chain could work."""
        for one in self.reviewers:
            lacks = [self.desk.agents.lacking(agent) for agent in one.agents]
            if all(lacks):
                raise CannotAnswerError(f"The agent `{one.name}` {lacks[0]}. See: bmad doctor")

    def _rounds(self, case: Case) -> None:
        """Where all that is asked is kept already, nobody needs a worktree."""
        most = self.request.rounds or self.basis.settings.act.rounds
        room: Room | None = None
        while self.course.rounds < most and not self.course.is_over:
            looks = self.course.round()
            left = [(f"{at}/{len(looks)}", look) for at, look in enumerate(looks, 1) if not self._is_kept(look)]
            if left and room is None:
                self._require()
                room = Room(case, self.reviewers, self.survey)
            if room is not None:
                jobs = [Job(room.step(look), partial(self._ask, room, look, at)) for at, look in left]
                together(room.cases[0], jobs, room.cases[1:])

    def _is_kept(self, look: Look) -> bool:
        """Whether what came of a look is kept, which then is taken in."""
        answer = self.answers.of(look)
        if answer is None:
            return False
        self.kept += 1
        self.course.had(look, answer)
        return True

    def _ask(self, room: Room, look: Look, at: str, seat: Case) -> None:
        """Have an answer now, and keep it; that a look came to nothing is noted. Raises: StoppedError."""
        told = f"round {look.round}, {at}: {look.unit.name}, {look.lens}, {self.reviewers[look.reviewer].name}"
        answer, words = self._tried(room, look, room.case(look, seat))
        if answer is None:
            self.tell(f"{told}: no review. {words}")
            self._note(look, words)
            return
        self.in_a_row[look.reviewer] = 0
        self.answers.keep(look, answer)
        self.course.had(look, answer)
        count = len(answer.seen)
        self.tell(f"{told}: {count} {'claim' if count == 1 else 'claims'}")

    def _tried(self, room: Room, look: Look, case: Case) -> tuple[Answer | None, str]:
        """The answer, or why there is none; accounts are waited for. Raises: StoppedError."""
        while True:
            self._see_to_budget(case)
            self.calls += 1
            try:
                return room.look(look, case), ""
            except StopError as stop:
                back = self._weighed(case, stop)
                if back is None:
                    return None, _words(stop)
                self.tell(f"waits until {back:%Y-%m-%d %H:%M:%S %Z}: {_words(stop)}")
                with case.waiting():
                    wait(self.desk, back)
            finally:
                case.purse.settled(case.run.story, Content())  # the cap of a step is that of a look

    def _weighed(self, case: Case, stop: StopError) -> datetime | None:
        """When to try again; None where this look alone came to nothing. Raises: StoppedError."""
        _, content = stop.happened
        if isinstance(content, OutOfBudget):
            self._see_to_budget(case)
            raise StoppedError("waiting", _words(stop))
        fault = content.fault if isinstance(content, Failed | Waits) else None
        if fault in PASSING and isinstance(content, Waits) and content.until is not None:
            back = Accounts(self.desk).back(case.settings.act.patience, [content.until])
            if back is None:
                raise StoppedError("waiting", _words(stop), content.until)
            return back
        if fault in _ENDS or isinstance(content, Waits):
            raise StoppedError("environment", _words(stop))
        return None

    def _see_to_budget(self, case: Case) -> None:
        """Raises: StoppedError where a cap is reached."""
        _, why = case.purse.full(case.run, case.settings)
        if why:
            raise StoppedError("waiting", f"{why}, or scan again to go on within a new one.")

    def _note(self, look: Look, words: str) -> None:
        """Raises: StoppedError where the reviewer comes to nothing again and again."""
        name = self.reviewers[look.reviewer].name
        one = Unanswered(unit=look.unit.name, lens=look.lens, reviewer=name, round=look.round, words=words)
        self.unanswered.append(one)
        self.in_a_row[look.reviewer] += 1
        if self.in_a_row[look.reviewer] >= _IN_A_ROW:
            told = f"The agent `{name}` came to no review {_IN_A_ROW} times in a row, and is asked no more."
            raise StoppedError("environment", f"{told} {words} See: bmad doctor")

    def _report(
        self, case: Case | None = None, stopped: StoppedError | None = None, *, dry: bool = False
    ) -> ScanReport:
        came = Came(
            head=self.basis.commit,
            lenses=self.lenses,
            reviewers=self.reviewers,
            survey=self.survey,
            course=self.course,
            unanswered=self.unanswered,
            calls=self.calls,
            kept=self.kept,
            dismissals=dismissals(self.desk.notes),
        )
        told = report(came, dry=dry, early=stopped is not None)
        more: dict[str, object] = {}
        if case is not None:
            more["spent"] = case.purse.spent
        if stopped is not None:
            more |= {"stop": stopped.stop, "stopped": stopped.words, "until": stopped.until}
        return told.model_copy(update=more)


def _words(stop: StopError) -> str:
    _, content = stop.happened
    return content.words if isinstance(content, Failed | Waits | OutOfBudget) else "It came to no answer."
