"""What the loop asks for: locks, the journal, agents, and the repository that stories are carried out in."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bmad.model.act import State
from bmad.model.agents import AnswerKind, Environment, Outcome, Ran, Task
from bmad.model.attending import Attended
from bmad.model.caches import NO_CACHE, Cache
from bmad.model.history import Merged
from bmad.model.journal import Entry
from bmad.model.settings import AgentSettings, CheckSettings, ProbeSettings
from bmad.model.signing import Signer
from bmad.model.worktrees import Bench, Landing, Snapshot, StepCommit, Worktree
from bmad.ports.files import Formats
from bmad.ports.history import Clock, History
from bmad.ports.journal import Journal, Notes
from bmad.ports.library import Library
from bmad.ports.machines import Together
from bmad.ports.threads import SYSTEM, Threads


class Hold(Protocol):
    """A lock that is held; what runs under it inherits `fileno()`, so that it outlives this process with it."""

    def fileno(self) -> int: ...

    def release(self) -> None: ...


class Locks(Protocol):
    """Locks by name, one holder each, on this machine; they go with the last process that has them open."""

    def take(self, name: str, about: str) -> Hold | None:
        """Take a lock, or None where another process has it; `about` tells others who holds it."""
        ...

    def is_held(self, name: str) -> bool:
        """Whether somebody holds the lock now; nothing is written to find out, and nobody is kept from it."""
        ...

    def holder(self, name: str) -> str:
        """What the last one to take the lock said about itself."""
        ...

    def was_taken_here(self, name: str) -> bool: ...


class Agents(Protocol):
    """Whoever does the work: commands, recordings, people. Every call ends, and ends what it began."""

    @property
    def confines(self) -> bool:
        """Whether this machine can keep an agent from writing outside its worktree."""
        ...

    @property
    def are_calling(self) -> bool:
        """Whether who calls is what works here, an agent or a check or what that started, and so no person."""
        ...

    def lacking(self, agent: AgentSettings) -> str:
        """What an agent does not have and could not work without (program, login), looked for and not tried.

        It is the end of a sentence that begins with the agent's name; empty where nothing is seen to be missing.
        """
        ...

    def run(self, task: Task, hold: Hold) -> Outcome:
        """Do one task in its folder, under the folder's lock. Never raises for what an agent does."""
        ...

    def check(
        self, check: CheckSettings, folder: Path, hold: Hold, log: Path, *, confine: bool, cache: Cache = NO_CACHE
    ) -> Ran:
        """Run a `setup` or `verify` command in a worktree.

        What stands for `~/.cache` is the `cache`.
        """
        ...

    def attend(self, one: Attended, hold: Hold, *, confine: bool) -> Ran:
        """Run a command that a person watches, however long: it has their input."""
        ...

    def free_port(self, name: str) -> int:
        """A free port of the loopback interface, the same for the same name where it is free; 0 where none is."""
        ...

    def stand_up(self, probe: ProbeSettings, one: Environment, hold: Hold, beside: Hold) -> Ran:
        """Bring an environment up: it goes on under the lock `hold`; `ready` runs under the lock `beside`.

        It has a fault where it did not come up, and then nothing of it is left.
        """
        ...

    def take_down(self, probe: ProbeSettings, one: Environment, hold: Hold, beside: Hold) -> Ran:
        """Run `down`, under the lock `beside`, and end what `up` has begun; also while everything is stopped."""
        ...

    def answer(self, key: str, kind: AnswerKind, text: str) -> None:
        """Lay down a person's answer to a task that waits for them, durably.

        Raises: UsageError where none of that key waits; CannotAnswerError where it cannot be written.
        """
        ...

    def answered(self, key: str, kind: AnswerKind) -> bool | None:
        """Whether a person's answer to the task lies there already; None where nobody was asked."""
        ...

    def given(self, key: str, kind: AnswerKind) -> object:
        """A person's answer that lies there, as it was read; None where none does, or it is no JSON."""
        ...

    def set_aside(self, key: str, kind: AnswerKind) -> None:
        """Take a person's answer that does not count out of the way; it stays under another name."""
        ...

    def end_survivors(self, name: str, taken_here: Callable[[str], bool] = ...) -> bool:
        """End what still works under the lock of that name after its runner died; whether all of it is gone.

        So does what worked beside, under one with `+` and a number. `taken_here` says of one whether this process
        was the last to take it: what was seen to end there is not looked for again.
        """

    @property
    def left_nothing(self) -> bool:
        """Whether no program works here now, and nothing is left of any that did."""

    def moment(self) -> str:
        """When this process began, for `outlived` of a later one; empty where the system does not tell."""
        ...

    def outlived(self, moment: str) -> list[str]:
        """Processes that began after a moment, have no parent left, and may be of an agent: `123 (python3)`."""
        ...

    def stop(self) -> None:
        """From any thread: end all that runs now, and whatever is asked for later, with a KeyboardInterrupt."""
        ...

    def interrupts(self) -> AbstractContextManager[object]:
        """Ctrl-C and its like are noted while it is entered, and raise a KeyboardInterrupt at its end.

        What it gives is true once one has come, or `stop` was called. Whoever waits for threads would else leave
        their agents alone at the second one.
        """
        ...


class Repository(Protocol):
    """The repository that stories are carried out in: refs, worktrees of bmad's own, landings.

    Worktrees stand out of every checkout, branches are `bmad/STORY-…`. Every call names the repository by itself
    and never finds one by its folder, so that a worktree whose `.git` is gone cannot lead to the person's own.
    """

    @property
    def home(self) -> Path:
        """The folder that holds `.bmad`: the same for every work tree of the repository."""
        ...

    def target(self, named: str | None) -> str:
        """The full ref that work lands on: the branch named, else the one checked out where bmad was called.

        Raises: UsageError where there is no such branch, or the head is detached and none is named.
        """
        ...

    def signs(self) -> bool:
        """Whether the person's commits are to be signed (`commit.gpgSign`); those made here never are."""
        ...

    def attest(self, signers: Sequence[Signer]) -> None:
        """Sign every commit that is made here from now on, with the key of one of these people.

        Whoever makes one meets CannotAnswerError where no such key is at hand.
        """
        ...

    def signature(self, content: bytes) -> str:
        """The armoured signature of a record's content by whoever attests.

        Raises: CannotAnswerError where their key is not at hand.
        """
        ...

    def tip(self, ref: str) -> str | None:
        """The commit that a full ref is at; None where there is no such ref."""
        ...

    def worktree(self, name: str, branch: str, base: str) -> Worktree:
        """The worktree of that name on that branch, made (with the branch, at base) where it is not there.

        A `.git` that is missing or leads elsewhere is put back. Safe to repeat after a crash at any point.
        """
        ...

    def worktrees(self) -> list[str]:
        """The names of the worktrees of which something is there, sorted."""
        ...

    def remove(
        self, name: str, keep: str = "", *, serves: bool = False, ignored: Mapping[str, str] | None = None
    ) -> Path | None:
        """Take the worktree away; the branch stays.

        What is in it and in no commit is kept under `refs/bmad/kept/<keep>` first; without a name it is lost. What
        nobody touched in it `serves` the next new one, where no process is left that was ever in it. With
        `ignored` what git ignores there is moved to a folder, but for what is as that says: it, if there was any.
        """
        ...

    def ignored(self, tree: Worktree) -> dict[str, str]:
        """What git ignores in a worktree and no tool makes again, each with a mark that changes with a file."""
        ...

    def reset(self, tree: Worktree, commit: str, keep: str) -> str | None:
        """Put branch and files at a commit; ignored files stay.

        What would be lost is kept as a commit under a ref first, `refs/bmad/kept/<keep>` (and `.2` and so on where
        that holds something else): its name, or None where nothing is lost. With an empty `keep` it is lost.
        Files that git cannot read, for attributes that an agent wrote, are moved to `.bmad/kept/<keep>` instead,
        or beside the worktrees where these are on another disk.
        """
        ...

    def bench(self, commit: str, key: str, spare: str = "", slot: int = 1) -> Bench:
        """One of the two worktrees for the checks of a worker, which no agent may write, put at a commit.

        Beside the commit's files it holds what setting it up has made for the same key, untouched; whatever else
        was left in it is taken away. Where that was touched, or neither was set up for that key, nothing is beside
        them; what was set up for `spare` stays then in the other one.
        """
        ...

    def include(self, tree: Worktree, patterns: str) -> None:
        """Copy into a worktree what a `.worktreeinclude` names in the person's own, and git ignores in both.

        Raises: CannotAnswerError where that is more than belongs into every worktree.
        """
        ...

    def seal(self, bench: Bench, key: str) -> None:
        """Note what stands in the bench beside its commit as what setting it up has made."""
        ...

    def altered(self, bench: Bench) -> list[str]:
        """The files of the commit that differ now, which then are put back."""
        ...

    def release(self, name: str) -> None:
        """Let go of the branch that a worktree has checked out, for a person to work on; its files stay."""
        ...

    def forget_kept(self, story: str) -> None:
        """Bring what was kept of a story's unfinished steps under one ref for all; its last state stays.

        Where many objects lie loose, they are packed.
        """
        ...

    def benches(self) -> set[int]:
        """The workers, numbered from 1, that benches are there of; the first one always."""
        ...

    def clear_bench(self, slot: int = 1) -> None:
        """Take a worker's benches away in which nothing was set up, and hold no more what has not landed."""
        ...

    def clear_ignored(self, tree: Worktree, which: Callable[[str], bool]) -> None:
        """Take away what git ignores in a worktree, and so no reset does, where `which` names it."""
        ...

    def left_by_setup(self, tree: Worktree, commit: str) -> dict[str, str]:
        """What stands in a worktree now and would be committed: path -> blob, empty where it was taken away."""
        ...

    def faults(self, tree: Worktree) -> str | None:
        """What was done to the worktree's git (`.git` gone, replaced or moved to another branch), mended again."""
        ...

    def commit(self, tree: Worktree, parent: str, message: str, left: Mapping[str, str] = ...) -> str | None:
        """Commit all files of the worktree on top of parent, whatever commits were made there; None: no change.

        Moves the branch. Runs no hook. What git ignores is no part of it unless parent holds it. A repository in a
        subfolder is added as a submodule is; one without a commit loses its `.git` and counts as files. What is
        `left` as setting the worktree up had left it, path -> blob, is no part of it either.

        Raises: CannotAnswerError where git cannot read the files.
        """
        ...

    def commit_files(self, parent: str, files: Mapping[str, str], message: str) -> str:
        """A commit on top of parent with some files written, without any worktree. Moves no branch.

        It is held by a ref until the next one is made, it has landed, or `clear_bench`; so are those below.
        """
        ...

    def graft(self, parent: str, blobs: Mapping[bytes, tuple[str, str]], message: str) -> str:
        """A commit on top of parent with some blobs in it, by path with octal mode and full id. Moves nothing."""
        ...

    def reports(self, bench: Bench, pattern: str) -> list[tuple[str, bytes]]:
        """What a check left in the bench under names that fit, path and content; bounded, and through no link."""
        ...

    def join(self, first: str, second: str, tree_of: str, message: str) -> str:
        """A merge commit of two parents with the tree of a third commit. Moves no branch."""
        ...

    def squash(self, parent: str, tree_of: str, message: str) -> str:
        """A commit on top of parent with the tree of another commit. Moves no branch."""
        ...

    def is_whole(self, commit: str, base: str) -> bool:
        """Whether all is there that a held commit has beyond base; a `git gc` under way is waited for."""
        ...

    def steps(self, tip: str, base: str) -> list[StepCommit]:
        """The commits from base to tip, oldest first, with their `Step:` trailers."""
        ...

    def merge(self, first: str, second: str) -> Merged:
        """The merge of two commits as a tree, with conflict marks where there are conflicts. Moves nothing."""
        ...

    def rebase(self, tree: Worktree, base: str, onto: str) -> tuple[str, ...]:
        """Replay base..branch onto another commit and move the branch; or move nothing and name the conflicts."""
        ...

    def replay(self, story: str, commit: str, onto: str) -> tuple[str, tuple[str, ...]]:
        """One commit of a story on top of another as a rebase makes it, or `onto`, and the paths that conflict.

        It is `onto` where the commit changes nothing there, or conflicts; moves nothing, and is held as by
        `commit_files`.
        """
        ...

    def filtered(self, tree: Worktree, paths: Sequence[str]) -> dict[str, str]:
        """Of the paths those that a filter of git's brings out as something else than the commit holds: its name.

        By the attributes that stand in the worktree.
        """
        ...

    def move(self, ref: str, new: str, old: str | None) -> bool:
        """Move a ref that nobody has checked out from old (None: it is new) to new; False where it moved away."""
        ...

    def drop(self, ref: str) -> None:
        """Take away a branch of bmad's own that has no worktree any more, wherever it is at."""
        ...

    def land(self, ref: str, new: str, old: str) -> Landing:
        """Move the target from old to new under the rules for people's work trees.

        Where the ref is checked out, the tree must be clean and is fast-forwarded; else nothing moves and the
        landing says what it waits for.
        """
        ...

    def staged(self, parent: str) -> str | None:
        """A commit on parent of what the person's index holds; None where that is nothing new. Moves nothing."""
        ...

    def worked(self, parent: str) -> str | None:
        """A commit on parent of what the person's work tree holds, new files too; None where that is nothing new.

        Moves nothing. Raises: UsageError where paths are unmerged, or git cannot read the files.
        """
        ...

    def snapshot(self) -> Snapshot:
        """What agents must leave alone: refs, git's settings and hooks, people's work trees, bmad's own files."""
        ...


@dataclass(frozen=True)
class Desk:
    """The outside world of the loop. `person` is who calls, empty where git does not know."""

    repository: Repository
    history: History
    formats: Formats
    journal: Journal
    agents: Agents
    locks: Locks
    notes: Notes
    library: Library
    clock: Clock
    person: str
    tell: Callable[[Entry, State], None]
    """Is told of each event once it is written, with the state that followed."""
    sleep: Callable[[float], None] = time.sleep
    """Waits some seconds; a signal ends it as it ends everything else."""
    together: Together | None = None
    """Where several machines work on one journal."""

    @property
    def steps(self) -> Notes:
        """What is noted of steps, for whoever goes on with the story, on whatever machine."""
        return self.together.notes if self.together is not None else self.notes

    threads: Threads = SYSTEM

    @property
    def logs(self) -> Path:
        """Where what agents and checks print goes, a folder a story."""
        return self.repository.home / ".bmad" / "logs"
