"""A commit's changes sorted by the class of their path, and the parts that need no story."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bmad.core.gate.exempt import Exempt
from bmad.core.gate.people import says
from bmad.core.gate.words import finding, printable
from bmad.core.paths import Classified, PathClass
from bmad.model.commits import ABSENT, Change
from bmad.model.degrees import Exemption
from bmad.model.gate import CommitReport, GateFinding, TinyChange
from bmad.model.layout import OWN_FOLDER, POLICY
from bmad.model.settings import GateSettings

REGULAR = frozenset({ABSENT, "100644", "100755"})


class Entry(NamedTuple):
    """A change and what its path is."""

    change: Change
    at: Classified

    @property
    def path(self) -> str:
        return self.at.path

    @property
    def regular(self) -> bool:
        """Whether what it leaves behind is a plain file, or nothing."""
        return self.change.new_mode in REGULAR

    @property
    def removes(self) -> bool:
        return self.change.new_mode == ABSENT

    @property
    def governed(self) -> bool:
        return self.at.klass in _GOVERNED


_GOVERNED = (PathClass.GOVERNED, PathClass.TWIN, PathClass.OWN)
_NOTHING: Mapping[bytes, Exemption | None] = MappingProxyType({})


class Verdict(NamedTuple):
    """A commit's report, its entries, and what its message spells in another way than it should."""

    report: CommitReport
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    restores: bool = False
    """Whether it is a revert that brings back what a revert took away."""
    removes: bool = False
    """Whether it is a revert that takes work away."""
    claims: tuple[str, ...] = ()
    """The stories that its message names, where it was judged as their work."""
    takes_back: tuple[str, ...] = ()
    """The commits of which it is the exact inverse as a whole."""
    exempt: Mapping[bytes, Exemption | None] = _NOTHING
    """The paths that an exemption of the base grants to who wrote it, or wrote what it takes back.

    None stands for what it takes back of a tiny change.
    """
    granted: Collection[bytes] = ()
    """Those of them that one grants to who wrote it."""
    tiny: TinyChange | None = None
    """Where it is of the lane for tiny changes, what it is."""

    @property
    def governs(self) -> bool:
        """Whether it changes governed files (what a merge takes over from its sides is not its own)."""
        return any(entry.at.klass in _GOVERNED for entry in self.entries)


class Parts(NamedTuple):
    """Entries by what judges them; knowledge counts as code with a territory of its own."""

    governed: tuple[Entry, ...]
    spec: tuple[Entry, ...]
    records: tuple[Entry, ...]
    code: tuple[Entry, ...]
    exempt: tuple[Entry, ...]


def sort(entries: Iterable[Entry], exempt: Exempt) -> Parts:
    governed: list[Entry] = []
    spec: list[Entry] = []
    records: list[Entry] = []
    code: list[Entry] = []
    spared: list[Entry] = []
    for entry in entries:
        klass = entry.at.klass
        if klass is PathClass.SPEC:
            spec.append(entry)
        elif klass is PathClass.RECORD:
            records.append(entry)
        elif (
            exempt.base
            and klass is not PathClass.TWIN
            and klass is not PathClass.OWN
            and entry.regular
            and exempt.grants(entry.at, entry.change) is not None
        ):
            spared.append(entry)
        else:
            (governed if entry.governed else code).append(entry)
    return Parts(tuple(governed), tuple(spec), tuple(records), tuple(code), tuple(spared))


def judge_governed(
    entries: Sequence[Entry],
    *,
    alone: bool,
    reasons: Sequence[str],
    settings: GateSettings,
    conflicts: frozenset[bytes] = frozenset(),
    links: Collection[bytes] = (),
) -> list[GateFinding]:
    """G06: governed files change by themselves and with a reason, and a twin of one not at all.

    Settings ask for a signature only where the commit bears none. `links` are the symlinks that are as good as
    plain files (`core.gate.links`). A merge cannot be split, so where git could not merge a governed file it is
    settled beside the others.
    """
    found: list[GateFinding] = []
    for entry in entries:
        path = entry.change.path
        together = not alone and path not in conflicts
        fault = (
            (None if entry.removes else _OUT_OF_PLACE.get(entry.at.klass))
            or (None if entry.regular or path in links else _NO_FILE)
            or _CHANGES.get(settings.governed_change)
            or (_TOGETHER if together else None)
            or (None if says(*reasons) else _NO_REASON)
        )
        if fault is not None:
            told, fix = fault
            found.append(finding("G06", f"{printable(entry.path)} {told}", entry.path, fix))
    return found


_Fault = tuple[str, str]
"""What is said of a path, and what settles it."""

_OUT_OF_PLACE: Mapping[PathClass, _Fault] = {
    PathClass.OWN: (
        f"is in {OWN_FOLDER}, where bmad keeps what is one machine's own; no change may bring it",
        f"take it out: git rm -r --cached {OWN_FOLDER}",
    ),
    PathClass.TWIN: (
        "reads as a governed file on a file system that folds case or Unicode",
        "give it another name",
    ),
}
_NO_FILE: _Fault = (
    "is governed and must be a plain file, or a symlink to a governed one of the tree",
    "put the text itself there",
)
_CHANGES: Mapping[str, _Fault] = {
    "refuse": (
        "is governed, and the base's gate.governed_change refuses every change of it",
        "have it changed where the gate is not asked",
    ),
    "signed": (
        "is governed, and the commit bears no signature that holds of one of gate.signers",
        "have one of them sign it: git commit --amend --no-edit -S",
    ),
}
"""By `gate.governed_change`, what it says of any change that is judged by it."""
_TOGETHER: _Fault = (
    "is governed and changes together with other files",
    "put it into a commit of its own, with a trailer `Policy: REASON`",
)
_NO_REASON: _Fault = (
    "is governed and changes without a reason",
    "add a trailer `Policy: REASON` to the commit",
)


def judge_spec(entries: Sequence[Entry]) -> list[GateFinding]:
    """G13: a spec file is a plain file, never a link to something else."""
    return [
        finding("G13", f"{printable(entry.path)} must be a plain file", entry.path, "put the text itself there")
        for entry in entries
        if not entry.regular
    ]


def judge_records(
    entries: Sequence[Entry], stories: Sequence[str], standing: frozenset[str], known: Callable[[str], bool]
) -> list[GateFinding]:
    """G14: a record is added once, by a commit of its own story, of which it is `known` whether there is one."""
    found = []
    for entry in entries:
        name = printable(entry.path)
        if entry.path in standing:
            found.append(altered(entry))
        elif not entry.regular:
            found.append(finding("G14", f"{name} must be a plain file", entry.path))
        elif entry.at.story not in stories:
            message = f"{name} is a record of {printable(entry.at.story)}, which this commit does not name"
            fix = f"add a trailer `Story: {printable(entry.at.story)}`"
            if not known(entry.at.story or ""):
                message = (
                    f"{name} is by its name a record of {printable(entry.at.story)}, and no such story stands"
                )
                fix = "take it out, or leave it at the name that bmad gave it"
            found.append(finding("G14", message, entry.path, fix))
    return found


def altered(entry: Entry) -> GateFinding:
    """G14: a record of the base that is no more what it was."""
    message = f"{printable(entry.path)} stands in the base, and records are never changed or removed"
    return finding("G14", message, entry.path, "restore it")


def is_policy(entry: Entry) -> bool:
    return entry.path == POLICY
