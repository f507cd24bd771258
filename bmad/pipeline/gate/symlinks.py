"""Where the symlinks lead that commits put in the place of governed files."""

from collections.abc import Iterable, Mapping, Sequence

from bmad.core.gate.links import leads_to
from bmad.core.governed import names
from bmad.model.bounds import LINK
from bmad.model.commits import Change, Commit
from bmad.ports.history import Objects

_LINK = "120000"
_PLAIN = ("100644", "100755")
_MOST = 256
"""So many links of one range are looked at; the others are refused as what they are."""

Links = Mapping[bytes, bytes]
"""Path of a link -> where it leads in the tree of the same commit, past no other link."""


def governed_links(
    objects: Objects, landing: Iterable[tuple[Commit, str]], own: Mapping[str, Sequence[Change]]
) -> dict[str, Links]:
    """By commit, the links of governed names that it brings, as far as they lead past no other one.

    `landing` are commits, each with the tree that it lands in, and `own` what each of them changes. It must be so
    in the commit and in what lands of it, where a link may stand that the commit does not know.

    Raises: UndecidableError where one holds more than any link does.
    """
    every = [
        (commit, change, result)
        for commit, result in landing
        for change in own[commit.id]
        if change.new_mode == _LINK and _is_governed(change)
    ][:_MOST]
    contents = objects.blobs(dict.fromkeys(change.new_blob for _, change, _ in every), LINK) if every else {}
    found: dict[str, dict[bytes, bytes]] = {}
    for commit, change, result in every:
        target = leads_to(change.path, contents[change.new_blob])
        if target is not None and all(_is_straight(objects, tree, target) for tree in (commit.tree, result)):
            found.setdefault(commit.id, {})[change.path] = target
    return dict(found)


def _is_governed(change: Change) -> bool:
    return bool(names(folded=False).why(change.path.decode("utf-8", "surrogateescape"), link=True))


def _is_straight(objects: Objects, tree: str, target: bytes) -> bool:
    """Whether neither the target nor a folder on the way to it is itself a link, or the like, in a tree."""
    parts = target.split(b"/")
    for at in range(len(parts)):
        folder, path = b"/".join(parts[:at]), b"/".join(parts[: at + 1])
        there = objects.files(tree, [folder]).get(path)
        if there is not None and there.mode not in _PLAIN:
            return False
    return True
