"""The branches of one machine among several, kept in step with the common remote (`ports.machines.Common`).

Whoever works on a story holds it on the remote, too, by a ref of its own that each push on its behalf moves. So a
push of somebody who was taken for dead is refused by the remote, whatever it would move; and since each commit of
that ref has the story's head as a parent, no commit that was ever pushed for the story is lost there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from bmad.errors import CannotAnswerError, FencedError
from bmad.git.work.refs import HEADS, OWN
from bmad.model.layout import KEPT
from bmad.model.worktrees import Landing

HELD = "refs/bmad/held/"
"""Who holds which story: a ref a story, which each push on its behalf moves. The same here and there."""

_TRIES = 8
_LOST = "{0} is held by another worker since, which went on with it"


class Move(NamedTuple):
    """A ref of the remote from where it is expected to be (None: not there) to a commit (None: taken away)."""

    ref: str
    new: str | None
    old: str | None


class Remote(Protocol):
    """What is asked of the remote. Raises: CannotAnswerError where it cannot be reached."""

    def fetch(self) -> None:
        """Bring here where the remote's branches are, and who holds which story."""
        ...

    def seen(self, ref: str) -> str | None:
        """Where a ref of the remote was when it was last asked."""
        ...

    def branches(self) -> Mapping[str, str]:
        """The branches of the remote when it was last asked, by their full names."""
        ...

    def push(self, moves: Sequence[Move]) -> bool:
        """Make some moves, all or none; False where a ref is not where it was expected to be.

        The last one is to where nobody else moves it: where that is seen there, all were made.
        """
        ...


class Refs(Protocol):
    """The refs of this machine's clone."""

    def settle(self) -> None:
        """Wait until nothing that was begun before moves them."""
        ...

    def tip(self, ref: str) -> str | None: ...

    def below(self, folder: str) -> Mapping[str, str]: ...

    def put(self, ref: str, new: str) -> None: ...

    def drop_all(self, names: Iterable[str]) -> None: ...

    def descends(self, commit: str, ancestor: str) -> bool: ...

    def mark(self, head: str, parents: Sequence[str], message: str) -> str:
        """A commit with the files of `head`."""
        ...


class Held(NamedTuple):
    """A story that is held, by whom under which epoch, and where its ref on the remote was moved to last.

    What a fetch brings of that ref since may be another's.
    """

    story: str
    holder: str
    mark: str


class Fence:
    """`base` tells the commit of the branch to land on, as it is here."""

    def __init__(self, refs: Refs, remote: Remote, base: Callable[[], str]) -> None:
        self._refs = refs
        self._remote = remote
        self._base = base
        self._holding: Held | None = None

    def refresh(self) -> None:
        """Bring all branches to where the remote has them; what only this clone has of a story is kept aside.

        The story that is held stays: nobody else moves it. Raises: CannotAnswerError where it cannot be reached.
        """
        self._refresh(self._holding.story if self._holding else "")

    def _refresh(self, mine: str) -> None:
        self._refs.settle()
        before = self._remote.branches()
        self._remote.fetch()
        now, here = self._remote.branches(), self._refs.below(HEADS)
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
            old, head = self._refs.tip(HELD + story), self._remote.seen(ref)
            new = self._marked(story, holder, old, head or self._base())
            if self._remote.push([Move(HELD + story, new, old)]):
                break
        else:
            raise CannotAnswerError(f"{story} changes hands on the remote all the time; try again.")
        here = self._refs.tip(ref)
        if here is None or not again or not self._refs.descends(here, head or self._base()):
            self._follow(ref, head, here)
        self._holding = Held(story, holder, new)

    def publish(self, story: str) -> None:
        """Have the remote know the story's branch as it is here.

        Raises: FencedError where another holds the story since; CannotAnswerError where it cannot be reached.
        """
        ref = f"{OWN}{story}"
        here, there = self._refs.tip(ref), self._remote.seen(ref)
        if self._holding is not None and self._holding.story == story and here is not None and here != there:
            self._push([Move(ref, here, there)])

    def let_go(self, *, done: bool = False) -> None:
        """Hold the story no more; where it is done, the remote is rid of the ref that told of it."""
        holding, self._holding = self._holding, None
        if holding is not None and done:
            self._remote.push([Move(HELD + holding.story, None, holding.mark)])

    def land(self, ref: str, new: str, old: str) -> Landing:
        """As for one machine, on the remote: in one move with the story's own branch and whoever holds it."""
        if self._holding is None:
            raise CannotAnswerError("Nothing lands here from a machine that holds no story.")
        self._refs.settle()
        story = f"{OWN}{self._holding.story}"
        here, there = self._refs.tip(story), self._remote.seen(story)
        moves = [Move(ref, new, old), *([Move(story, here, there)] if here not in (None, there) else [])]
        if self._push(moves, may_be_behind=ref):
            self._refs.put(ref, new)
            return Landing("moved")
        self.refresh()
        at = self._refs.tip(ref)
        return Landing("moved" if at is not None and self._refs.descends(at, new) else "behind")

    def _push(self, moves: list[Move], may_be_behind: str = "") -> bool:
        """Push under the story's hold. Raises: FencedError where that is another's since."""
        assert self._holding is not None  # noqa: S101 - whoever pushes holds it
        story, holder, old = self._holding
        head = next((one.new for one in moves if one.ref == f"{OWN}{story}"), None) or old
        mark = self._marked(story, holder, old, head)
        if self._remote.push([*moves, Move(HELD + story, mark, old)]):
            self._holding = self._holding._replace(mark=mark)
            return True
        if self._refs.tip(HELD + story) != old or not may_be_behind:
            self._holding = None
            raise FencedError(_LOST.format(story))
        return False

    def _marked(self, story: str, holder: str, old: str | None, head: str) -> str:
        """A commit that says who holds the story; its parents are the one before it and the story's head."""
        parents = list(dict.fromkeys(one for one in (old, head) if one is not None))
        return self._refs.mark(head, parents, f"Hold {story}\n\n{holder}\n")

    def _follow(self, ref: str, at: str | None, here: str | None) -> None:
        """Put a branch where the remote has it."""
        if here is not None and here != at and ref.startswith(OWN):
            self._keep(ref, here)
        if at is not None and here != at:
            self._refs.put(ref, at)
        if at is None and here is not None:
            self._refs.drop_all([ref])

    def _keep(self, ref: str, here: str) -> None:
        """Keep a commit that the remote has not, so that no work is lost."""
        held = HELD + ref.removeprefix(OWN)
        known = [at for at in (self._remote.seen(ref), self._refs.tip(held)) if at]
        if any(self._refs.descends(at, here) for at in known):
            return
        self._refs.put(f"{KEPT}{ref.removeprefix(OWN)}/unpushed-{here[:12]}", here)
