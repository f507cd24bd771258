"""Where a manifest has dependencies taken from beside the registry: other indexes, addresses, version control.

Folders of the repository itself are none: what stands there is reviewed.
"""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from bmad.core.manifests.known import LARGEST, is_manifest

_ADDRESS = r"(?:[a-z+]+://|git@)[^\s\"',#;\]})]+"
_PLAIN = (
    re.compile(rf"(?:@\s*|\b(?=(?:git|hg|svn|bzr)\+)){_ADDRESS}"),
    re.compile(rf"^\s*(?:-i|--index-url|--extra-index-url|-f|--find-links)[\s=]+{_ADDRESS}"),
)
_TOML = re.compile(
    rf"(?<![\w-])(?:git|url|registry|index-url|extra-index-url|find-links)\"?\s*=\s*\[?\s*[\"']{_ADDRESS}"
)
_RUBY = re.compile(r"(?:\b(?:git|github|gist|bitbucket|source)\b\s*[:(=> ]*\s*[\"'])[^\"']+")
_GO = re.compile(r"=>\s*(?![./])\S+")
_NPM = re.compile(r"(?:git|hg)?\+?[a-z]+://|git@|(?:github|gitlab|bitbucket|gist):|[\w.-]+/[\w.-]+(?:#.*)?$")
_SECTIONS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "overrides")


def elsewhere(path: str, text: str | None) -> frozenset[str]:
    """What a manifest says of such places, as it reads; nothing where it is no manifest, or cannot be read."""
    if text is None or len(text) > LARGEST or not is_manifest(path):
        return frozenset()
    name = PurePosixPath(path).name.lower()
    if name == "package.json":
        return frozenset(_npm(text))
    shapes = {"gemfile": (_RUBY,), "go.mod": (_GO,)}.get(name, (*_PLAIN, _TOML))
    lines = (line for line in text.split("\n") if not line.lstrip().startswith(("#", "//")))
    return frozenset(found[0].strip() for line in lines for shape in shapes for found in shape.finditer(line))


def _npm(text: str) -> Iterator[str]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return
    for section in _SECTIONS:
        asked = told.get(section) if isinstance(told, dict) else None
        for name, value in asked.items() if isinstance(asked, dict) else ():
            if isinstance(value, str) and _NPM.match(value):
                yield f"{name}: {value}"
