"""`bmad/next`: where stories stand until one acceptance for all, kept on top of the target."""

from collections.abc import Sequence

from bmad.pipeline.acting.aside import Errand, aside
from bmad.pipeline.acting.case import short
from bmad.pipeline.acting.checking import commands
from bmad.pipeline.acting.grounds import Grounds
from bmad.ports.acting import Desk

NEXT = "refs/heads/bmad/next"

_NAME = "joined"
"""Of the worktree in which what was joined is verified."""


def keep_up(desk: Desk, grounds: Grounds, target: str) -> tuple[str, ...]:
    """Make it, or join what has come onto the target since; the paths that conflict, if any: then it stays."""
    repository = desk.repository
    tip, onto = repository.tip(NEXT), repository.tip(target)
    if onto is None or tip == onto:
        return ()
    if tip is None or not repository.steps(tip, onto):
        repository.move(NEXT, onto, tip)
        return ()
    if grounds.reaches(tip, onto):
        return ()
    merged = repository.merge(onto, tip)
    if merged.conflicts:
        return tuple(sorted({one.path.decode("utf-8", "backslashreplace") for one in merged.conflicts}))
    message = f"Join {short(target)} with {short(NEXT)}\n"
    repository.move(NEXT, repository.join(onto, tip, merged.tree, message), tip)
    return ()


def unverified(desk: Desk, grounds: Grounds, base: str, tip: str) -> list[str]:
    """What fails in the `verify` commands where the tip is no story's landing, which was verified itself.

    Raises: CannotAnswerError where they cannot be run.
    """
    made = desk.repository.steps(tip, base)
    if not made or made[-1].story:
        return []
    with aside(desk, grounds, Errand(_NAME, "bmad accept", base, tip)) as case:
        tree = case.worktree()
        desk.repository.reset(tree, tip, "")
        case.set_up(tree)
        return commands(case, tree)[1]


def conflicting(target: str, paths: Sequence[str]) -> str:
    """What a person has to do where the two cannot be joined."""
    name = short(NEXT)
    return (
        f"{name} and {short(target)} conflict in {', '.join(paths[:5])}; join them by hand: "
        f"git switch {name} && git merge {short(target)}"
    )
