"""One lens's review of a change by agents: what it is shown, what it is asked, and what is left of its words."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import NamedTuple

from bmad.core.act.challenge import challenge
from bmad.core.act.diffs import changed_paths
from bmad.core.act.memory import alarms, false_alarms
from bmad.core.act.parts import Hidden, Piece, hidden, split
from bmad.core.act.placing import Files, Places
from bmad.core.act.review import Judged, Sifted, as_one, sift, verdicts
from bmad.core.act.unplaced import astray, complaints, kept, new_ones
from bmad.core.packs.budgets import Reader
from bmad.core.prompts.brief import Brief
from bmad.core.prompts.probing import PROBE, Probing
from bmad.core.prompts.reviewer import Fix, View, review_prompt, room_for_diff
from bmad.model.agents import Severity
from bmad.model.answers import Claim, ReviewAnswer, Verdict
from bmad.model.record import Work
from bmad.model.review import Disposition, Finding, Probed
from bmad.model.tested import Tried
from bmad.model.worktrees import Worktree
from bmad.pipeline.act.briefs import brief, hunks_of, put_before
from bmad.pipeline.act.reviewers.parallel import Job
from bmad.pipeline.act.reviewers.part_review import Heard, Question, ask
from bmad.pipeline.act.reviewers.probe import ProvingGround, copy_of
from bmad.pipeline.act.step import Case


def seen(case: Case, lens: str) -> str:
    """The commit that the lens has looked through already, so that only what came since is shown; else empty."""
    run = case.run
    known = bool(run.reviewed) and lens in run.looked_through and run.reviewed_head != run.head
    return run.reviewed_head if known and case.grounds.reaches(run.head, run.reviewed_head) else ""


class Change(NamedTuple):
    """What there is to look at: the diff from `base` to the head, in parts, and where quotes may stand in it."""

    brief: Brief
    base: str
    again: bool
    tree: Worktree
    diff: str
    pieces: Sequence[Piece]
    hidden: Sequence[Hidden]
    places: Places


def change_from(case: Case, tree: Worktree, base: str) -> Change:
    run = case.run
    again = base != run.base
    diff = case.grounds.diff(base, run.head)
    told = brief(case, Reader.REVIEWER)
    pieces = split(diff, room_for_diff(told, again=again))
    paths = changed_paths(diff)
    filtered = case.desk.repository.filtered(tree, paths) if tree.folder.name else {}
    unseen = hidden(diff, pieces, filtered)
    return Change(told, base, again, tree, diff, pieces, unseen, Places(_files(case, tree, paths, base)))


class Look:
    """One lens's review of a change."""

    def __init__(self, case: Case, lens: str, change: Change) -> None:
        self.case, self.lens, self.change = case, lens, change
        self._own = {one.id: one for one in case.run.findings.values() if one.lens == lens}
        self._false = false_alarms(case.basis.records)
        findings = case.run.findings.values()
        self._judged = [one for one in self._own.values() if _is_judged(one)] if change.again else []
        judged = frozenset(one.id for one in self._judged)
        self._beside = [one for one in findings if one.id not in judged] if change.again else []
        paths = changed_paths(change.diff)
        self._memory = alarms(case.basis.records, findings, lens, paths, _reader(case), judged)
        self.found: dict[str, Finding] = {}
        self.works: list[Work] = []
        self.known = 0
        self.judged = Judged((), ())
        self._tried: list[Tried] = []
        self._ground = ProvingGround(case) if lens == PROBE else None
        self._probing = Probing(case.run.probed, environment=case.settings.probe.up is not None)

    @property
    def probed(self) -> tuple[Probed, ...]:
        """What a probe says it ran."""
        step, angle = self.case.run.step(), self._probing.angle
        return (Probed(step=step, angle=angle, tried=tuple(self._tried)),) if self._tried else ()

    def jobs(self) -> list[Job[list[Heard]]]:
        """What has to be asked: each part that can be shown; a probe, which has one copy, has them in turn."""
        numbers = (number for number, piece in enumerate(self.change.pieces, 1) if not piece.unshown)
        asked = [[one] for one in map(self.question, numbers)]
        if self._ground is not None and asked:
            asked = [[one for [one] in asked]]
        steps = [own[0].step if len(own) == 1 else self.case.run.step(f"review/{self.lens}") for own in asked]
        return [Job(step, partial(self._ask, own)) for step, own in zip(steps, asked, strict=True)]

    def _ask(self, questions: Sequence[Question], case: Case) -> list[Heard]:
        """Have parts of the change looked at, by a probe where it can be tried; nothing of that stays.

        Raises: StopError where somebody cannot look, or what a probe worked in does not come up or end.
        """
        with self._ground or nullcontext():
            return [ask(case, self.change.tree, one, self._complaints) for one in questions]

    def take(self, heard: Iterable[Heard]) -> None:
        """Take in what was said of the parts; what was said of a fix is the word of all of them."""
        said = [verdict for one in heard for verdict in self._part(one)]
        known = {*self._own, *self.found}
        severity = Severity.P2 if self._own else Severity.P1
        for one in new_ones(astray(said, known, self.lens, self.case.run.round, severity), self._own):
            self.found[one.id] = one
        if self.change.again:
            self.judged = verdicts(self._own.values(), ReviewAnswer(verdicts=tuple(said)))

    def _part(self, heard: Heard) -> list[Verdict]:
        left = kept(heard.first, heard.again, self.lens, self.case.run.round, self._sift)
        self.works += heard.works
        self._tried += heard.tried
        self.known += left.known
        for one in (*left.findings, *new_ones(left.lost, self._own)):
            old = self.found.get(one.id)
            self.found[one.id] = one if old is None else as_one(old, one)
        return [*heard.first.verdicts, *(heard.again.verdicts if heard.again is not None else ())]

    def question(self, number: int) -> Question:
        """What is asked of one part of the change, counted from 1."""
        case, count = self.case, len(self.change.pieces)
        piece = self.change.pieces[number - 1]
        text = piece.lead + piece.text
        asked = challenge(text)
        others = dict.fromkeys(path for one in self.change.pieces if one is not piece for path in one.paths)
        probing = self._probing if self._ground is not None else None
        view = View(text, number, count, [*others], asked.question, self.change.base, asked.path, probing)
        fix = Fix(self._judged, self._beside) if self.change.again else None
        hunks = hunks_of(case, piece.text if count > 1 else self.change.diff, case.run.head)
        return Question(
            step=case.run.step(f"review/{self.lens}" + (f"/{number}" if count > 1 else "")),
            lens=self.lens,
            part=piece.hash,
            subject=put_before(case, hunks, self._judged),
            prompt=lambda wrong: review_prompt(self.change.brief, self.lens, view, self._memory, fix, wrong),
            challenge=asked,
            ground=self._ground,
        )

    def _sift(self, claims: Iterable[Claim]) -> Sifted:
        return sift(claims, self.lens, self.case.run.round, self.change.places, self._false, self._own)

    def _complaints(self, claims: Sequence[Claim]) -> Sequence[str]:
        return complaints(self._sift(claims).missed, self.lens)


def _is_judged(one: Finding) -> bool:
    """Whether a reviewer who sees a fix is to judge a finding: what was confirmed, and marks of false alarms."""
    marked = one.disposition is Disposition.FALSE_POSITIVE and bool(one.mark)
    return one.disposition is Disposition.CONFIRMED or marked


def _files(case: Case, tree: Worktree, changed: Sequence[str], base: str) -> Files:
    grounds, run = case.grounds, case.run
    copy = tree.folder.with_name(copy_of(run.story)) if tree.folder.name else tree.folder
    roots = (*map(str, (tree.folder, tree.folder.resolve(), copy, copy.resolve())), str(case.desk.repository.home))
    return Files(
        after=lambda path: grounds.text(run.head, path),
        before=lambda path: grounds.text(base, path),
        changed=changed,
        roots=roots,
        every=lambda: grounds.paths(run.head),
    )


def _reader(case: Case) -> Callable[[str], str | None]:
    return lambda path: case.grounds.text(case.run.head, path)
