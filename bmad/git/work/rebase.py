"""Rebasing a story's branch, computed without its files: nothing is half done, whenever it is killed.

Each commit is replayed by a merge of what it is replayed onto with it, whose base is its parent. `merge-tree` of
git 2.39 takes no base, so the side that it is replayed onto is a passing commit on the same parent.
"""

from bmad.git.merge_tree import merges
from bmad.git.process import Git
from bmad.git.work.calls import Calls, tell
from bmad.git.work.commits import commit_tree, tree_of, write_commit
from bmad.git.work.refs import descends, put, tip
from bmad.git.work.staging import Stage
from bmad.model.quoting import quoted
from bmad.model.worktrees import Worktree

_OURS = (b"author ", b"committer ", b"encoding ")


def rebase(calls: Calls, stage: Stage, tree: Worktree, base: str, onto: str) -> tuple[str, ...]:
    """Replay base..branch onto another commit and move branch and files; or move nothing and name the conflicts.

    A branch whose own commits come after onto already is left where it is; where onto lies before base, what was
    taken off it in between goes. Files that no commit holds are kept.
    """
    head = tip(calls, tree.branch) or base
    if descends(calls, head, onto) and descends(calls, onto, base):
        return ()
    order = ["rev-list", "--topo-order", "--reverse", "--first-parent", head, f"^{base}", "--"]
    at = onto
    for commit in tell(calls.bare, order).decode().split():
        found, conflicts = replay(calls, stage.git(tree), commit, at)
        if conflicts:
            return conflicts
        at = found
    made = stage.files(tree, head)
    if made != tree_of(calls, head):
        stage.keep(made, head, f"{tree.name}/rebase")
    put(calls, tree.branch, at)
    stage.load(tree, at, files=True)
    stage.share(tree)
    return ()


def replay(calls: Calls, git: Git, commit: str, onto: str) -> tuple[str, tuple[str, ...]]:
    """A commit on top of another, or the paths that conflict; one that changes nothing there is left out."""
    parent = tell(calls.bare, ["rev-parse", "--verify", "--quiet", f"{commit}^"]).decode().strip()
    tree, conflicts = tree_of(calls, commit), ()
    before = tree_of(calls, onto)
    if tree_of(calls, parent) != before:
        passing = commit_tree(calls, before, [parent], "onto\n")
        merged = merges(git, [(passing, commit)])[0]
        if merged.conflicts:
            return onto, tuple(sorted({quoted(conflict.path) for conflict in merged.conflicts}))
        tree = merged.tree
    if tree == before:
        return onto, conflicts
    return _again(calls, commit, tree, onto), conflicts


def _again(calls: Calls, commit: str, tree: str, parent: str) -> str:
    """The commit with another tree and parent: author, dates and message stay, a signature does not."""
    raw = tell(calls.bare, ["cat-file", "commit", commit])
    head, _, message = raw.partition(b"\n\n")
    kept = [line for line in head.split(b"\n") if line.startswith(_OURS)]
    return write_commit(calls, tree, [parent], kept, message)
