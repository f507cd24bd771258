"""What the `commit-msg` hook says: the gate's first questions, asked before the commit exists.

A comfort for the person who commits; the gate decides.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.gate.people import says
from bmad.core.paths import Classified, PathClass
from bmad.core.territory import holds
from bmad.core.trailers import POLICY, TRIVIAL, Block, other_words
from bmad.core.trailers import stories as stories_named
from bmad.model.commits import Change
from bmad.model.ids import PREFIX, Kind
from bmad.model.layout import OWN_FOLDER

_REVERTED = re.compile(
    rb"^This reverts commit ([0-9a-f]{7,64})(?: \([^\n]*\))?"
    rb"(?:,\s+reversing\s+changes\s+made to ([0-9a-f]{7,64}))?",
    re.MULTILINE,
)

_TOLD = 5
_MOST_REVERTED = 64
_UNREVIEWED = ("traced", "scoped")
"""The levels at which no story is closed, and no record names one."""

Territory = tuple[str, ...]
"""The globs of a story."""


class Lane(NamedTuple):
    """Where the base has a lane for tiny changes, why what is staged is none of it; else that it has none."""

    there: bool = False
    faults: Sequence[str] = ()


class Staged(NamedTuple):
    """What is about to be committed: classified paths, but those that everyone may change, and the trailers."""

    paths: Sequence[Classified]
    block: Block
    recorded: bool = False
    """Whether a new record comes with it: it says whose work this is, and the gate compares it with the files."""
    reverts: bool = False
    """Whether its code is the exact inverse of a commit's that it names: it has that one's story."""
    lane: Lane = Lane()
    """What the lane for tiny changes says of it, where it is asked for."""
    brings: frozenset[str] = frozenset()
    """The paths that stand after it."""
    fixes: bool = False
    """Whether it is to be squashed into another commit, by its title."""


GOVERNING = (PathClass.GOVERNED, PathClass.TWIN, PathClass.OWN)
_CODE = (PathClass.CODE, PathClass.KNOWLEDGE)


def reverted(message: bytes) -> tuple[str, str] | None:
    """The commit that a message says it takes back, and what it goes back to: that one's parent."""
    return next(iter(each_reverted(message)), None)


def each_reverted(message: bytes) -> list[tuple[str, str]]:
    """As `reverted`, of each commit that a message says it takes back; none where it names too many."""
    found = [(name.decode(), back.decode()) for name, back in _REVERTED.findall(message)]
    return [(name, back or f"{name}^") for name, back in found] if len(found) <= _MOST_REVERTED else []


def inverts(changes: Iterable[Change], of: Iterable[Change], classify: Callable[[Change], Classified]) -> bool:
    """Whether the code of some changes is just what others did, taken back."""
    own = {one for one in changes if classify(one).klass in _CODE}
    back = {Change(one.path, one.new_mode, one.old_mode, one.new_blob, one.old_blob) for one in of}
    return own == {one for one in back if classify(one).klass in _CODE}


def inverts_all(
    changes: Iterable[Change], done: Iterable[Iterable[Change]], classify: Callable[[Change], Classified]
) -> bool:
    """Whether the code of some changes is what several commits did, taken back: all that each did at a path."""
    from bmad.core.records.explain import Edge, Way, edge_of, leads  # noqa: PLC0415 - few commits take back several

    net = {one.path: Way(*edge_of(one)) for one in changes if classify(one).klass in _CODE}
    edges: dict[bytes, list[Edge]] = {}
    for one in (one for own in done for one in own if classify(one).klass in _CODE):
        edges.setdefault(one.path, []).append(Edge(*reversed(edge_of(one))))
    ways = ((net[path],) if path in net else [Way(one.old, one.old) for one in own] for path, own in edges.items())
    led = (any(leads(way, own) for way in each) for each, own in zip(ways, edges.values(), strict=True))
    return bool(net) and net.keys() <= edges.keys() and all(led)


def complaints(
    staged: Staged,
    find: Callable[[str], Territory | None],
    level: str,
    begun: Callable[[str], Sequence[str]] = lambda _: (),
    suspects: Callable[[str], Sequence[tuple[str, str, bool]]] = lambda _: (),
    before: Callable[[str], Territory | None] = lambda _: None,
) -> list[str]:
    """Why the gate would refuse the commit, each one or two sentences; empty where it would not.

    `find` gives the territory of a story as the commit will hold it, and None where there is no such story;
    `begun` the stories whose ids begin with a name, `suspects` the links of a story's chain, lower and upper end,
    whose upper end has changed since somebody confirmed them, or (True) is not said by the intent any more,
    `before` the territory that a story has where the commit lands, if the commit changes its document.
    """
    governed = [path for path in staged.paths if path.klass in GOVERNING]
    if governed:
        return _governed(governed, staged)
    work = [path for path in staged.paths if path.klass in _CODE]
    code = [path.path for path in work]
    if not code:
        return []
    found = stories_named(staged.block)
    if found.faults:
        return list(found.faults)
    if found.none:
        return _of_lane(staged)
    if not found.ids:
        return _unnamed(code, staged, level)
    found_in = {name: find(name) for name in found.ids}
    territories = {name: globs for name, globs in found_in.items() if globs is not None}
    wrong = [_unknown(name, begun(name)) for name in found.ids if name not in territories]
    wrong += _uncounted(staged.block)
    if not wrong and level != "traced":
        records = [path for path in staged.paths if path.klass is PathClass.RECORD]
        wrong = [*_outside(work, territories), *_idle([*work, *records], territories)]
        wrong = wrong or _widened(work, territories, before)
    return wrong or [words for name in territories for words in _suspect(name, suspects(name))]


def finished(staged: Staged, level: str, done: Callable[[str], tuple[str, str] | None]) -> list[str]:
    """Of the stories of work, those that were done before bmad came; `done` says where, and names the document.

    From level `reviewed` up the gate takes no new work under one (G11). Of those that have landed it alone knows.
    """
    if level in _UNREVIEWED or not any(path.klass in _CODE for path in staged.paths):
        return []
    told = "{0} was done before bmad came ({1}), so the gate takes no new work under it (G11). {2}"
    mend = "Name an open story, or first land a change that takes `Done elsewhere` out of {}."
    known = {name: where for name in stories_named(staged.block).ids if (where := done(name)) is not None}
    return [told.format(name, word, mend.format(path)) for name, (word, path) in known.items()]


def _of_lane(staged: Staged) -> list[str]:
    """Why a change that says it is of no story is not of the lane for tiny changes."""
    if not staged.lane.there:
        return [
            "`Story: none` is for tiny changes, and bmad.yaml has no lane for them (gate.trivial). Name a story."
        ]
    if not says(*(one.value for one in staged.block.values(TRIVIAL))):
        return ["`Story: none` asks for a reason beside it: add a line `Trivial: REASON`."]
    beside = [path.path for path in staged.paths if path.klass is not PathClass.CODE]
    if beside:
        return [f"{_some(beside)} is no code: a tiny change of no story changes nothing beside it."]
    return list(staged.lane.faults)


def uncounted(staged: Staged) -> list[str]:
    """Lines that read like a `Story:` trailer and are none: the gate tells of them where code changes."""
    if not any(path.klass in _CODE for path in staged.paths):
        return []
    words = "Line {} reads like a `Story:` trailer and does not count: the block is the last paragraph."
    return [words.format(one.line) for one in staged.block.outside[:_TOLD]]


def undocumented(items: Sequence[str], files: Iterable[str], lock: str) -> list[str]:
    """Stories and epics that the lock of the commit names anew, and of which it holds no document.

    The gate asks for these of what lands, and not of each commit on the way.
    """
    names = [path.rpartition("/")[2] for path in files]
    gone = [one for one in items if not any(name.startswith((f"{one}-", f"{one}.")) for name in names)]
    if not gone:
        return []
    which = f"{gone[0]} (and {len(gone) - 1} more)" if len(gone) > 1 else gone[0]
    mend = "The gate will refuse that: git add the document, and git commit --amend (git status shows it)."
    return [f"{lock} of this commit says that {which} stands, and no document of it is in the commit. {mend}"]


def _unknown(name: str, begun: Sequence[str]) -> str:
    told = f"{name} is no story of this specification as it will be committed."
    if begun:
        return f"{told} A trailer holds the whole id: {' or '.join(begun[:_TOLD])}"
    return f"{told} Add its file, or see: bmad status"


def _suspect(name: str, links: Sequence[tuple[str, str, bool]]) -> list[str]:
    mend = f"See that it still holds, then: bmad confirm {name} --why REASON"
    gone = "{}, which {} comes from, does not stand in the intent any more (G03). Map what it says now: bmad map"
    return [
        gone.format(upper, name)
        if unsaid
        else f"{name} is suspect: {upper} has changed since {lower} was confirmed against it (G03). {mend}"
        for lower, upper, unsaid in links[:_TOLD]
    ]


def _outside(work: Iterable[Classified], territories: Mapping[str, Territory]) -> list[str]:
    globs = tuple(glob for territory in territories.values() for glob in territory)
    outside = [at.path for at in work if at.story not in territories and not holds(globs, at.path)]
    if not outside:
        return []
    named, ground = ", ".join(territories), ", ".join(globs) or "it has none"
    mend = (
        "Name the story it belongs to, or land a wider territory first (of a story that is new itself, commit it)."
    )
    return [f"{_some(outside)} lies outside the territory of {named} ({ground}). {mend}"]


def _widened(
    work: Iterable[Classified], territories: Mapping[str, Territory], before: Callable[[str], Territory | None]
) -> list[str]:
    """What only a widening that comes with it covers: a territory counts as it stands in the base."""
    old = {name: known for name in territories if (known := before(name)) is not None}
    grounds = [(globs, old.get(name, globs)) for name, globs in territories.items() if old]
    wide = [
        at.path
        for at in work
        if grounds and at.story not in territories
        if not any(holds(now, at.path) and holds(then, at.path) for now, then in grounds)
    ]
    if not wide:
        return []
    mend = "It counts as it stands where this lands (G04): land the wider territory first, in a commit of its own."
    return [f"{_some(wide)} lies in the territory of {', '.join(old)} only as this commit widens it. {mend}"]


def _idle(own: Sequence[Classified], territories: Mapping[str, Territory]) -> list[str]:
    """Of several stories each needs a part in it: a path of its territory, its record, or its page."""
    idle = [
        name
        for name, globs in (territories.items() if len(territories) > 1 else ())
        if not any(at.story == name or (at.klass in _CODE and holds(globs, at.path)) for at in own)
    ]
    return [f"{name} is named, and nothing of this lies in its territory. Take its line out." for name in idle]


def _uncounted(block: Block) -> list[str]:
    """Lines that name another story and do not count."""
    mend = "Name it in the last paragraph, a `Story:` line for each story, or take the line out."
    prefix = f"{PREFIX[Kind.STORY]}-".casefold()
    other = [(word, line) for word, line in other_words(block).items() if word.casefold().startswith(prefix)]
    return [f"Line {line} names {word}, outside of the trailer block. {mend}" for word, line in other[:_TOLD]]


def _unnamed(code: Iterable[str], staged: Staged, level: str) -> list[str]:
    """From level `reviewed` up a new record names the story, as it does for the gate."""
    if staged.reverts or (staged.recorded and level not in _UNREVIEWED):
        return []
    why = f" ({staged.block.reason})" if staged.block.reason else ""
    mend = "End the message with a paragraph `Story: STORY-…`, or work on the branch of `bmad start STORY`."
    if staged.fixes:
        mend = (
            "No story was taken over from the commit that it fixes up: that one names none, or several are called "
            "so. Say it beside --fixup or --squash: -m 'Story: STORY-…'"
        )
    if staged.lane.there and not staged.lane.faults:
        mend += " A change as tiny as this may end instead with the two lines `Story: none` and `Trivial: REASON`."
    return [f"{_some(code)} needs a story{why}. {mend}"]


def _governed(governed: Sequence[Classified], staged: Staged) -> list[str]:
    there = [at for at in governed if at.path in staged.brings]
    if own := [at.path for at in there if at.klass is PathClass.OWN]:
        return [f"{_some(own)} is bmad's own, and no commit may bring it: git rm -r --cached {OWN_FOLDER}"]
    if twins := [at.path for at in there if at.klass is PathClass.TWIN]:
        return [f"{_some(twins)} reads as a governed file where case or Unicode is folded. Give it another name."]
    if len(governed) < len(staged.paths):
        return [f"{_some([path.path for path in governed])} is governed: commit it alone, with `Policy: REASON`."]
    if not says(*(one.value for one in staged.block.values(POLICY))):
        return [f"{_some([path.path for path in governed])} is governed: add a last paragraph `Policy: REASON`."]
    return []


def _some(paths: Iterable[str]) -> str:
    first, *rest = sorted(paths)
    return f"{first} (and {len(rest)} more)" if rest else first
