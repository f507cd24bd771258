"""What setting up a worktree depends on: its commands, and the files of the commit.

It surely reads the manifests and lock files; what else it reads nobody can tell, so what it makes is known by all.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256

_READ = re.compile(
    r"package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(?:lock|workspace)\.yaml|bun\.lockb?|deno\.jsonc?"
    r"|deno\.lock|\.npmrc|\.yarnrc(?:\.yml)?|\.nvmrc|\.node-version|pyproject\.toml|setup\.(?:py|cfg)|uv\.(?:lock|toml)"
    r"|poetry\.lock|pdm\.lock|pixi\.(?:lock|toml)|Pipfile(?:\.lock)?|.*requirements.*\.(?:txt|in)|constraints.*\.txt"
    r"|environment\.ya?ml|\.python-version|\.tool-versions|mise\.toml|\.mise\.toml|Cargo\.(?:toml|lock)|rust-toolchain"
    r"(?:\.toml)?|go\.(?:mod|sum|work|work\.sum)|Gemfile(?:\.lock)?|.*\.gemspec|\.ruby-version|composer\.(?:json|lock)"
    r"|pom\.xml|(?:build|settings)\.gradle(?:\.kts)?|gradle\.(?:properties|lockfile)|libs\.versions\.toml|.*\.[cf]sproj"
    r"|.*\.sln|global\.json|packages\.(?:config|lock\.json)|Directory\.(?:Build|Packages)\.props|mix\.(?:exs|lock)"
    r"|rebar\.(?:config|lock)|pubspec\.(?:yaml|lock)|Package\.(?:swift|resolved)|conanfile\.(?:py|txt)|vcpkg\.json"
    r"|flake\.(?:nix|lock)|Makefile|makefile|GNUmakefile|justfile|Justfile|Taskfile\.ya?ml|\.gitmodules"
)


def reads(path: str, commands: Iterable[Sequence[str]]) -> bool:
    """Whether setting up may read a file: a manifest or lock file anywhere, what a command names, or below it."""
    if _READ.fullmatch(path.rpartition("/")[2]) or (path.startswith("requirements/") and path.endswith(".txt")):
        return True
    named = {word.removeprefix("./").rstrip("/") for command in commands for word in command}
    return any(above in named for above in _and_above(path))


def _and_above(path: str) -> Iterable[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def key(commands: Collection[Sequence[str]], files: Iterable[tuple[str, str]]) -> str:
    """A hash of what setting up surely reads, with a commit's files as path and blob; empty without commands."""
    return _hash(commands, (one for one in files if reads(one[0], commands)))


def sources(commands: Collection[Sequence[str]], entries: Iterable[tuple[str, ...]]) -> str:
    """A hash of all that setting up can read, with a commit's entries as they are; empty without commands.

    What was set up for one such hash is what a fresh clone of any commit with these files would have.
    """
    return _hash(commands, entries)


def _hash(commands: Collection[Sequence[str]], files: Iterable[tuple[str, ...]]) -> str:
    if not commands:
        return ""
    told = repr([[list(one) for one in commands], sorted(files)])
    return sha256(told.encode("utf-8", "surrogateescape")).hexdigest()
