"""The built-in checks of a story's change: where it stands and what kind of files it leaves behind.

What it does to tests (`kept`) and what it imports are checks of their own; what else it does is for the `verify`
commands and the reviewers to say.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from bmad.core.gate.words import printable
from bmad.core.paths import Classified, Classifier, PathClass, fold, touches
from bmad.core.territory import holds, names_literally
from bmad.model.act import AcceptedBy
from bmad.model.agents import Role
from bmad.model.commits import ABSENT, Change
from bmad.model.record import CheckRun, Evidence, Work
from bmad.model.spec import Story

TERRITORY, CLASSES, FILES = "territory", "classes", "files"
BUILT_IN = (TERRITORY, CLASSES, FILES)
"""The built-in checks of where a change stands."""
KEPT_TESTS, KNOWN_IMPORTS, KNOWN_DEPENDENCIES = "kept-tests", "known-imports", "known-dependencies"
EVIDENCE, ASSERTING, ORACLE, SECRETS = "evidence", "asserting-tests", "oracle", "secrets"
CONFLICTS = "conflicts"
"""Whether what conflicted at the landing is settled."""
OWN = (*BUILT_IN, KEPT_TESTS, KNOWN_IMPORTS, KNOWN_DEPENDENCIES, EVIDENCE, ASSERTING, ORACLE, SECRETS, CONFLICTS)
"""The names of all built-in checks; no `verify` command should bear one."""
UNKEPT = frozenset({*BUILT_IN, ORACLE, SECRETS})
"""The checks that no commit which fails one may stay in a history of."""

_REGULAR = frozenset({ABSENT, "100644", "100755"})
_MOST = 5


class Check(NamedTuple):
    """A check, whether it passed, and one sentence that says so."""

    name: str
    ok: bool
    sentence: str


def built_in(
    changes: Sequence[Change],
    classify: Classifier,
    globs: tuple[str, ...],
    story: str,
    beside: Iterable[bytes] = (),
) -> tuple[Check, ...]:
    """The built-in checks of a net change, in the order of BUILT_IN; `beside` are all paths of its result."""
    placed = [classify.of(change) for change in changes]
    return (_territory(placed, globs, story), _classes(placed), _files(changes, globs, twins(changes, beside)))


def adds(changes: Iterable[Change]) -> bool:
    """Whether a change brings a path that was not there."""
    return any(_is_new(one) for one in changes)


def twins(changes: Iterable[Change], beside: Iterable[bytes]) -> list[tuple[str, str]]:
    """The paths that a change adds, each with one of its result that some file systems take for the same.

    Of two such files a work tree on one of those holds but one, and git tells a change that nobody made.
    """
    new = {_folded(one.path): _path(one.path) for one in changes if _is_new(one)}
    alike = [path for path in beside if _folded(path) in new] if new else ()
    return [(new[_folded(path)], _path(path)) for path in alike if new[_folded(path)] != _path(path)]


def _is_new(change: Change) -> bool:
    return change.old_mode == ABSENT != change.new_mode


@lru_cache(maxsize=1 << 16)
def _folded(path: bytes) -> str:
    """Asked of each file of a commit for each change."""
    return fold(_path(path))


def _path(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def written_by_agents(works: Iterable[Work]) -> bool:
    """Whether anybody but a person may have written the change."""
    return any(one.role in (Role.TESTER, Role.DEVELOPER) and not one.by for one in works)


def truth(changes: Sequence[Change], globs: tuple[str, ...]) -> Check:
    """The check of what a person vouches for and no agent may write: `oracle` of the policy."""
    wrong = [_path(one.path) for one in changes if touches(globs, one)]
    if not wrong:
        return Check(ORACLE, ok=True, sentence="Nothing that a person vouches for (`oracle`) is changed.")
    words = (
        f"Only a person may write what bmad.yaml names as truth (`oracle`): {_named(wrong)}. Undo these changes."
    )
    return Check(ORACLE, ok=False, sentence=words)


def _territory(placed: Sequence[Classified], globs: tuple[str, ...], story: str) -> Check:
    """Knowledge of the story itself lies in its territory by itself; what `classes` judges is left to it."""
    outside = [
        one.path
        for one in placed
        if one.klass in (PathClass.CODE, PathClass.KNOWLEDGE)
        and not (one.klass is PathClass.KNOWLEDGE and one.story == story)
        and not holds(globs, one.path)
    ]
    if not outside:
        return Check(
            TERRITORY, ok=True, sentence=f"Every changed path lies in the territory of {printable(story)}."
        )
    words = f"Out of the territory of {printable(story)}: {_named(outside)}. Undo these changes."
    return Check(TERRITORY, ok=False, sentence=words)


_KINDS = {
    PathClass.GOVERNED: "is governed",
    PathClass.OWN: "is bmad's own",
    PathClass.TWIN: "reads as a governed file",
    PathClass.SPEC: "is a spec file",
    PathClass.RECORD: "is a record",
}


def _classes(placed: Sequence[Classified]) -> Check:
    wrong = [f"{printable(one.path)} {_KINDS[one.klass]}" for one in placed if one.klass in _KINDS]
    if not wrong:
        return Check(CLASSES, ok=True, sentence="No governed file, spec file or record is changed.")
    return Check(CLASSES, ok=False, sentence=f"No story changes these: {_shortened(wrong)}. Undo these changes.")


def _files(changes: Sequence[Change], globs: tuple[str, ...], twins: Iterable[tuple[str, str]]) -> Check:
    """Symlinks, submodules and twins only where the territory names them by their whole path, as at the gate."""
    special = [one for one in changes if one.new_mode not in _REGULAR]
    wrong = [
        f"{_text(one.path)} has mode {one.new_mode}"
        for one in special
        if not names_literally(globs, _path(one.path))
    ]
    wrong += [
        f"{printable(one)} is one file with {printable(other)} where case or Unicode form is ignored"
        for one, other in twins
        if not (names_literally(globs, one) and names_literally(globs, other))
    ]
    if not wrong:
        return Check(FILES, ok=True, sentence="Every changed path is a file that can be landed.")
    words = (
        "Only plain files (100644, 100755), and what the territory names by its whole path, can be landed: "
        f"{_shortened(wrong)}."
    )
    return Check(FILES, ok=False, sentence=words)


def _text(path: bytes) -> str:
    return printable(_path(path))


def _named(paths: Iterable[str]) -> str:
    return _shortened([printable(path) for path in paths])


def _shortened(words: Sequence[str]) -> str:
    rest = len(words) - _MOST
    return ", ".join(words[:_MOST]) + (f" and {rest} more" if rest > 0 else "")


def evidence(story: Story, checks: Iterable[CheckRun]) -> tuple[Evidence, ...]:
    """What stands for each criterion (`STORY-…/AC-1`): the `verify` commands that passed when they last ran.

    The built-in checks say nothing about a criterion. Here nobody has looked whether a test failed before.
    """
    last = {run.name: run.ok for run in checks if run.name not in OWN}
    passed = tuple(sorted(name for name, ok in last.items() if ok))
    return tuple(Evidence(criterion=f"{story.id}/{one.id}", checks=passed) for one in story.criteria)


def vouched(rows: Iterable[Evidence], accepted: AcceptedBy | None) -> tuple[Evidence, ...]:
    """The rows with the word of the person who accepted, for the criteria that they looked at themselves."""
    said = {one.criterion: one.why for one in accepted.inspected} if accepted is not None else {}
    by = accepted.by if accepted is not None else ""
    return tuple(
        one.model_copy(update={"by": by, "why": said[one.criterion]})
        if one.criterion in said and not one.tests
        else one
        for one in rows
    )
