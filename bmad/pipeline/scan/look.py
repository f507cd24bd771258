"""One look: a reviewer, a unit, a lens, a round. What came of it is kept by what the unit held and who was asked.

So a scan that was killed, paused or begun anew goes on where it was, and what has not changed is not asked again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from bmad.core.act.challenge import challenge_of
from bmad.core.act.memory import alarms, false_alarms
from bmad.core.act.placing import Files, Place, Places
from bmad.core.act.review import any_id, as_one, sift
from bmad.core.act.subject import subject
from bmad.core.act.unplaced import complaints, kept
from bmad.core.prompts.scanner import Sight, scan_prompt
from bmad.core.scan.defects import Defect, Sighting
from bmad.core.scan.units import Unit
from bmad.model.answers import Claim
from bmad.model.base import Value
from bmad.model.normal import fold
from bmad.model.record import Work
from bmad.model.review import Disposition, Finding, Kind
from bmad.model.worktrees import Worktree
from bmad.pipeline.act.reviewers.part_review import Question, ask
from bmad.pipeline.act.step import Case
from bmad.pipeline.scan.reviewers import Reviewer
from bmad.pipeline.scan.survey import Survey
from bmad.ports.journal import Notes

_FORM = "1"
"""Of what is kept; what was kept in another form is asked for anew."""

_AGAIN = "scan/again.json"
_COUNTS = TypeAdapter(dict[str, int])


class Look(NamedTuple):
    """What is asked; `reviewer` counts from 0, `before` is what is known of the unit's files through this lens."""

    unit: Unit
    lens: str
    reviewer: int
    round: int
    before: Sequence[Defect] = ()


class Seen(Value):
    """A finding of one look; `key` is its id without the lens."""

    key: str
    finding: Finding


class Answer(Value):
    """What came of one look."""

    seen: tuple[Seen, ...] = ()
    works: tuple[Work, ...] = ()
    false_alarms: int = 0
    blobs: dict[str, str] = Field(default_factory=dict)
    """The files that findings stand in, and what these held."""

    def sightings(self, look: Look, blobs: Mapping[str, str]) -> list[Sighting]:
        """Those that stand in a file which still is as it was."""
        return [
            Sighting(look.reviewer, look.round, look.unit.id, one.key, one.finding)
            for one in self.seen
            if self.blobs.get(one.finding.path, "") == blobs.get(one.finding.path, "")
        ]


class Answers:
    """What is kept of looks."""

    def __init__(self, notes: Notes, reviewers: Sequence[Reviewer]) -> None:
        self._notes = notes
        self._identities = [one.identity for one in reviewers]
        told = notes.read(_AGAIN)
        try:
            self._again = _COUNTS.validate_json(told) if told is not None else {}
        except ValidationError:
            self._again = {}

    def anew(self, units: Sequence[Unit], lenses: Sequence[str]) -> None:
        """Have all that was said of these units through these lenses asked for once more."""
        for name in (f"{unit.id} {lens}" for unit in units for lens in lenses):
            self._again[name] = self._again.get(name, 0) + 1
        self._notes.write(_AGAIN, json.dumps(self._again))

    def of(self, look: Look) -> Answer | None:
        """What is kept of a look; None where it was not had yet, or does not read."""
        text = self._notes.read(self._name(look))
        try:
            return Answer.model_validate_json(text) if text is not None else None
        except ValidationError:
            return None

    def keep(self, look: Look, answer: Answer) -> None:
        self._notes.write(self._name(look), answer.model_dump_json(exclude_defaults=True))

    def _name(self, look: Look) -> str:
        told = [
            *(_FORM, self._identities[look.reviewer], look.unit.id, look.lens, str(look.round)),
            *(str(self._again.get(f"{look.unit.id} {look.lens}", 0)), *sorted(one.id for one in look.before)),
        ]
        return f"scan/{sha256(json.dumps(told).encode()).hexdigest()[:32]}.json"


class Room:
    """Where reviewers look: a worktree of the commit, and a case for each of them."""

    def __init__(self, case: Case, reviewers: Sequence[Reviewer], survey: Survey) -> None:
        self._survey = survey
        self._names = [one.name for one in reviewers]
        self.cases = [replace(case, basis=replace(case.basis, settings=one.settings)) for one in reviewers]
        self._tree = case.worktree()
        case.desk.repository.reset(self._tree, case.run.head, case.place("begin"))
        self._false = false_alarms(case.basis.records)

    def case(self, look: Look, seat: Case) -> Case:
        """The case of the look's reviewer, under the lock and in the turn of a seat (`together`)."""
        return replace(self.cases[look.reviewer], hold=seat.hold, turn=seat.turn)

    def step(self, look: Look) -> str:
        return f"{look.round}/review/{look.lens}/{look.unit.id[:8]}/{self._names[look.reviewer]}"

    def look(self, look: Look, case: Case) -> Answer:
        """Have the reviewer look. Raises: StopError where nothing came of it."""
        places = Places(self._files(case, self._tree, look.unit))
        sifting = partial(
            sift, lens=look.lens, now=look.round, places=places, known_false=self._false, standing={}
        )
        heard = ask(
            case,
            self._tree,
            self._question(case, look),
            lambda claims: complaints(sifting(claims).missed, look.lens),
        )
        left = kept(heard.first, heard.again, look.lens, look.round, sifting)
        lost = [one for one in left.lost if one.disposition is not Disposition.WITHDRAWN]
        found: dict[str, Finding] = {}
        for one in (*left.findings, *lost):
            found[one.id] = as_one(found[one.id], one) if one.id in found else one
        paths = {one.path for one in found.values()}.intersection(self._survey.blobs)
        return Answer(
            seen=tuple(Seen(key=_key(one, places), finding=one) for one in found.values()),
            works=heard.works,
            false_alarms=left.known,
            blobs={path: self._survey.blobs[path] for path in sorted(paths)},
        )

    def _question(self, case: Case, look: Look) -> Question:
        shown = self._survey.shown(look.unit)
        asked = challenge_of({one.path: one.lines for one in shown})
        sight = Sight(shown, self._survey.around(look.unit), asked.question, asked.path, case.run.head)
        known = [one.finding for one in look.before]
        memory = alarms(case.basis.records, (), look.lens, look.unit.paths, self._survey.text)
        return Question(
            step=self.step(look),
            lens=look.lens,
            part=look.unit.id,
            subject=subject("", look.unit.id, known),
            prompt=lambda wrong: scan_prompt(sight, look.lens, known, memory, wrong),
            challenge=asked,
        )

    def _files(self, case: Case, tree: Worktree, unit: Unit) -> Files:
        roots = (str(tree.folder), str(tree.folder.resolve()), str(case.desk.repository.home))
        nothing: Callable[[str], str | None] = lambda _path: None  # noqa: E731 - a file before no change
        return Files(self._survey.text, nothing, unit.paths, roots, lambda: list(self._survey.blobs))


def _key(one: Finding, places: Places) -> str:
    """The id without the lens, so that what two lenses find in the same lines is one."""
    claim = Claim(
        severity=one.severity,
        path=one.path,
        line=max(one.line, 1),
        end_line=one.end_line,
        quote=one.quote,
        claim="-",
    )
    place = places.place(claim)
    if one.kind is not Kind.FINDING or not isinstance(place, Place):
        return any_id("C", one.path, fold(one.quote) or fold(one.claim))
    return any_id("F", place.path, fold(place.lines))
