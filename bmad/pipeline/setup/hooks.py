"""Writing the git hooks into a repository, and taking them away. What is there already is never written over."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bmad.core.hook_scripts import FORMER, HOOKS, MARK, PUSH, RECEIVE, script
from bmad.core.pushes import is_branch
from bmad.errors import CannotAnswerError, UsageError
from bmad.model.hooks import HooksFolder
from bmad.pipeline.branches import HEADS
from bmad.ports.history import Checkout


class Wishes(NamedTuple):
    """`chain`: a hook that is there moves aside and runs first; `everywhere`: other repositories get them too."""

    chain: bool = False
    everywhere: bool = False
    push: bool = False
    """Whether a push to the remote's default branch is judged before it goes out."""


class Installed(NamedTuple):
    """What was done, a sentence each, and whether git will now ask bmad."""

    notes: tuple[str, ...]
    complete: bool


_MANAGERS = {
    "pre-commit": (
        "pre-commit wrote it. For the team, a local hook in .pre-commit-config.yaml: {{id: bmad-{0}, name: bmad, "
        "language: system, entry: bmad hooks run {0}, stages: [{0}], always_run: true}}"
    ),
    "lefthook": (
        "lefthook wrote it. For the team, in lefthook.yml: "
        "{0}: {{commands: {{bmad: {{run: 'bmad hooks run {0} {{0}}'}}}}}}"
    ),
    "husky": 'husky wrote it. For the team, in .husky/{0}: bmad hooks run {0} "$@" || exit 1',
    "overcommit": "overcommit wrote it, and writes it again",
    "simple-git-hooks": "simple-git-hooks wrote it, and writes it again",
}
"""What a program that keeps hooks writes into them, and how it is told of another hook."""


def install(checkout: Checkout, command: Sequence[str], wishes: Wishes) -> Installed:
    """Write the hooks, where no one else's are in the way and no other repository gets them unasked.

    Raises: CannotAnswerError where there is no work tree, or the folder cannot be written.
    """
    checkout.require()
    folder = checkout.hooks()
    if os.path.lexists(folder.path) and not folder.path.is_dir():
        return Installed((_off(folder),), complete=False)
    if folder.kind == "elsewhere" and not wishes.everywhere:
        return Installed((_elsewhere(folder, _EVERYWHERE, "bmad hooks install"),), complete=False)
    if folder.kind == "files":
        return _told(folder)
    hooks = (*HOOKS, PUSH) if wishes.push else HOOKS
    done = [_install_one(folder.path / hook, script(hook, command), wishes) for hook in hooks]
    notes = [note for note, _ in done]
    notes += [_UNNAMED] if wishes.push and not (checkout.default() or checkout.main()) else []
    return Installed(tuple(notes), all(complete for _, complete in done))


def install_server(
    checkout: Checkout, command: Sequence[str], protect: Sequence[str], *, report_only: bool = False
) -> Installed:
    """Write `pre-receive` into a bare repository, and protect some branches, or the one that HEAD names.

    Where it is `report_only`, whoever pushes is told what would be refused.

    Raises: CannotAnswerError where it is none, or cannot be written; UsageError where a name is no branch's.
    """
    branches = tuple(one.removeprefix(HEADS) for one in protect) or tuple(filter(None, (checkout.branch(),)))
    if not checkout.is_bare():
        raise CannotAnswerError("--server is for a bare repository; name it: --repo FOLDER.git")
    if odd := [one for one in branches if not is_branch(one)]:
        raise UsageError(f"`{odd[0]}` is no name of a branch. Name each: --protect main --protect release/1.0")
    if not branches:
        raise UsageError("HEAD names no branch here. Name each that is to be protected: --protect main")
    folder = checkout.hooks()
    if folder.kind == "elsewhere":
        return Installed((_elsewhere(folder, "", "bmad hooks install --server"),), complete=False)
    note, complete = _install_one(folder.path / RECEIVE, script(RECEIVE, command), Wishes())
    if not complete:
        return Installed((note,), complete=False)
    no_more = [one for one in checkout.protected() if one not in branches]
    checkout.protect(branches, report_only=report_only)
    told = [(_REPORTS if report_only else _PROTECTS).format(", ".join(branches))]
    if absent := [one for one in branches if one not in checkout.branches(one)]:
        there = len(absent) < len(branches)
        how = "from where it leaves one that is protected" if there else "whole"
        told.append(f"there is no branch {', '.join(absent)} yet: its first push is judged {how}")
    if no_more:
        told.append(f"no longer protected: {', '.join(no_more)}; name them beside the others to keep them")
    return Installed((note, *told, "set receive.fsckObjects"), complete=True)


_PROTECTS = "protects {}: judged by what stands there, never rewritten or deleted"
_REPORTS = "judges {} and refuses nothing: who pushes is told what would be refused"
_UNNAMED = (
    f"nothing here names the remote's default branch yet, so {PUSH} judges no push until something does: "
    "git remote set-head origin --auto"
)
_OFF = (
    "core.hooksPath of the {0} configuration is {1}, which is no folder: git runs no hooks. To have them: "
    "git config --{0} --unset core.hooksPath"
)
_NO_FOLDER = "{} is no folder: git runs no hooks. To have them, move it aside"
_ELSEWHERE = (
    "git runs hooks from {}, by {}, and so may other repositories; nothing was written. {}"
    "For this one, without those of that folder: "
    'git config core.hooksPath "$(git rev-parse --git-common-dir)/hooks", then {}'
)
_COMMAND = "command"
"""The scope, as git calls it, of what stands in no file."""
_PASSING = (
    "git runs hooks from {}, by an option or a variable of git (-c, GIT_CONFIG_COUNT) and no file; nothing was "
    "written. Call this without it"
)
_EVERYWHERE = "For all of them: bmad hooks install --global. "


def _off(folder: HooksFolder) -> str:
    if folder.scope == _COMMAND:
        return _PASSING.format(folder.path)
    return _OFF.format(folder.scope, folder.path) if folder.scope else _NO_FOLDER.format(folder.path)


def _elsewhere(folder: HooksFolder, all_of_them: str, again: str) -> str:
    if folder.scope == _COMMAND:
        return _PASSING.format(folder.path)
    return _ELSEWHERE.format(folder.path, _why(folder), all_of_them, again)


def _why(folder: HooksFolder) -> str:
    return f"core.hooksPath of the {folder.scope} configuration" if folder.scope else "a symbolic link"


def _told(folder: HooksFolder) -> Installed:
    """Hooks among the files are the team's: a line with a path of this machine has no place there."""
    place = folder.path.parent if folder.path.name == "_" and folder.path.parent.name == ".husky" else folder.path
    notes, complete = [], True
    for hook in HOOKS:
        if _calls(place / hook, hook):
            notes.append(f"{place / hook} calls bmad already")
        else:
            notes.append(f"{place} holds the hooks for everybody here; add to {place / hook}: {_line(hook)}")
            complete = False
    return Installed(tuple(notes), complete)


def _line(hook: str) -> str:
    return f'bmad hooks run {hook} "$@" || exit 1'


def _install_one(path: Path, text: str, wishes: Wishes) -> tuple[str, bool]:
    """What was done, and whether bmad is called now."""
    hook = path.name
    try:
        if os.path.lexists(path) and not _is_ours(path):
            if _calls(path, hook) and not os.access(path, os.X_OK):
                return f"{path} calls bmad, and git runs no file that is not executable: chmod +x {path}", False
            if _calls(path, hook):
                return f"{path} calls bmad already", True
            if not wishes.chain or hook in (RECEIVE, PUSH):  # what git says on their input is read once
                return _stays(path), False
            former = path.with_name(hook + FORMER)
            if os.path.lexists(former):
                return f"{path} and {former} are both there; nothing was written. Remove one of them first.", False
            path.rename(former)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        path.chmod(0o755)
    except OSError as error:
        raise CannotAnswerError(f"{path} cannot be written: {error.strerror}.") from None
    first = f", which runs {hook}{FORMER} first" if os.path.lexists(path.with_name(hook + FORMER)) else ""
    return f"installed {path}{first}", True


def _stays(path: Path) -> str:
    hook, text = path.name, _text(path)
    hint = next((words.format(hook) for name, words in _MANAGERS.items() if name in text), "")
    chained = "; or: bmad hooks install --chain" if hook in HOOKS else ""
    way = f"{path} is there already and stays; add to it: {_line(hook)}{chained}"
    return f"{way}. {hint}" if hint else way


def uninstall(checkout: Checkout) -> list[str]:
    """Take away what `install` wrote; what was moved aside moves back.

    Raises: CannotAnswerError where there is no repository, or the folder cannot be written.
    """
    if not checkout.is_bare():
        checkout.require()
    folder = checkout.hooks().path
    notes = []
    for path in (folder / hook for hook in (*HOOKS, PUSH, RECEIVE)):
        former = path.with_name(path.name + FORMER)
        try:
            if _is_ours(path):
                path.unlink()
                notes.append(f"removed {path}")
                if os.path.lexists(former):
                    former.rename(path)
                    notes[-1] += "; the one that was there before stands again"
            elif _calls(path, path.name):
                notes.append(f"{path} is not bmad's own and calls it; take the line out by hand")
        except OSError as error:
            raise CannotAnswerError(f"{path} cannot be written: {error.strerror}.") from None
    return notes or [f"there are no hooks of bmad in {folder}"]


def asked(checkout: Checkout) -> bool:
    """Whether git asks bmad at each commit, by its own hooks or by somebody's that call it."""
    folder = checkout.hooks().path
    places = (folder, folder.parent) if folder.name == "_" else (folder,)
    return all(any(_is_ours(place / hook) or _calls(place / hook, hook) for place in places) for hook in HOOKS)


def _is_ours(path: Path) -> bool:
    return not path.is_symlink() and MARK in _text(path)


def _calls(path: Path, hook: str) -> bool:
    """Whether a line of a hook does, and not only a comment."""
    lines = (line for line in _text(path).splitlines() if not line.lstrip().startswith("#"))
    return any(f"hooks run {hook}" in line for line in lines)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
