"""The texts of the small alphabet: each is made from a plain value, and stands beside it in `MEANS`.

So the oracle knows what a text says without reading it, and needs no grammar. Policies have more settings than
could be listed with all that merges make of them: one is read line by line, and counts where it would read so.
Fingerprints are those of the model; what is made of them is the oracle's own.
"""

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from itertools import product
from typing import NamedTuple

from bmad.core.graph import build
from tests.layout import parse
from tests.oracle.signatures import ADA, line_of

INTENT = "# Notes\n\n## Requirements\n\n- Notes are found.\n- Notes are kept.\n"
INTENT_AT, MOVED_TO, PAGE = "intent.md", "wanted.md", "docs/p.md"
"""Where the intent stands, may move to, and may move onto."""
_STATEMENTS = "".join(
    f"\n### INT-{name}: Notes are {what}\n\n- Class: requirement\n- Under: Notes > Requirements\n"
    f"\n> Notes are {what}.\n"
    for name, what in (("a", "found"), ("b", "kept"))
)
QUOTES = {"INT-a": "Notes are found.", "INT-b": "Notes are kept."}
REGISTERS = {
    f"# Intent register\n\n- Intent: `{path}`\n{_STATEMENTS}": path for path in (INTENT_AT, MOVED_TO, PAGE)
}
"""What a register may say, with the path that it names."""
REGISTER = next(iter(REGISTERS))
EPIC = "# EPIC-e: Notes\n\n- Covers: FR-a, FR-b\n\nAll about notes.\n"
HEADER = "# bmad trace lock 1: written by bmad map, bmad confirm and bmad fmt"
LOCK, POLICY, PRD, EPIC_AT = "specs/trace.lock", "bmad.yaml", "specs/prd.md", "specs/epics/EPIC-e-notes.md"


class Story(NamedTuple):
    """`territory` is None where it is unset; `implements` is a letter of a requirement."""

    id: str
    implements: str
    territory: tuple[str, ...] | None
    words: str = "first"
    elsewhere: bool = False
    """Whether it is called done elsewhere."""

    @property
    def path(self) -> str:
        return f"stories/{self.id}-x.md"


class Requirements(NamedTuple):
    """What `FR-a` and `FR-b` say."""

    a: str = "first"
    b: str = "first"


class Policy(NamedTuple):
    """`since` is a commit's id or `root`; `own` is `gate.self_authored`."""

    level: str
    since: str = "root"
    own: tuple[str, ...] = ("**",)
    grandfathered: tuple[str, ...] = ()
    exempt: bool = True
    """Whether a robot may change what `EXEMPT` names."""
    signed: bool = False
    """Whether records, and changes of specification and governed files, have to be signed by Ada."""
    lane: bool = True
    """Whether there is a lane for tiny changes: of one of `LANE`, by at most `LINES` lines."""
    baseline: str = ""
    """The commit whose untraced files might stay until a day that is past."""
    oracle: bool = False
    """Whether `TRUTH` is what a person vouches for."""
    refuse: bool = False
    """Whether no governed file may change."""
    self_review: bool = False
    """Whether who wrote a change may review it."""


EXEMPT = ("lib/x", "CODEOWNERS")
OPEN, OPEN_ONLY = ("docs/p.md",), ("docs/p.md", "docs/c.py")
"""What everyone may change of what an exemption for everyone names, and all that it names."""
LANE, LINES = ("src/a", "src/b", "docs/p.md"), 4
TRUTH = ("src/b", "docs/p.md")
KEYS = ("oracle", "refuse", "self_review")
"""Settings of the base that a word may have beside its level."""
_EXEMPT = (
    f"{{paths: [{', '.join(EXEMPT)}], by: bot@x, reason: bumps, owner: ada, until: 2027-06-30}}, "
    "{paths: [docs/**], reason: pages, owner: ada, until: 2027-06-30}"
)
_SIGNED = "  attest: signed\n  repository: notes\n" + f"  signers: ['{line_of(ADA)}']\n"
_DAY = "until: 2020-01-01, reason: older, owner: ada"
WORDS = ("first", "second")
LEVELS = ("traced", "scoped", "reviewed", "verified")
TERRITORIES = (None, ("src/a",), ("src/a", "lib/x"))
MEANS: dict[str, Story | Requirements] = {}


@cache
def story(one: Story) -> str:
    """Its text; what merges make of two versions is known, too."""
    for words, globs, done in product(WORDS, (one.territory, *TERRITORIES), (False, True)):
        variant = one._replace(words=words, territory=globs, elsewhere=done)
        MEANS[_story(variant)] = variant
    return _story(one)


def _story(one: Story) -> str:
    territory = f"- Territory: {', '.join(f'`{glob}`' for glob in one.territory)}\n" if one.territory else ""
    territory += "- Done elsewhere: `done` in board.md\n" if one.elsewhere else ""
    return (
        f"# {one.id}: Work\n\n- Epic: EPIC-e\n- Implements: FR-{one.implements}\n{territory}\n## Story\n\n"
        f"As a writer, I want notes, so that I find them ({one.words}).\n\n## Acceptance Criteria\n\n"
        "- **AC-1** Given a note, when it is saved, then exactly 1 file is there.\n\n"
        "## Tasks / Subtasks\n\n## Dev Notes\n"
    )


@cache
def requirements(one: Requirements) -> str:
    for pair in product(WORDS, repeat=2):
        MEANS[_requirements(Requirements(*pair))] = Requirements(*pair)
    return _requirements(one)


def _requirements(one: Requirements) -> str:
    return "# Product requirements: Notes\n\n## Functional Requirements\n" + "".join(
        f"\n### FR-{name}: Notes\n\n- Priority: must\n- Traces: INT-{name}\n- Verify: test\n"
        f"\nThe tool shall have notes ({words}).\n"
        for name, words in zip("ab", one, strict=True)
    )


def policy(one: Policy) -> str:
    own = ", ".join(f"'{glob}'" for glob in one.own)
    governed = "refuse" if one.refuse else "signed" if one.signed else ""
    return (
        "version: 1\nact: {accept: auto, lenses: [correctness]}\n"
        + (f"oracle: [{', '.join(TRUTH)}]\n" if one.oracle else "")
        + f"gate:\n  level: {one.level}\n  since: {one.since}\n"
        f"  self_authored: [{own}]\n"
        f"  grandfathered: [{', '.join(one.grandfathered)}]\n"
        + (f"  exempt: [{_EXEMPT}]\n" if one.exempt else "")
        + (f"  trivial: {{paths: [{', '.join(LANE)}], lines: {LINES}, files: 1}}\n" if one.lane else "")
        + (f"  baseline: {{commit: {one.baseline}, {_DAY}}}\n" if one.baseline else "")
        + ("  self_review: true\n" if one.self_review else "")
        + (f"  governed_change: {governed}\n" if governed else "")
        + (_SIGNED if one.signed else "")
    )


@cache
def policy_of(text: str) -> Policy | None:
    """What a policy says, or what a merge made of two; None where none of the alphabet would read so."""
    said = dict(re.findall(r"^(?:  )?(\w+): (.*)$", text, re.MULTILINE))
    listed = {
        key: tuple(re.findall(r"[^\s',\[\]]+", said.get(key, ""))) for key in ("self_authored", "grandfathered")
    }
    known = Policy(
        said.get("level", ""),
        said.get("since", ""),
        listed["self_authored"],
        listed["grandfathered"],
        exempt="exempt" in said,
        signed="signers" in said,
        lane="trivial" in said,
        baseline=said.get("baseline", "").partition(",")[0].removeprefix("{commit: "),
        oracle="oracle" in said,
        refuse=said.get("governed_change") == "refuse",
        self_review="self_review" in said,
    )
    return known if known.level in LEVELS and policy(known) == text else None


@cache
def fingerprints(path: str, text: str) -> Mapping[str, str]:
    """The fingerprint of each node of a document."""
    graph = build([parse(path, text)])
    return {name: node.fingerprint for name, node in graph.nodes.items()}


def nodes(files: Mapping[str, str]) -> dict[str, str]:
    """The fingerprints of all nodes that the documents hold."""
    found: dict[str, str] = {}
    for path, text in files.items():
        if path.startswith("stories/STORY-") or path in ("specs/intent.md", PRD, EPIC_AT):
            found |= fingerprints(path, text)
    return found


def links(files: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The links that a lock holds, as (lower end, kind, upper end)."""
    found = [("EPIC-e", "covers", f"FR-{name}") for name in "ab" if EPIC_AT in files]
    found += [(f"FR-{name}", "traces", f"INT-{name}") for name in "ab" if PRD in files]
    for path, text in files.items():
        one = MEANS.get(text)
        if path.startswith("stories/") and isinstance(one, Story):
            found.append((one.id, "implements", f"FR-{one.implements}"))
    return found


def lock(files: Mapping[str, str], more: tuple[str, ...] = ()) -> str:
    """The lock that fits documents, each link confirmed; `more` are further lines."""
    at = nodes(files)
    lines = [f"node {name} {digest}" for name, digest in at.items()]
    lines += [f"link {low} {kind} {top} {at[top]}" for low, kind, top in links(files) if top in at]
    return "\n".join([HEADER, *sorted({*lines, *more}), ""])


def chain(files: Mapping[str, str], name: str) -> str:
    """The fingerprint of a story's chain, as records hold it: SHA-256 of its sorted lines."""
    at = nodes(files)
    above = {name: [top for low, kind, top in links(files) if low == name and kind == "implements"]}
    above |= {one: [f"INT-{one[-1]}"] for one in above[name]}
    ids = {
        name,
        *(one for one in at if one.startswith(f"{name}/")),
        *(top for tops in above.values() for top in tops),
    }
    return sha256("".join(sorted(f"{one} {at[one]}\n" for one in ids if one in at)).encode()).hexdigest()
