"""V19: a territory that matches no tracked path, because it is spelt otherwise than people mean it.

A territory may name what is still to be made, so a plain name that is not there is told only where something much
like it is. A glob with wildcards speaks of what is there. So does all that `oracle` names: else what people take
for safe from agents is not.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import cached_property
from itertools import dropwhile, product

from bmad.core.paths import fold
from bmad.core.territory import compiled, holds, shape_fault
from bmad.model.findings import Finding, Severity
from bmad.model.spec import Story
from bmad.model.specification import Spec

_WILD = re.compile(r"[*?\[\\{]")
_BRACES = re.compile(r"\{([^{}]{1,200})\}")
_MOST = 1 << 18
"""So many paths are held against globs; beyond it nothing more is looked for."""

_MOST_SPELLINGS = 32


class Tracked:
    """The paths that git tracks, sorted; they are asked for what a glob holds and for what is much like it."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = sorted(paths)
        self._tries = 0

    def match(self, glob: str) -> bool | None:
        """Whether the glob holds a path; None where that would take too long to find out."""
        return _first(self.paths, glob, self._tried)

    def alike(self, glob: str) -> bool:
        """Whether the glob holds a path once both are in lower case."""
        return bool(_first(self._folded, glob.lower(), self._tried))

    def folder_like(self, name: str) -> str:
        """The folder at the root whose name is nearest to one that is not there; empty where none is near."""
        near = get_close_matches(name, self._roots, 1, 0.65) if name not in self._roots else []
        return near[0] if near else ""

    @cached_property
    def _folded(self) -> list[str]:
        return sorted(path.lower() for path in self.paths)

    @cached_property
    def _roots(self) -> list[str]:
        return sorted({path.partition("/")[0] for path in self.paths if "/" in path})

    def _tried(self) -> bool:
        self._tries += 1
        return self._tries <= _MOST


def _first(paths: Sequence[str], glob: str, may: Callable[[], bool]) -> bool | None:
    """Whether one of the sorted paths that begin as the glob does is held by it."""
    wild = _WILD.search(glob)
    head = glob[: wild.start()] if wild else glob
    head = head.rstrip("/") if wild is None else head
    for at in range(bisect_left(paths, head), len(paths)):
        if not paths[at].startswith(head):
            break
        if not may():
            return None
        if holds((glob,), paths[at]):
            return True
    return False


def unmatched(spec: Spec, paths: Sequence[str], own: Callable[[str], bool]) -> Iterator[Finding]:
    """A warning for each such glob of a story that has not landed.

    `own` says which paths are no code: where there is no other yet, all of it is still to be made.
    """
    if all(map(own, paths)):
        return
    tracked = Tracked(paths)
    over = landed(spec, paths)
    for document in spec.documents:
        for story in document.items:
            if not isinstance(story, Story) or story.id in over:
                continue
            for ref in story.territory:
                hint = "" if shape_fault(ref.text) else _hint(ref.text, tracked)
                if hint:
                    yield Finding(
                        code="V19",
                        severity=Severity.WARNING,
                        path=document.path,
                        line=ref.line,
                        column=ref.column,
                        message=f"the territory `{ref.text}` matches no tracked path",
                        fix=hint,
                    )


def unguarded(oracle: Sequence[str], paths: Sequence[str], policy: tuple[str, str]) -> Iterator[Finding]:
    """A warning for each glob of `oracle` that holds no tracked path; `policy` is the file of it, and its text.

    Without paths there is no git, and with too many nobody waits for an answer.
    """
    file, text = policy
    folded = [fold(path) for path in paths] if oracle and len(oracle) * len(paths) <= _MOST else []
    for glob in oracle if folded else ():
        if not any(map(compiled((fold(glob),)).holds, folded)):
            yield Finding(
                code="V19",
                severity=Severity.WARNING,
                path=file,
                line=_line_of(glob, text),
                column=1,
                message=f"`{glob}` of `oracle` matches no tracked path, so no file is kept from agents by it",
                fix=f"write {_each(glob)}" if _spellings(glob) else "correct it, or commit what it names",
            )


def _line_of(glob: str, text: str) -> int:
    """The line of a policy on which `oracle` names a glob; 0 where that is not seen."""
    named = re.compile(rf"(?<![^\s\[,\"']){re.escape(glob)}(?![^\s\],\"'])")
    rows = dropwhile(lambda row: not row[1].startswith("oracle:"), enumerate(text.split("\n"), 1))
    return next((number for number, row in rows if named.search(row)), 0)


def landed(spec: Spec, paths: Iterable[str]) -> frozenset[str]:
    """The stories that have a record among the tracked paths, and were not taken up again."""
    recorded = {name.story for name in map(spec.layout.record, paths) if name is not None}
    return frozenset(recorded - {name for name, _ in spec.lock.reopened})


def _hint(glob: str, tracked: Tracked) -> str:
    """What to do about a glob; empty where it matches, or names what may be still to be made."""
    if tracked.match(glob) is not False:
        return ""
    for spelling in _spellings(glob):
        if tracked.match(spelling):
            return (
                f"write `{spelling}`" if "{" not in glob else f"braces stand for themselves; write {_each(glob)}"
            )
    if tracked.alike(glob):
        return "it differs only in upper and lower case from what is there, and territories tell them apart"
    root, slash, _ = glob.partition("/")
    near = tracked.folder_like(root) if slash and not _WILD.search(root) else ""
    if near:
        return f"there is no `{root}` at the repository's root; did you mean `{near}`?"
    if _WILD.search(glob):
        return "correct it; what is still to be made is named by its path, or by its folder without stars"
    return ""


def _spellings(glob: str) -> list[str]:
    """The same glob as another tool would read it: backslashes as slashes, braces as each of their words."""
    found = [glob.replace("\\", "/")] if "\\" in glob else []
    parts = _BRACES.split(found[0] if found else glob)
    if len(parts) > 1:
        words = [part.split(",") if at % 2 else [part] for at, part in enumerate(parts)]
        found = ["".join(one) for one, _ in zip(product(*words), range(_MOST_SPELLINGS), strict=False)]
    if "," in glob and "{" not in glob:
        found += [part.strip() for part in glob.split(",") if part.strip()]
    return [one for one in found if not shape_fault(one)]


def _each(glob: str) -> str:
    return ", ".join(f"`{one}`" for one in _spellings(glob)[:4])
