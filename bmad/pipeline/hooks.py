"""The git hooks: written into a repository, and what each does when git calls it."""

from collections.abc import Sequence
from pathlib import Path

from bmad.core.commit_check import Staged, complaints
from bmad.core.graph import build
from bmad.core.paths import Classifier, PathClass
from bmad.core.trailers import STORY, parse
from bmad.errors import UsageError
from bmad.model.layout import POLICY
from bmad.pipeline.branches import BRANCH
from bmad.pipeline.spec import load
from bmad.ports.files import Formats, Workspace
from bmad.ports.history import Checkout

HOOKS = ("prepare-commit-msg", "commit-msg")
"""A story's branch is `bmad/STORY-…`."""

_MARK = "# written by: bmad hooks install"


def _script(hook: str, command: Sequence[str]) -> str:
    quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in command)
    program = quoted.split(" ")[0]
    return (
        f"#!/bin/sh\n{_MARK}\n"
        f'if [ -x {program} ]; then exec {quoted} hooks run {hook} "$@"; fi\n'
        f'exec bmad hooks run {hook} "$@"\n'
    )


def install(checkout: Checkout, command: Sequence[str]) -> list[str]:
    """Write the hooks; one that somebody else wrote stays, and the notes say what to add to it.

    Raises: CannotAnswerError where there is no work tree; UsageError where the folder cannot be written.
    """
    checkout.require()
    folder = checkout.hooks()
    notes: list[str] = []
    for hook in HOOKS:
        path = folder / hook
        try:
            if path.exists() and _MARK not in path.read_text(encoding="utf-8", errors="replace"):
                notes.append(f'{path} is there already and stays; add to it: bmad hooks run {hook} "$@" || exit 1')
                continue
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(_script(hook, command), encoding="utf-8")
            path.chmod(0o755)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
        notes.append(f"installed {path}")
    return notes


def story_of_branch(checkout: Checkout) -> str | None:
    """The story that the branch which is checked out belongs to."""
    branch = checkout.branch()
    if branch is None:
        return None
    bound = checkout.story_of(branch)
    if bound:
        return bound
    return branch.removeprefix(BRANCH) if branch.startswith(f"{BRANCH}STORY-") else None


def prepare_commit_msg(checkout: Checkout, file: Path, source: str) -> None:
    """Fill in the `Story:` trailer of the branch; merges and squashes keep the message they come with."""
    story = story_of_branch(checkout)
    if story is not None and source not in ("merge", "squash"):
        checkout.add_trailer(file, f"{STORY.capitalize()}: {story}")


def commit_msg(workspace: Workspace, formats: Formats, checkout: Checkout, message: bytes) -> list[str]:
    """Why the gate would refuse the commit that is being made; empty where it would not.

    Merges are left to the gate, which has what they are compared with; so is the adoption itself.
    """
    if checkout.merging() or not checkout.tracked(POLICY):
        return []
    loaded = load(workspace, formats)
    classify = Classifier(loaded.spec.intent_path, loaded.settings.gate.governed)
    paths = [classify(path) for path in checkout.staged()]
    recorded = any(one.klass is PathClass.RECORD and not checkout.tracked(one.path) for one in paths)
    staged = Staged(paths, parse(checkout.cleaned(message)), recorded)
    return complaints(staged, build(loaded.spec.documents), loaded.settings.gate.level)
