"""Worktrees, landings and what is watched, as plain values."""

from pathlib import Path
from typing import Literal, NamedTuple


class Worktree(NamedTuple):
    """A worktree of bmad's own; `gitdir` is its folder in the repository's `worktrees`, `branch` a full ref."""

    name: str
    folder: Path
    gitdir: Path
    branch: str


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
    """bmad's: its branches, journal, other worktrees, git's configuration and hooks."""
    people: dict[str, str]
    """The files, index and branch of each work tree of a person."""
