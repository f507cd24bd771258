"""The repository of one machine among several: a bare clone of bmad's own, kept in step with the common remote.

Whoever works on a story holds it on the remote, too, by a ref of its own that each push on its behalf moves. So a
push of somebody who was taken for dead is refused by the remote, whatever it would move; and since each commit of
that ref has the story's head as a parent, no commit that was ever pushed for the story is lost there.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from bmad.errors import CannotAnswerError, FencedError
from bmad.git.work.calls import Keeper, ask
from bmad.git.work.commits import commit_tree, tree_of
from bmad.git.work.refs import HEADS, OWN, below, descends, drop_all, put, tip
from bmad.git.work.remote import HELD, Move, Remote
from bmad.git.work.repository import GitRepository, opened
from bmad.model.worktrees import Landing

_TRIES = 8
_KEPT = "refs/bmad/kept/"
_LOST = "{0} is held by another worker since, which went on with it"


class SharedRepository(GitRepository):
    """Made by `open_shared`, by a clone that `remote.clone` made."""

    _remote: Remote
    _holding: tuple[str, str] | None = None
    """The story that is held, and by whom under which epoch."""

    def refresh(self) -> None:
        """Bring all branches to where the remote has them; what only this clone has of a story is kept aside.

        The story that is held stays: nobody else moves it. Raises: CannotAnswerError where it cannot be reached.
        """
        self._refresh(self._holding[0] if self._holding else "")

    def _refresh(self, mine: str) -> None:
        self._calls.settle()
        before = self._remote.branches()
        self._remote.fetch()
        now, here = self._remote.branches(), below(self._calls, HEADS)
        for ref in (before.keys() | now.keys()) - {f"{OWN}{mine}"}:
            self._follow(ref, now.get(ref), here.get(ref))

    def hold(self, story: str, holder: str, *, again: bool = False) -> None:
        """Hold a story on the remote from now on, and have its branch as it is there.

        `again` is whether this clone was the last to hold it: then what it did not come to push yet stays.

        Raises: CannotAnswerError where the remote cannot be reached.
        """
        self._holding, ref = None, f"{OWN}{story}"
        for _ in range(_TRIES):
            self._refresh(story)
            old, head = tip(self._calls, HELD + story), self._remote.seen(ref)
            new = self._marked(story, holder, old, head or self._base())
            if self._remote.push([Move(HELD + story, new, old)]):
                break
        else:
            raise CannotAnswerError(f"{story} changes hands on the remote all the time; try again.")
        here = tip(self._calls, ref)
        if here is None or not again or not descends(self._calls, here, head or self._base()):
            self._follow(ref, head, here)
        self._holding = (story, holder)

    def publish(self, story: str) -> None:
        """Have the remote know the story's branch as it is here.

        Raises: FencedError where another holds the story since; CannotAnswerError where it cannot be reached.
        """
        ref = f"{OWN}{story}"
        here, there = tip(self._calls, ref), self._remote.seen(ref)
        if self._holding is not None and self._holding[0] == story and here is not None and here != there:
            self._push([Move(ref, here, there)])

    def let_go(self, *, done: bool = False) -> None:
        """Hold the story no more; where it is done, the remote is rid of the ref that told of it."""
        holding, self._holding = self._holding, None
        if holding is not None and done:
            self._remote.push([Move(HELD + holding[0], None, tip(self._calls, HELD + holding[0]))])

    def land(self, ref: str, new: str, old: str) -> Landing:
        """As for one machine, on the remote: in one move with the story's own branch and whoever holds it."""
        if self._holding is None:
            raise CannotAnswerError("Nothing lands here from a machine that holds no story.")
        story = f"{OWN}{self._holding[0]}"
        here, there = tip(self._calls, story), self._remote.seen(story)
        moves = [Move(ref, new, old), *([Move(story, here, there)] if here not in (None, there) else [])]
        if self._push(moves, may_be_behind=ref):
            put(self._calls, ref, new)
            self._held.let_go(new)
            return Landing("moved")
        self.refresh()
        at = tip(self._calls, ref)
        return Landing("moved" if at is not None and descends(self._calls, at, new) else "behind")

    def file(self, path: str) -> str | None:
        """A file of the branch to land on, as text; None where there is none."""
        done = ask(self._calls.bare, ["cat-file", "blob", f"HEAD:{path}"])
        return done.out.decode("utf-8", "replace") if done.status == 0 else None

    def root(self) -> str:
        """The first commit of the branch to land on: the same in every clone, another in other repositories."""
        at = self._base()
        asked = self._calls.bare.run(["rev-list", "--first-parent", "--max-parents=0", at, "--"])
        return asked.decode().split("\n", 1)[0]

    def _base(self) -> str:
        at = tip(self._calls, self.target(None))
        assert at is not None  # noqa: S101 - `target` has found it
        return at

    def _push(self, moves: list[Move], may_be_behind: str = "") -> bool:
        """Push under the story's hold. Raises: FencedError where that is another's since."""
        assert self._holding is not None  # noqa: S101 - whoever pushes holds it
        story, holder = self._holding
        old = tip(self._calls, HELD + story)
        head = next((one.new for one in moves if one.ref == f"{OWN}{story}"), None) or old or self._base()
        mark = Move(HELD + story, self._marked(story, holder, old, head), old)
        if self._remote.push([*moves, mark]):
            return True
        if tip(self._calls, HELD + story) != old or not may_be_behind:
            self._holding = None
            raise FencedError(_LOST.format(story))
        return False

    def _marked(self, story: str, holder: str, old: str | None, head: str) -> str:
        """A commit that says who holds the story; its parents are the one before it and the story's head."""
        parents = list(dict.fromkeys(one for one in (old, head) if one is not None))
        words = f"Hold {story}\n\n{holder}\n"
        return commit_tree(self._calls, tree_of(self._calls, head), parents, words)

    def _follow(self, ref: str, at: str | None, here: str | None) -> None:
        """Put a branch where the remote has it."""
        if here is not None and here != at and ref.startswith(OWN):
            self._keep(ref, here)
        if at is not None and here != at:
            put(self._calls, ref, at)
        if at is None and here is not None:
            drop_all(self._calls, [ref])

    def _keep(self, ref: str, here: str) -> None:
        """Keep a commit that the remote has not, so that no work is lost."""
        known = [at for at in (self._remote.seen(ref), tip(self._calls, HELD + ref.removeprefix(OWN))) if at]
        if any(descends(self._calls, at, here) for at in known):
            return
        name = f"{_KEPT}{ref.removeprefix(OWN)}/unpushed-{here[:12]}"
        put(self._calls, name, here)


def open_shared(
    root: Path,
    environ: Mapping[str, str],
    *,
    keeper: Keeper | None = None,
    patience: float = 0,
    over: Callable[[], bool] = lambda: False,
    told: Callable[[str], None] = lambda _: None,
) -> SharedRepository:
    """The clone in a folder. Nothing is asked of its remote yet; what fails there is tried for `patience` seconds.

    `told` is told when it begins to wait.

    Raises: CannotAnswerError where git cannot read the clone.
    """
    repository = opened(SharedRepository, root, environ, keeper=keeper)
    repository._remote = Remote(repository._calls, patience, over, told)  # noqa: SLF001 - its own
    return repository
