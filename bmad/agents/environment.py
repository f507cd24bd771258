"""What a program of ours sees of the environment: an allow-list, and what bmad says to it.

Never `GIT_*`, never `BMAD_ACTOR`, and for `setup` and `verify` nothing of any provider.
"""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bmad.agents import packages
from bmad.agents.surroundings import surroundings
from bmad.agents.vendors import vendor_of
from bmad.model.agents import Task

_PLAIN = re.compile(
    r"HOME|LANG|LANGUAGE|TERM|COLORTERM|USER|LOGNAME|SHELL|TZ"
    r"|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|(?:HTTP|HTTPS|ALL|NO)_PROXY|(?:http|https|all|no)_proxy"
    r"|JAVA_HOME|GOPATH|GOROOT|RUSTUP_HOME|NVM_DIR|PYENV_ROOT|VIRTUAL_ENV|CONDA_PREFIX"
    r"|XDG_(?:CONFIG|DATA|STATE)_(?:HOME|DIRS)|(?:LC|SSL_CERT)_[A-Z_]+"
)
"""No cache that lies elsewhere: it cannot be written. No `XDG_RUNTIME_DIR`: the person's session listens there."""
_NEVER = re.compile(r"GIT_.*|BMAD_.*")
LEASE = "BMAD_LEASE"
"""Holds the path of the lock that a program works under: the mark by which survivors are known."""


def for_check(
    environ: Mapping[str, str], folder: Path, lease: str, temp: Path, cache: Path, downloads: Path | None = None
) -> dict[str, str]:
    """For a `setup` or `verify` command in a worktree; `cache` stands for the person's `~/.cache`.

    `downloads` is where package managers keep theirs, unless said otherwise in the cache.
    """
    kept = {name: value for name, value in environ.items() if _PLAIN.fullmatch(name)}
    told = packages.variables(downloads or cache / packages.KEPT)
    return {**kept, **told} | {
        "PATH": absolute(environ.get("PATH", os.defpath)),
        "TMPDIR": str(temp),
        "TMPPREFIX": str(temp / "zsh"),  # zsh, whose here-documents are files, asks for no other
        "XDG_CACHE_HOME": str(cache),
        "GIT_CEILING_DIRECTORIES": ceiling(folder),
        LEASE: lease,
        **surroundings(folder),
    }


def for_agent(environ: Mapping[str, str], task: Task, lease: str, temp: Path, cache: Path) -> dict[str, str]:
    """For an agent: with the variables of its own vendor and those that bmad.yaml names, and what the task is."""
    own = vendor_of(task.agent)
    providers = {name: value for name, value in environ.items() if name.startswith(own.keys)}
    told = {
        "BMAD_ROLE": task.role.value,
        "BMAD_STORY": task.story,
        "BMAD_STEP": task.key.removeprefix(f"{task.story}/"),
        "PYTHONPYCACHEPREFIX": str(temp / "pycache"),  # what a test run leaves would count as a change
    }
    asked = {"BMAD_MODEL": task.agent.model, "BMAD_EFFORT": task.agent.effort}
    model = {name: value for name, value in asked.items() if value}
    checks = for_check(environ, task.folder, lease, temp, cache)
    theirs = {**providers, **named(environ, task.agent.env), **own.always}
    return {**checks, **theirs, **told, **model, **dict(task.given)}


def named(environ: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """The variables that bmad.yaml names, a `*` at the end for any ending; none of git's or bmad's own."""
    found = {name: value for name, value in environ.items() if not _NEVER.fullmatch(name)}
    return {name: value for name, value in found.items() if any(_fits(name, one) for one in names)}


def _fits(name: str, told: str) -> bool:
    return name == told or (told.endswith("*") and name.startswith(told[:-1]))


def filled(word: str, given: Mapping[str, str]) -> str:
    """An argument with what is given in the place of its name (`$BMAD_PORT`)."""
    for name, value in given.items():
        word = word.replace(f"${name}", value)
    return word


def for_git(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """For git in a worktree: none of the person's settings."""
    return {
        "PATH": absolute(environ.get("PATH", os.defpath)),
        "HOME": environ.get("HOME", "/"),
        "LC_ALL": "C",
        "GIT_CEILING_DIRECTORIES": ceiling(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def git(environ: Mapping[str, str]) -> str:
    """The full path of git, or its bare name where it is not on the PATH."""
    return shutil.which("git", path=absolute(environ.get("PATH", ""))) or "git"


def absolute(path: str) -> str:
    """A PATH without its relative parts: they would lead into the worktree."""
    return os.pathsep.join(part for part in path.split(os.pathsep) if part.startswith("/")) or os.defpath


def ceiling(folder: Path) -> str:
    """Where git stops to look for a repository: a worktree without `.git` must not lead to the person's own."""
    return os.pathsep.join(dict.fromkeys([str(folder.parent), str(folder.parent.resolve())]))
