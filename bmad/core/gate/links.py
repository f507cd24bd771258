"""Symlinks in the place of governed files: `CLAUDE.md` that is `AGENTS.md`.

One is as good as a plain file where it leads, within the tree, to what is governed itself: then whoever changes
what its readers see has to say so, now and later. That is certain where no folder on its way can become a link
unseen.
"""

from bmad.core.paths import Classifier, PathClass
from bmad.model.layout import POLICY

LONGEST = 4096
"""Bytes of a link's content; more is led nowhere by any system."""


def leads_to(path: bytes, content: bytes) -> bytes | None:
    """Where a link at a path leads, as a path of the tree; None where that is out of it, or not certain.

    What goes down and up again may be another place than it reads, where a folder on the way is a link.
    """
    if not content or len(content) > LONGEST or content.startswith(b"/") or b"\0" in content:
        return None
    at = path.split(b"/")[:-1]
    down: list[bytes] = []
    for part in content.split(b"/"):
        if part in (b"", b"."):
            continue
        if part == b"..":
            if down or not at:
                return None
            at.pop()
        else:
            down.append(part)
    return b"/".join([*at, *down]) if down else None


def stays_governed(path: bytes, target: bytes, classify: Classifier) -> bool:
    """Whether what a link in the place of a governed path leads to is governed, and cannot be led away unseen.

    Each folder on its way that does not hold the link itself must be one whose replacement by a link is governed.
    bmad reads its policy itself, and only from a plain file.
    """
    if path == POLICY.encode() or target == path or classify(target).klass is not PathClass.GOVERNED:
        return False
    own, parts = path.split(b"/")[:-1], target.split(b"/")[:-1]
    folders = [parts[: at + 1] for at in range(len(parts))]
    strange = (b"/".join(one) for one in folders if one != own[: len(one)])
    return all(classify(one, link=True).klass is PathClass.GOVERNED for one in strange)
