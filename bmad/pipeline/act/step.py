"""One story at one moment, and the calls of agents for it: each call leaves a commit, an answer or a fault."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bmad.core.act.run import Run
from bmad.core.gate.words import listed
from bmad.core.territory import holds
from bmad.errors import CannotAnswerError, CheckoutError, LockedError, UsageError
from bmad.model.act import Content, Event, Failed, Waits
from bmad.model.agents import HUMAN, Fault, Ran, Role
from bmad.model.answers import WorkAnswer
from bmad.model.base import Value
from bmad.model.caches import NO_CACHE, Cache
from bmad.model.layout import INCLUDE
from bmad.model.record import Work
from bmad.model.settings import AgentSettings, CheckSettings, Settings
from bmad.model.spec import Story
from bmad.model.worktrees import StepCommit, Worktree
from bmad.pipeline.act.accounts import Accounts
from bmad.pipeline.act.baseline import Basis, Grounds
from bmad.pipeline.act.budget import Purse
from bmad.pipeline.act.journal import IGNORED
from bmad.pipeline.act.preflight import chain
from bmad.pipeline.act.prepared import built_on
from bmad.pipeline.branches import REF, short
from bmad.ports.acting import Desk, Hold
from bmad.ports.threads import Turn

Happened = tuple[Event, Content]
"""What came of a step: an event and what it carries."""


class StopError(Exception):
    """A step that ends in another event than its own; caught where steps are carried out.

    `said` is an answer that does not fit, as it came; None where nobody has it.
    """

    def __init__(self, event: Event, content: Content, said: str | None = None) -> None:
        super().__init__(event)
        self.happened: Happened = (event, content)
        self.said = said


def failed(fault: Fault, words: str, kept: str = "", code: int | None = None) -> StopError:
    return StopError(Event.FAILED, Failed(fault=fault, words=words, kept=kept, exit=code))


def confined(sandbox: str, *, able: bool) -> bool:
    """Whether agents and checks are to be confined; `able` where the kernel can.

    Raises: StopError where `act.sandbox` asks for Landlock and there is none.
    """
    if sandbox == "landlock" and not able:
        words = (
            "`act.sandbox: landlock` of bmad.yaml asks for Landlock, and this kernel has none. Work on Linux 5.13 "
            "or newer, or set `act.sandbox: auto`, which watches your files instead, and commit it."
        )
        raise failed(Fault.ENVIRONMENT, words)
    return sandbox != "none"


class _Note(Value):
    begun: int = 1
    work: Work
    answer: dict[str, Any] | None


def _at_once() -> None:
    """Where one story is carried after another, none is about to land beside it."""


@dataclass
class Case:
    """A story under way. `basis` is what it builds on now; `hold` the lock of its worktree."""

    desk: Desk
    grounds: Grounds
    basis: Basis
    run: Run
    hold: Hold
    about: str = ""
    """The story that is looked at, where it is not the run's own."""
    purse: Purse = field(default_factory=Purse)
    turn: Turn | None = None
    """Where several are at work at once: held by whoever has their turn to do anything but wait for programs."""
    slot: int = 1
    """The worker that carries the story, from 1: it has benches of its own."""
    quiet: Callable[[], None] = _at_once
    """Waits until no other story is about to land."""
    notes: list[str] = field(default_factory=list)
    """What people are told at the end, whatever comes of the story."""

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Others have their turn while an agent or a check works."""
        if self.turn is None:
            yield
            return
        self.turn.release()
        try:
            yield
        finally:
            self.turn.acquire()

    @property
    def accounts(self) -> Accounts:
        """Those that the repository's agents work on."""
        return Accounts(self.desk)

    @property
    def settings(self) -> Settings:
        return self.basis.settings

    @property
    def branch(self) -> str:
        """The branch of bmad's own worktree; a person's own branch stays theirs."""
        return f"{REF}submitted/{self.run.story}" if self.run.submitted else f"{REF}{self.run.story}"

    @property
    def story(self) -> Story:
        """The story as it stands in the basis. Raises: StopError where it does not."""
        found = self.basis.story(self.run.story)
        if found is None:
            words = f"{self.run.story} does not stand in {short(self.run.onto)} any more."
            raise failed(Fault.UNREADY, words)
        return found

    @property
    def territory(self) -> tuple[str, ...]:
        return tuple(ref.text for ref in self.story.territory)

    def to_land(self) -> "Case":
        """The case on what its story lands on now, once no other one is about to."""
        self.quiet()
        return self.anew()

    def anew(self) -> "Case":
        """The case on what its story is built on now."""
        basis = built_on(self.desk, self.grounds, self.run)
        return self if basis is None or basis.commit == self.basis.commit else replace(self, basis=basis)

    def bare(self) -> "Case":
        """The case on what its story lands on, without a preparation that is held."""
        return replace(self, basis=self.grounds.at(self.basis.tip)) if self.basis.is_prepared else self

    def reads_as(self, other: "Case") -> bool:
        """Whether the story and all above it say the same where another case of it builds."""
        mine, its = (one.basis.story(self.run.story) for one in (self, other))
        if mine is None or its is None or self.basis.spec(self.run.story) != other.basis.spec(self.run.story):
            return False
        return self.grounds.text(self.basis.commit, mine.path) == self.grounds.text(other.basis.commit, its.path)

    def place(self, step: str) -> str:
        """The name of what a step leaves: `STORY-…/1-dev`."""
        return f"{self.run.story}/{step.replace('/', '-')}"

    def log(self, step: str) -> Path:
        """Where the output of a step goes."""
        return self.desk.logs / f"{self.place(step)}.log"

    def worktree(self) -> Worktree:
        """The story's worktree. Raises: StopError where a person works on its branch."""
        at = self.run.head or self.basis.commit
        try:
            return self.desk.repository.worktree(self.run.story, self.branch, at)
        except UsageError as error:
            raise StopError(Event.WAITS, Waits(words=str(error))) from None

    def put(self, tree: Worktree, role: Role, commit: str, step: str) -> None:
        """Put a worktree at what a step begins with, as soon as it is there.

        One that was made at that commit stands so, and a person who is at work in it keeps their files.
        """
        if tree.made != commit and not self.is_at_work(role):
            self.reset(tree, commit, step)

    def is_at_work(self, role: Role) -> bool:
        """Whether a person has been asked for a step of the role, and may have begun with it in the worktree."""
        return bool(self.run.waits_for) and self.agent(role)[1].use == HUMAN

    def reset(self, tree: Worktree, commit: str, step: str) -> None:
        """Put the worktree at a commit; where people work in it they are told of what they had there."""
        kept = self.desk.repository.reset(tree, commit, self.place(step))
        if kept and any(one.use == HUMAN for one in self.settings.agents.values()):
            self.notes.append(_KEPT.format(self.run.story, kept, tree.folder))

    def hold_on_branch(self, commit: str) -> None:
        """Have the story's own branch hold what lands together with its work."""
        if self.desk.repository.tip(self.branch) != commit:
            self.reset(self.worktree(), commit, self.run.step())

    def set_up(self, tree: Worktree, commit: str) -> None:
        """Copy what `.worktreeinclude` names, and run the `setup` commands, where this worktree has not seen them.

        It is at a commit.

        Raises: StopError where one fails.
        """
        commands = [list(one) for one in self.settings.setup]
        patterns = self.grounds.text(self.basis.commit, INCLUDE) or ""
        told = [tree.since, *commands, *([patterns] if patterns else [])]
        mark = hashlib.sha256(json.dumps(told).encode()).hexdigest()
        if not (commands or patterns) or self.desk.notes.read(f"{self.run.story}/setup") == mark:
            return
        before = self._standing(tree, commit)
        self._include(tree, patterns)
        self.prepare(tree.folder, self.hold, "setup", Cache("agents", packages=True))
        if (broken := self.desk.repository.faults(tree)) is not None:
            raise failed(Fault.ENVIRONMENT, f"`setup` broke the worktree, which was mended. {broken}")
        after = self._standing(tree, commit)
        left = {path: blob for path, blob in after.items() if before.get(path) != blob}
        self.desk.notes.write(f"{self.run.story}/setup-left.json", json.dumps(left))
        if any(one.use == HUMAN for one in self.settings.agents.values()):
            self.desk.notes.write(f"{self.run.story}/{IGNORED}", json.dumps(self.desk.repository.ignored(tree)))
        self.desk.notes.write(f"{self.run.story}/setup", mark)

    def _include(self, tree: Worktree, patterns: str) -> None:
        """Copy what `.worktreeinclude` of the basis names. Raises: StopError where that is too much."""
        try:
            if patterns:
                self.desk.repository.include(tree, patterns)
        except CannotAnswerError as error:
            raise failed(Fault.ENVIRONMENT, str(error)) from None

    def _standing(self, tree: Worktree, commit: str) -> dict[str, str]:
        """What would be committed now. Raises: StopError where that is more than a step may hold."""
        try:
            return self.desk.repository.left_by_setup(tree, commit)
        except CannotAnswerError as error:
            words = f"What `setup` leaves cannot be told from work. {error} Name such folders in .gitignore."
            raise failed(Fault.ENVIRONMENT, words) from None

    def prepare(self, folder: Path, hold: Hold, name: str, cache: Cache, fault: Fault = Fault.ENVIRONMENT) -> None:
        """Run the `setup` commands in a folder. Raises: StopError with the fault where one fails."""
        for number, command in enumerate(self.settings.setup, 1):
            check = CheckSettings(name=f"setup {number}", run=command)
            log = self.log(f"{name}-{number}")
            ran = self.check(check, folder, hold, log, cache)
            if ran.fault is not None or ran.exit != 0:
                words = ran.words or f"`{' '.join(command)}` ended with {ran.exit}: {ran.tail[-400:]}"
                raise failed(ran.fault or fault, f"The worktree cannot be set up. {words}")

    def check(self, check: CheckSettings, folder: Path, hold: Hold, log: Path, cache: Cache = NO_CACHE) -> Ran:
        """Run a `setup` or `verify` command; others have their turn meanwhile. Raises: StopError as `confine`."""
        confine = self.confine
        with self.waiting():
            return self.desk.agents.check(check, folder, hold, log, confine=confine, cache=cache)

    def _left(self) -> dict[str, str]:
        """What `setup` had left in the worktree, path -> blob: none of it is the developer's."""
        text = self.desk.notes.read(f"{self.run.story}/setup-left.json")
        return TypeAdapter(dict[str, str]).validate_json(text) if text is not None else {}

    def confines(self, name: str, agent: AgentSettings) -> bool:
        """Whether bmad's own sandbox is put around an agent; else its own is, or none, and files are watched.

        Raises: StopError where settings ask for two things, or for what this machine does not have.
        """
        by_kernel = self.settings.act.sandbox == "landlock"
        if agent.sandbox in ("own", "none") and by_kernel:
            raise failed(
                Fault.MISCONFIGURED, f"`agents.{name}.sandbox` and `act.sandbox: landlock` exclude each other."
            )
        if agent.sandbox == "bmad" and not self.desk.agents.confines:
            words = f"`agents.{name}.sandbox: bmad` asks for Landlock, and this kernel has none: leave it out."
            raise failed(Fault.MISCONFIGURED, words)
        return self.confine and agent.sandbox in (None, "bmad")

    @property
    def confine(self) -> bool:
        """Raises: StopError where the policy asks for what this machine does not have."""
        return confined(self.settings.act.sandbox, able=self.desk.agents.confines)

    def agent(self, role: Role) -> tuple[str, AgentSettings]:
        """The name and settings of the agent for a role. Raises: StopError where there is none."""
        return self.chain(role)[0]

    def chain(self, role: Role) -> list[tuple[str, AgentSettings]]:
        """The agent for a role, and those that take over in turn. Raises: StopError where one is none."""
        if self.run.submitted and role is not Role.REVIEWER:
            return [(HUMAN, AgentSettings(use=HUMAN))]
        try:
            return chain(self.settings, role)
        except UsageError as error:
            raise failed(Fault.ENVIRONMENT, str(error)) from None

    def take_down(self, step: str, work: Work, answer: dict[str, Any] | None) -> None:
        """Note who did a step before its commit is made."""
        note = _Note(begun=self.run.begun, work=work, answer=answer)
        self.desk.steps.write(f"{self.place(step)}.json", note.model_dump_json())

    def noted(self, step: str) -> tuple[tuple[Work, ...], WorkAnswer]:
        """Who did a step and what they said, noted before its commit was made; for a step that is taken over.

        Nothing where that was before the story was last started.
        """
        text = self.desk.steps.read(f"{self.place(step)}.json")
        if text is None:
            return (), WorkAnswer()
        note = _Note.model_validate_json(text)
        if note.begun != self.run.begun:
            return (), WorkAnswer()
        return (note.work,), WorkAnswer.model_validate(note.answer or {})

    def kept(self, tree: Worktree, step: str, fault: Fault, words: str, code: int | None = None) -> StopError:
        """A fault, with what the agent left in the worktree put aside."""
        at = self.run.head or self.basis.commit
        kept = self.desk.repository.reset(tree, at, self.place(step))
        return failed(fault, words, kept or "", code)

    def commit(self, work: Work, code: int | None, tree: Worktree, parent: str, title: str) -> str:
        """Commit what an agent left. Raises: StopError where it changed nothing."""
        step = work.step
        message = self.message(title, step, work)
        made = self.committed(tree, parent, message, step)
        if made is None:
            ended = "" if code is None else f" and ended with {code}"
            words = f"The {work.role} changed nothing{ended}; see {self.log(step)}."
            raise failed(Fault.NO_CHANGE, " ".join(filter(None, (words, self.ignored(tree)))))
        return made

    def ignored(self, tree: Worktree) -> str:
        """What git ignores in a worktree though it lies in the story's territory, as a sentence; else empty."""
        globs, every = self.territory, sorted(self.desk.repository.ignored(tree))
        named = [one for one in every if not any(other.startswith(f"{one}/") for other in every)]
        found = [one for one in named if holds(globs, one) or any(each.startswith(f"{one}/") for each in globs)]
        return _IGNORES.format(listed(found)) if found else ""

    def committed(self, tree: Worktree, parent: str, message: str, step: str) -> str | None:
        """The commit of what stands in the worktree; None where nothing changed.

        Raises: StopError where git cannot read it; LockedError where another git holds the branch.
        """
        try:
            return self.desk.repository.commit(tree, parent, message, self._left())
        except LockedError:  # no fault of who left it, which stays where it is
            raise
        except CannotAnswerError as error:
            fault = Fault.ENVIRONMENT if isinstance(error, CheckoutError) else Fault.BROKE_GIT
            raise self.kept(tree, step, fault, f"What was left cannot be committed. {error}") from None

    def message(self, title: str, step: str, *works: Work, before: str = "") -> str:
        """A commit message with the trailers that the trace reads; `before` is a step whose work is in it, too."""
        trailers = [f"Story: {self.run.story}", *(f"Step: {one}" for one in (before, step) if one)]
        if self.settings.gate.assisted_by != "forbid":
            helped = (one for one in works if one.backend != HUMAN)
            told = ("Assisted-by: " + ":".join(filter(None, (one.backend, one.model))) for one in helped)
            trailers += dict.fromkeys(told)
        return f"{_subject(title)}\n\n" + "\n".join(trailers) + "\n"

    def made(self, step: str) -> StepCommit | None:
        """The commit of a step that stands on the branch already, made before a crash could note it.

        Only a step whose agent had ended was noted before its commit: a trailer that an agent wrote is none. And
        what does not come after the base is of an earlier landing, or of a journal that is lost. What it is put
        on says whether the run knows all that came before it: not where the journal lost its last events.
        """
        tip = self.desk.repository.tip(self.branch)
        if tip is None or not self.run.base or not self.noted(step)[0]:
            return None
        steps = reversed(self.desk.repository.steps(tip, self.run.base))
        made = next((one for one in steps if one.step == step and one.story == self.run.story), None)
        return made if made is not None and self.grounds.reaches(made.id, self.run.base) else None


_IGNORES = (
    "git ignores what stands in its territory, so no commit holds it: {}. What is to land goes by another name, "
    "or the rule that ignores it goes first."
)

_KEPT = "what stood in the worktree of {0} and in no commit is kept under {1}: git -C {2} diff HEAD {1}"


def _subject(title: str) -> str:
    """A title on one line, without controls and marks of direction; the joiners that scripts need stay."""
    return " ".join("".join(char if char.isprintable() or char in _JOINERS else " " for char in title).split())


_JOINERS = "\u200c\u200d"
