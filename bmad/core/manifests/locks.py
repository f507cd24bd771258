"""Lock files: each library that is held, with its version, whoever asked for it."""

import json
import re
import tomllib
from collections.abc import Iterator

from bmad.core.manifests.entries import Entry, Reader, table

_GEM = re.compile(r"(?m)^ {4}([\w-]+) \(([\w.]+)\)")
_YARN = re.compile(r'(?m)^"?(@?[^@\s"]+)@[^\n]*:\n\s+version:? "?([\w.\-+]+)"?')
_PNPM = re.compile(r"(?m)^  '?/?(@[^@/'\s]+/[^@/'\s]+|[^@/'\s]+)[@/](\d[^'():\s_]*)[^\n]*:")
_BUN = re.compile(r'(?m)^\s+"[^"\n]+": \["(@?[^@"\n]+)@(\d[^"\n]*)"')
_GO_SUM = re.compile(r"(?m)^(\S+) (v[\w.+-]+) h1:")


def packages(text: str) -> Iterator[Entry]:
    """`[[package]]` of uv, poetry, pdm and cargo, `[[packages]]` of `pylock.toml`."""
    told = tomllib.loads(text)
    for one in (*told.get("package", []), *told.get("packages", [])):
        yield one["name"], one.get("version", "")


def npm(text: str) -> Iterator[Entry]:
    told = json.loads(text)
    for name, one in table(told, "packages").items():
        if name.count("node_modules/") == 1 and not one.get("link"):
            yield name.rpartition("node_modules/")[2], one.get("version", "")
    for name, one in table(told, "dependencies").items():
        yield name, one.get("version", "")


def pipfile(text: str) -> Iterator[Entry]:
    told = json.loads(text)
    for group in ("develop", "default"):
        yield from ((name, one.get("version", "")) for name, one in table(told, group).items())


def pnpm(text: str) -> Iterator[Entry]:
    _, _, listed = text.partition("\npackages:\n")
    yield from _PNPM.findall(listed.partition("\nsnapshots:\n")[0])


def found(pattern: re.Pattern[str]) -> Reader:
    return lambda text: iter(pattern.findall(text))


READERS: dict[str, tuple[str, Reader]] = {
    "gemfile.lock": ("ruby", found(_GEM)),
    "go.sum": ("go", found(_GO_SUM)),
    "yarn.lock": ("npm", found(_YARN)),
    "bun.lock": ("npm", found(_BUN)),
    "pnpm-lock.yaml": ("npm", pnpm),
    "npm-shrinkwrap.json": ("npm", npm),
    "package-lock.json": ("npm", npm),
    "pipfile.lock": ("python", pipfile),
    "cargo.lock": ("cargo", packages),
    "pylock.toml": ("python", packages),
    "pdm.lock": ("python", packages),
    "poetry.lock": ("python", packages),
    "uv.lock": ("python", packages),
}
"""A file's name in small letters -> whose libraries it holds, and how it is read."""
