"""Where a probe works: a copy of the change from which nothing lands, and the environment that it is tried in.

Both are made when a probe is first asked, and gone when its review ends, however it ends. The environment runs in
a worktree of its own, which no agent may write: it and a note are there before `up` runs, so that where the runner
was killed the next one knows what to end.
"""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple, Self

from bmad.errors import BmadError
from bmad.model.agents import Environment, Fault
from bmad.model.base import Value
from bmad.model.caches import Cache
from bmad.model.settings import Settings
from bmad.model.worktrees import Worktree
from bmad.pipeline.act.baseline import Grounds
from bmad.pipeline.act.journal import worktree_hold
from bmad.pipeline.act.step import Case, confined, failed
from bmad.ports.acting import Desk, Hold

_COPY, _UP = "probe-", "up-"
_REF = "refs/bmad/probe/"
_WHAT = "probe"


def copy_of(story: str) -> str:
    """The name of the worktree in which a probe of the story writes."""
    return f"{_COPY}{story}"


class Stood(NamedTuple):
    """The copy, its lock, and what who works in it is given to know: variables of the environment."""

    tree: Worktree
    hold: Hold
    given: tuple[tuple[str, str], ...] = ()


class _Noted(Value):
    """What may be up: `policy` is the commit whose settings brought it up."""

    policy: str
    port: int
    slot: str


class ProvingGround:
    """Of one review of a story; as a context manager it ends what it made."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._stood: Stood | None = None
        self._holds: list[Hold] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        """What does not end costs no review: it is ended, or told, at the end of the run (`end_left`)."""
        if not self._holds:
            return
        _, copy, up = self._holds
        try:
            _ended(self._case.desk, self._case.grounds, self._case.run.story, copy, up)
        finally:
            for one in reversed(self._holds):
                one.release()
            self._holds.clear()

    def stand(self, case: Case) -> Stood:
        """The copy at the change, set up, with the environment up; others have their turn while that takes time.

        Raises: StopError where that cannot be.
        """
        if self._stood is None:
            self._stood = self._begin(case)
        return self._stood

    def _begin(self, case: Case) -> Stood:
        story = case.run.story
        holds = _taken(case.desk, story)
        if holds is None:
            words = "What an earlier probe began still works and cannot be ended. End it."
            raise failed(Fault.ENVIRONMENT, words)
        self._holds = holds
        _, copy, up = holds
        if words := _ended(case.desk, case.grounds, story, copy, up):
            raise failed(Fault.ENVIRONMENT, words)
        tree = self._tree(copy_of(story))
        _set_up(case, tree, copy, Cache("reviewers", packages=True))
        return Stood(tree, copy, self._up(case, copy, up) if case.settings.probe.up is not None else ())

    def _tree(self, name: str) -> Worktree:
        repository, head = self._case.desk.repository, self._case.run.head
        tree = repository.worktree(name, f"{_REF}{name}", head)
        repository.reset(tree, head, "")
        return tree

    def _up(self, case: Case, copy: Hold, up: Hold) -> tuple[tuple[str, str], ...]:
        """The variables that lead to the environment. Raises: StopError where it does not come up."""
        story = case.run.story
        slot = _slot(case.desk, story)
        noted = _Noted(policy=case.basis.commit, port=case.desk.agents.free_port(slot), slot=slot)
        case.desk.notes.write(_note(story), noted.model_dump_json())
        tree = self._tree(f"{_UP}{story}")
        _set_up(case, tree, copy, Cache("reviewers"))
        one = _environment(case.desk, story, tree, noted, case.settings)
        with case.waiting():
            ran = case.desk.agents.stand_up(case.settings.probe, one, up, copy)
        if ran.fault is not None:
            command = " ".join(case.settings.probe.up or ())
            words = f"The environment for the probe (`{command}`) did not come up: {ran.words}."
            raise failed(Fault.ENVIRONMENT, "\n".join(filter(None, (words, ran.tail[-1000:]))))
        return one.given


def _set_up(case: Case, tree: Worktree, hold: Hold, cache: Cache) -> None:
    """Run the `setup` commands in a worktree of the probe's. Raises: StopError where one fails."""
    case.prepare(tree.folder, hold, f"{case.run.step()}-probe-setup", cache, Fault.UNREADY)


def end_left(desk: Desk, grounds: Grounds) -> Iterator[str]:
    """End the environments whose runner died, or that did not end before; of each that does not a sentence."""
    for name in desk.repository.worktrees():
        story = name.removeprefix(_UP).removeprefix(_COPY)
        if not name.startswith((_UP, _COPY)):
            continue
        holds = _taken(desk, story)
        if holds is None:
            continue  # somebody is at work there, or what is left cannot be ended: the next probe says so
        try:
            if words := _ended(desk, grounds, story, *holds[1:]):
                yield words
        finally:
            for one in reversed(holds):
                one.release()


def _taken(desk: Desk, story: str) -> list[Hold] | None:
    """The lock of who probes a story, which no program inherits, and those of both worktrees; else None."""
    own = desk.locks.take(f"{_WHAT}-{story}", _WHAT)
    holds = [own]
    for name in (copy_of(story), f"{_UP}{story}") if own is not None else ():
        holds.append(worktree_hold(desk, name, _WHAT))
        if holds[-1] is None:
            break
    taken = [one for one in holds if one is not None]
    if len(taken) == len(holds):
        return taken
    for one in taken:
        one.release()
    return None


def _ended(desk: Desk, grounds: Grounds, story: str, copy: Hold, up: Hold) -> str:
    """End what is up and take both worktrees away; why that fails, as a sentence, empty where it does not.

    What does not end keeps its worktree, so that it is ended the next time.
    """
    repository, there = desk.repository, desk.repository.worktrees()
    name = f"{_UP}{story}"
    words = _brought_down(desk, grounds, story, copy, up) if name in there else ""
    for each in (copy_of(story), *(() if words else (name,))):
        if each in there:
            repository.remove(each)
            repository.drop(f"{_REF}{each}")
    return words


def _brought_down(desk: Desk, grounds: Grounds, story: str, copy: Hold, up: Hold) -> str:
    text = desk.notes.read(_note(story))
    if text is None:
        return ""
    noted = _Noted.model_validate_json(text)
    try:
        settings = grounds.at(noted.policy).settings
        tree = desk.repository.worktree(f"{_UP}{story}", f"{_REF}{_UP}{story}", noted.policy)
    except BmadError as error:
        return f"What a probe of {story} began cannot be ended by bmad, end it yourself: {error}"
    one = _environment(desk, story, tree, noted, settings)
    ran = desk.agents.take_down(settings.probe, one, up, copy)
    if ran.exit == 0 and ran.fault is None:
        return ""
    how = f"{ran.words or f'ended with {ran.exit}'}. {ran.tail[-400:]}".rstrip()
    return f"`probe.down` ({' '.join(settings.probe.down or ())}) failed for {story}: it {how}"


def _environment(desk: Desk, story: str, tree: Worktree, noted: _Noted, settings: Settings) -> Environment:
    confine = confined(settings.act.sandbox, able=desk.agents.confines)
    return Environment(tree.folder, desk.logs / story / "probe-up.log", noted.port, noted.slot, confine)


def _slot(desk: Desk, story: str) -> str:
    """A name that no other environment on this machine has, in letters, digits and dashes."""
    place = hashlib.sha256(str(desk.repository.home).encode("utf-8", "surrogateescape")).hexdigest()[:6]
    return f"bmad-{story.lower()}-{place}"


def _note(story: str) -> str:
    return f"{story}/probe-up.json"
