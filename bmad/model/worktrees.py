"""Worktrees, landings and what is watched, as plain values."""

from pathlib import Path
from typing import Literal, NamedTuple


class Worktree(NamedTuple):
    """A worktree of bmad's own; `gitdir` is its folder in the repository's `worktrees`, `branch` a full ref."""

    name: str
    folder: Path
    gitdir: Path
    branch: str
    since: int = 0
    """When its file `.git` was put there, in ns since the epoch: it tells this worktree from an earlier one."""
    made: str = ""
    """The commit that whoever asked for it had it checked out at, just now; empty where it stood there."""


class Bench(NamedTuple):
    """The worktree in which checks run, at a commit, with nothing beside it but what setting it up has made."""

    tree: Worktree
    commit: str
    is_set_up: bool
    """Whether what was asked for was set up in it before, and nothing has touched that since."""
    altered: tuple[str, ...] = ()
    """Files of a commit that setting it up changes; they were put back, and are put back after each command."""
    cleared: tuple[str, ...] = ()
    """What stood beside the commit and was taken away."""


class StepCommit(NamedTuple):
    """A commit and the step that it stands for (`1/dev`); empty where it names none."""

    id: str
    parent: str
    tree: str
    step: str
    story: str


class Landing(NamedTuple):
    """`moved`: the ref is at the new commit. `behind`: it was elsewhere already. `waits`: see `words`."""

    state: Literal["moved", "behind", "waits"]
    words: str = ""


class Snapshot(NamedTuple):
    """Marks of what agents must leave alone, by name; two snapshots differ where something was changed."""

    own: dict[str, str]
    """What is bmad's or git's: refs of bmad by full name; `git: config`, `git: hooks/…` and the like."""
    people: dict[str, str]
    """What is a person's: other branches by full ref; of each work tree `<folder>: HEAD` and `<folder>: index`; by
    full path the files that are new or differ from the head."""
