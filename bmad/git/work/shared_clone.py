"""The clone of one machine among several: bare, bmad's own, its branches kept in step with the common remote."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from bmad.git.locate import locate
from bmad.git.work import refs
from bmad.git.work.calls import Calls, Keeper, ask
from bmad.git.work.commits import commit_tree, tree_of
from bmad.git.work.fence import Fence
from bmad.git.work.remote import Origin
from bmad.git.work.repository import GitRepository, opened


class SharedClone:
    """Made by `open_shared`: the repository that stories are carried out in, and what has it follow the remote."""

    def __init__(self, calls: Calls, repository: GitRepository, common: Fence) -> None:
        self._calls = calls
        self.repository = repository
        self.common = common

    def file(self, path: str) -> str | None:
        """A file of the branch to land on, as text; None where there is none."""
        done = ask(self._calls.bare, ["cat-file", "blob", f"HEAD:{path}"])
        return done.out.decode("utf-8", "replace") if done.status == 0 else None

    def root(self) -> str:
        """The first commit of the branch to land on: the same in every clone, another in other repositories."""
        at = self.repository.target(None)
        asked = self._calls.bare.run(["rev-list", "--first-parent", "--max-parents=0", at, "--"])
        return asked.decode().split("\n", 1)[0]


class _CloneRefs:
    """The clone's refs, as the fence asks for them."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def settle(self) -> None:
        self._calls.settle()

    def tip(self, ref: str) -> str | None:
        return refs.tip(self._calls, ref)

    def below(self, folder: str) -> Mapping[str, str]:
        return refs.below(self._calls, folder)

    def put(self, ref: str, new: str) -> None:
        refs.put(self._calls, ref, new)

    def drop_all(self, names: Iterable[str]) -> None:
        refs.drop_all(self._calls, names)

    def descends(self, commit: str, ancestor: str) -> bool:
        return refs.descends(self._calls, commit, ancestor)

    def mark(self, head: str, parents: Sequence[str], message: str) -> str:
        return commit_tree(self._calls, tree_of(self._calls, head), parents, message)


def open_shared(
    root: Path,
    environ: Mapping[str, str],
    *,
    keeper: Keeper | None = None,
    patience: float = 0,
    over: Callable[[], bool] = lambda: False,
    told: Callable[[str], None] = lambda _: None,
) -> SharedClone:
    """The clone in a folder. Nothing is asked of its remote yet; what fails there is tried for `patience` seconds.

    `told` is told when it begins to wait.

    Raises: CannotAnswerError where git cannot read the clone.
    """
    calls = Calls(locate(root, environ), environ, keeper)

    def base() -> str:
        at = repository.tip(repository.target(None))
        assert at is not None  # noqa: S101 - `target` has found it
        return at

    fence = Fence(_CloneRefs(calls), Origin(calls, patience, over, told), base)
    repository = opened(calls, lambda _: fence.land)
    return SharedClone(calls, repository, fence)
