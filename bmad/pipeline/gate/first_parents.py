"""The first-parent steps of an audited history, oldest first, each with the commits that it brings."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from bmad.errors import UndecidableError
from bmad.model.commits import Commit
from bmad.model.history import Tips
from bmad.pipeline.gate.audit_steps import Span


def first_parents(walked: Sequence[Commit], commits: Mapping[str, Commit], tips: Tips) -> list[Span]:
    """The steps from the base to the head; `walked` are the commits between them, parents first.

    `commits` has these, both ends and all parents. Raises: UndecidableError as `_line` does.
    """
    order = {commit.id: at for at, commit in enumerate(walked)}
    brought: set[str] = set()
    spans = []
    for base, head in pairwise(_line(order, commits, tips)):
        assert head is not None  # noqa: S101 - only the oldest end of the line may be
        found: list[str] = []
        queue = [head.id]
        while queue:
            name = queue.pop()
            if name in order and name not in brought:
                brought.add(name)
                found.append(name)
                queue.extend(commits[name].parents)
        found.sort(key=order.__getitem__)
        spans.append(Span(base, head, head.tree, tuple(commits[name] for name in found)))
    return spans


def _line(walked: Mapping[str, int], commits: Mapping[str, Commit], tips: Tips) -> list[Commit | None]:
    """The first-parent line of the head, from the audited revision on; None stands for nothing at all.

    Raises: UndecidableError where the revision does not lie on it: then the line is not the one that was
    there, and what a side branch was judged by would be the policy of whoever made it.
    """
    line: list[Commit | None] = [commits[tips.head]]
    while (last := line[-1]) is not None and last.id in walked:
        line.append(commits[last.parents[0]] if last.parents else None)
    oldest = line[-1].id if line[-1] is not None else ""
    if oldest != tips.base:
        raise UndecidableError(
            f"{tips.base} does not lie on the first-parent line of {tips.head}: history was "
            "rewritten or merged the wrong way round, so its steps are not those that landed. Judge the range "
            "with --base, or audit from a commit of that line (git log --first-parent shows it)."
        )
    line.reverse()
    return line
