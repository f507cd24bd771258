"""What setting up a worktree depends on: its commands, and the manifests and lock files that these read."""

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
    """A hash of what setting up depends on, with a commit's files as path and blob; empty without commands."""
    if not commands:
        return ""
    found = sorted(pair for pair in files if reads(pair[0], commands))
    return sha256(repr([[list(one) for one in commands], found]).encode("utf-8", "surrogateescape")).hexdigest()
