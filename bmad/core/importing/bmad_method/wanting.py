"""The requirements of a group: the PRD's, and those that only the breakdown lists; differences are told."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bmad.core.importing.bmad_method.files import Files
from bmad.core.importing.bmad_method.groups import Group
from bmad.core.importing.bmad_method.requirements import Definition, definitions, first_of
from bmad.core.importing.source import Anchor
from bmad.core.importing.text import SHORT, bare, same_key, short
from bmad.core.parting import parting
from bmad.model.importing import Conflict, Left, Said

STRUCK = "its author has struck it through"
AGAIN = "it says again what another place says"


@dataclass
class Wanted:
    """The definitions by the key as it is compared, in their order."""

    of: dict[str, Definition] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    used: list[tuple[Anchor, str]] = field(default_factory=list)


def wanted(group: Group, files: Files) -> Wanted:
    """What a group asks for, and where two of its places do not agree."""
    found = Wanted()
    prd, again = first_of([one for path in group.prds for one in definitions(files.pages[path])])
    own = [one for path in group.epics for one in definitions(files.pages[path], everywhere=False)]
    listed, twice = first_of(own)
    found.of = {key: one for key, one in prd.items() if not one.struck}
    _compare(found, prd, [*again, *(one for key, one in listed.items() if key in prd), *twice])
    for key, one in listed.items():
        if key not in prd and not one.struck:
            found.of[key] = one
    _compare(found, listed, [one for one in twice if same_key(one.key) not in prd])
    for one in [*prd.values(), *(one for key, one in listed.items() if key not in prd)]:
        if one.struck:
            found.left.append(
                Left(path=one.path, line=one.line, words=short(f"{one.key}: {one.said}"), why=STRUCK)
            )
            found.used += [(anchor, STRUCK) for anchor in one.anchors]
    return found


def _compare(found: Wanted, firsts: dict[str, Definition], others: Iterable[Definition]) -> None:
    """Tell of each further definition whether it says what the first one says."""
    for other in others:
        first = firsts.get(same_key(other.key))
        if first is None or first is other:
            continue
        found.used += [(anchor, AGAIN) for anchor in other.anchors]
        if bare(first.said) == bare(other.said):
            continue
        words = parting(first.said, other.said, SHORT)
        says = tuple(
            Said(path=one.path, line=one.line, words=said) for one, said in zip((first, other), words, strict=True)
        )
        so = f"the words of {first.path} stand" if not first.struck else STRUCK
        found.conflicts.append(Conflict(key=first.key, about="words of the requirement", says=says, so=so))
