"""Which files the base's `.gitattributes` has joined line by line (`merge=union`), as changelogs often are.

Only plain names count, and none of a file that is governed, a record or the specification: what two sides make of
those is looked at. Nothing else that attributes can say has a say in a computed merge.
"""

import re

from bmad.core.paths import PathClass, classifier

_PLAIN = re.compile(r"/?[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
_MERGE = re.compile(r"[!-]?merge(?:=.*)?")
_MOST = 200


def unions(text: str) -> tuple[str, ...]:
    """The names that are merged by union; a later line of the same name, or of a pattern, takes that back."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        name, *attributes = line.split() or [""]
        said = [one for one in attributes if _MERGE.fullmatch(one)]
        if not said or name.startswith("#"):
            continue
        if not _PLAIN.fullmatch(name):
            found.clear()
            continue
        found.pop(name, None)
        if said[-1] == "merge=union" and _is_code(name.removeprefix("/")):
            found[name] = None
    return tuple(found)[:_MOST]


def _is_code(path: str) -> bool:
    return classifier("intent.md")(path.encode()).klass is PathClass.CODE
