"""`bmad show STORY --prompt ROLE`: what an agent would be given now. Nothing is started, and nothing written."""

from collections.abc import Callable
from io import UnsupportedOperation
from pathlib import Path
from typing import NamedTuple

from bmad.core.act.replay import runs
from bmad.core.act.run import Run
from bmad.core.act.triage import argued
from bmad.core.graph import SpecGraph
from bmad.core.packs.budgets import SHARES, Reader
from bmad.core.prefixes import keyed, one_of
from bmad.core.prompts.brief import Prompt
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.act_reports import PromptPart, PromptReport
from bmad.model.agents import Role
from bmad.model.review import Disposition, Finding, Kind, Settlement
from bmad.model.settings import AgentSettings
from bmad.model.worktrees import Worktree
from bmad.pipeline.act import prompts
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.calls import put_to
from bmad.pipeline.act.prepared import read_on
from bmad.pipeline.act.reviewers.exchange import upheld, with_settled
from bmad.pipeline.act.reviewers.lens import Look, change_from, seen
from bmad.pipeline.act.step import Case, StopError
from bmad.ports.acting import Desk

_ROLES = {
    Reader.RESEARCHER: Role.CREATOR,
    Reader.CREATOR: Role.CREATOR,
    Reader.TESTER: Role.TESTER,
    Reader.REVIEWER: Role.REVIEWER,
    Reader.REPLIER: Role.REVIEWER,
}
"""Whose agent reads it; everybody else's is the developer's."""


class ShowRequest(NamedTuple):
    """`lens` is of a reviewer, by default the first; `part` is of a change that is too large for one prompt."""

    story: str
    reader: str
    lens: str | None = None
    part: int = 1
    target: str | None = None


class _NoHold:
    """Nothing is held where nothing is started."""

    def fileno(self) -> int:
        """Raises: UnsupportedOperation, as files do that have none."""
        raise UnsupportedOperation("fileno")

    def release(self) -> None:
        """Nothing to give back."""


def show_prompt(desk: Desk, request: ShowRequest) -> PromptReport:
    """Raises: UsageError where a name names nothing, or there is nothing yet that this role would be given."""
    if request.reader not in set(Reader):
        raise UsageError(f"`{request.reader}` is no role; there are {', '.join(Reader)}.")
    reader = Reader(request.reader)
    with desk.history.read() as objects:
        case = _case(desk, Grounds(objects, desk.formats), request)
        try:
            prompt = _MADE[reader](case, request)
        except StopError as stop:
            _, content = stop.happened
            raise UsageError(getattr(content, "words", "") or "There is no such prompt now.") from None
        return _report(case, reader, request, prompt, put_to(_agent(case, reader), prompt))


def _agent(case: Case, reader: Reader) -> AgentSettings:
    """Who reads it; where bmad.yaml names nobody yet, it is told as to a command."""
    try:
        return case.agent(_ROLES.get(reader, Role.DEVELOPER))[1]
    except StopError:
        return AgentSettings()


def _case(desk: Desk, grounds: Grounds, request: ShowRequest) -> Case:
    """The story as its run stands, or as it would begin."""
    known = runs(desk.journal.entries())
    target = desk.repository.target(request.target)
    names = {name for name in known if name == request.story} or {
        name for name in known if request.story and name.startswith(request.story)
    }
    run = known[names.pop()] if len(names) == 1 else None
    tip = desk.repository.tip(run.onto if run is not None and run.onto else target) or desk.repository.tip(target)
    if tip is None:
        raise CannotAnswerError("There is no commit yet that a story could be built on.")
    basis = read_on(desk, grounds, run) if run is not None and run.held else grounds.at(tip)
    if run is None:
        run = Run(_named(basis.state.graph, request.story), onto=target, base=tip, head=tip)
    return Case(desk, grounds, basis, run, _NoHold())


def _named(graph: SpecGraph, name: str) -> str:
    own = keyed(graph, name)
    if len(own) == 1:
        return own[0].id
    stories = [one.id for one in graph.stories]
    return one_of(stories, name, f"`{name}` names no story where work lands. See: bmad status")


def _review(case: Case, request: ShowRequest) -> Prompt:
    _see_that_there_is_a_change(case)
    lens = request.lens or case.settings.act.lenses[0]
    nowhere = Worktree(case.run.story, Path(), Path(), case.branch)
    change = change_from(case, nowhere, seen(case, lens) or case.run.base)
    if not 1 <= request.part <= len(change.pieces):
        raise UsageError(f"The change has {len(change.pieces)} parts; there is no part {request.part}.")
    return Look(case, lens, change).question(request.part).prompt(())


def _see_that_there_is_a_change(case: Case) -> None:
    if case.run.head == case.run.base:
        raise UsageError(f"{case.run.story} has no change yet. See what would begin it: --prompt developer")


def _triage(case: Case, _: ShowRequest) -> Prompt:
    case = with_settled(case, upheld(case))
    raised = [one for one in case.run.findings.values() if one.disposition is Disposition.RAISED]
    if not raised:
        raise UsageError(f"No finding on {case.run.story} waits for a stand.")
    return prompts.to_triage(case, case.grounds.diff(case.run.base, case.run.head), raised)


def _reply(case: Case, request: ShowRequest) -> Prompt:
    upheld = [one for one in case.run.findings.values() if _is_disputed(one)]
    lens = request.lens or next((one.lens for one in upheld), "")
    stands = [
        Settlement(finding=one.id, disposition=Disposition.DISPUTED, stand="disputed", argument=one.argument)
        for one in upheld
        if one.lens == lens
    ]
    own = argued(upheld, stands)
    if not own:
        raise UsageError(f"No finding on {case.run.story} is disputed.")
    return prompts.to_reply(case, lens, case.grounds.diff(case.run.base, case.run.head), own)


def _is_disputed(one: Finding) -> bool:
    """Whether it is one on which developer and reviewer do not agree."""
    return one.disposition is Disposition.UPHELD and one.kind is Kind.FINDING and bool(one.argument)


def _fix(case: Case, _: ShowRequest) -> Prompt:
    _see_that_there_is_a_change(case)
    return prompts.to_fix(case)


_MADE: dict[Reader, Callable[[Case, ShowRequest], Prompt]] = {
    Reader.RESEARCHER: lambda case, _: prompts.to_research(case),
    Reader.CREATOR: lambda case, _: prompts.to_create(case),
    Reader.TESTER: lambda case, _: prompts.to_test(case),
    Reader.DEVELOPER: lambda case, _: prompts.to_develop(case),
    Reader.FIXER: _fix,
    Reader.REVIEWER: _review,
    Reader.TRIAGER: _triage,
    Reader.REPLIER: _reply,
}


def _report(case: Case, reader: Reader, request: ShowRequest, prompt: Prompt, text: str) -> PromptReport:
    return PromptReport(
        story=case.run.story,
        role=reader.value,
        lens=(request.lens or case.settings.act.lenses[0]) if reader is Reader.REVIEWER else "",
        base=case.run.base,
        text=text,
        bytes=len(text.encode()),
        pack=prompt.pack.hash,
        budget=SHARES[reader].budget,
        parts=tuple(
            PromptPart(name=one.name, bytes=one.bytes, shortened=one.shortened, dropped=one.dropped)
            for one in prompt.pack.sections
        ),
        gone=prompt.pack.gone,
        files=prompt.files,
    )
