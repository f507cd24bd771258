"""Manifests of npm, Go, Cargo and Bundler: what each asks for."""

import json
import re
import tomllib
from collections.abc import Iterator

from bmad.core.manifests.entries import Entry, table

_NPM = ("devDependencies", "peerDependencies", "optionalDependencies", "dependencies")
_CRATES = ("build-dependencies", "dev-dependencies", "dependencies")
_GEM = re.compile(r"""(?m)^[ \t]*gem[ \t(]+['"]([\w.-]+)['"](?:[ \t]*,[ \t]*['"]([^'"\n]*)['"])?""")
_GO_LINE = re.compile(r"(?m)^[ \t]*(?:require[ \t]+)?([\w.-]+[.][\w.-]+/[\w./~-]+)[ \t]+(v[\w.+-]+)")
_GO_OTHER = re.compile(r"(?ms)^(?:replace|exclude|retract)\s*\(.*?^\)|^(?:module|replace|exclude|retract)\b[^\n]*")


def package_json(text: str) -> Iterator[Entry]:
    told = json.loads(text)
    for group in _NPM:
        yield from ((name, one if isinstance(one, str) else "") for name, one in table(told, group).items())


def go_mod(text: str) -> Iterator[Entry]:
    yield from _GO_LINE.findall(_GO_OTHER.sub("", text))


def cargo(text: str) -> Iterator[Entry]:
    told = tomllib.loads(text)
    targets = (one for one in table(told, "target").values() if isinstance(one, dict))
    for holder in (*targets, table(told, "workspace"), told):
        for group in _CRATES:
            for name, one in table(holder, group).items():
                version = one.get("version", "") if isinstance(one, dict) else one
                real = one["package"] if isinstance(one, dict) and "package" in one else name
                yield str(real), version if isinstance(version, str) else ""


def gemfile(text: str) -> Iterator[Entry]:
    yield from _GEM.findall(text)
