"""What an exemption for everyone lets pass: plain documents below its globs, and files that it names by ending.

Such an exemption grants a place to whoever writes, so it must not hold what runs. `docs/**` is for the pages and
pictures there; `docs/conf.py`, which a build of the documents runs, has to be named as it stands or by `*.py`. No
file that is executable, or a link, or was one, is of it; nor what the policy names as truth; and a glob that
begins with a star (`**/*.md`) ends where the territory of a story begins.
"""

from collections.abc import Callable

from bmad.core.paths import Classified, PathClass, touches
from bmad.core.territory import holds, is_plain
from bmad.model.commits import ABSENT, Change

_PLAIN = frozenset({ABSENT, "100644"})
_DOCUMENTS = frozenset({"md", "markdown", "rst", "adoc", "asciidoc", "org", "png", "jpg", "jpeg", "gif", "webp"})
"""Endings of what is read or looked at and never run; `txt` is not of them, since tools install out of it."""


def open_fault(
    globs: tuple[str, ...],
    at: Classified,
    change: Change,
    oracle: tuple[str, ...] = (),
    claimed: Callable[[str], bool] = lambda _: False,
) -> str | None:
    """Why an exemption for everyone does not grant a change of a path that it names; None where it does.

    `claimed` tells whether a path lies in the territory of a story.
    """
    if at.klass is not PathClass.CODE:
        return "for everyone it is of no governed file, document of the specification, record or knowledge"
    if not {change.old_mode, change.new_mode} <= _PLAIN:
        return "for everyone it is of plain files that nobody can run, and a mode says otherwise"
    if touches(oracle, change):
        return "the policy names the path as truth (`oracle`), which is never exempt for everyone"
    own = [glob for glob in globs if holds((glob,), at.path)]
    if not any(_names_kind(glob, at.path) for glob in own):
        return "for everyone it is of documents, and this may be run: name it as it stands, or by its ending"
    if not any(is_plain(glob.partition("/")[0]) for glob in own) and claimed(at.path):
        return "it does not name the path from its first part on, and the path lies in the territory of a story"
    return None


def _names_kind(glob: str, path: str) -> bool:
    """Whether a glob that holds a path says what kind of file that is, or the file is a document."""
    ending = path.rpartition("/")[2].rpartition(".")[2] if "." in path.rpartition("/")[2] else ""
    if ending.lower() in _DOCUMENTS or (is_plain(glob) and glob == path):
        return True
    _, star, last = glob.rpartition("/")[2].rpartition("*")
    return bool(star and ending) and is_plain(last) and last.endswith(f".{ending}")
