"""The values between cutting and grouping: clauses (what a sentence says) and units (future statements)."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from bmad.core.outline.modality import Level
from bmad.core.outline.roles import Role
from bmad.core.outline.tree import Block, Span
from bmad.model.spec import StatementClass


class Kind(StrEnum):
    """What a clause is good for: `NORM` and `DECL` make criteria, the others go with a neighbour."""

    NORM = "norm"
    DECL = "decl"
    EXPLAIN = "explain"
    EXAMPLE = "example"
    LISTING = "listing"
    SCENARIO = "scenario"


@dataclass(slots=True)
class Clause:
    """One sentence or sub-rule in plain text; `before` is the sentence that stands before it."""

    text: str
    kind: Kind
    level: Level = Level.NONE
    before: str = ""
    lead: str = ""


@dataclass(slots=True)
class Unit:
    """A statement to be, with what it says.

    `block` numbers the paragraph, list or table it stands in (unique in the document), `listed` tells items
    from prose, `ordered` those of a numbered list. `lead` is the index of the lead-in sentence that it shares with
    other items; `name` its title.
    """

    span: Span
    klass: StatementClass
    section: int
    role: Role
    block: int
    clauses: list[Clause]
    listed: bool = False
    ordered: bool = False
    label: str = ""
    ident: str = ""
    level: Level = Level.NONE
    story: bool = False
    title: str = ""
    """The lead-in of a statement that is one with its list."""
    lead: int = -1
    name: str = ""
    listings: list[Block] = field(default_factory=list)


STORY = re.compile(
    r"(?:\d+[.)]\s*|(?:user )?story[^:]{0,20}:\s*)?(?:as an?|as the|as)\s+(?P<role>[^,;.]{2,90}?),?\s+(?:I|"
    r"we)(?:['’]d| would)?\s+"
    r"(?:want|need|can|like|must|should|expect|wish|am able|have|will|do not want|don['’]t want)\b"
    r"|作为(?:一[名个位])?(?P<zh>[^，,。]{1,40}?)[，,]\s*我(?:们)?(?:想|希望|要|可以|能|需要|期望)"
    r"|作為(?:一[名個位])?(?P<tw>[^，,。]{1,40}?)[，,]\s*我(?:們)?(?:想|希望|要|可以|能|需要|期望)"
    r"|als (?P<de>[^,.]{2,60}?),? (?:möchte|will|kann|brauche) ich\b|en tant que? (?P<fr>[^,.]{2,60}?), je\b"
    r"|como (?P<es>[^,.]{2,60}?), (?:quiero|necesito|puedo|quero|preciso|posso)\b|(?P<ja>[^、。]{1,30})として、",
    re.IGNORECASE,
)
STEP = re.compile(
    r"(?P<word>given|when|then|and|but|angenommen|wenn|dann|und|假如|假设|假設|当|當|那么|那麼|并且|並且|前提|もし|ならば|"
    r"étant donné|quand|alors|dado|cuando|entonces)\b\s*[,:：]?\s*",
    re.IGNORECASE,
)
SCENARIO = re.compile(
    r"(?s)^(?:given|when)\b.{3,}?\bthen\b.{2,}|^(?:angenommen|wenn)\b.{3,}?\bdann\b|^(?:假如|假设|假設|当|"
    r"當).{2,}?(?:那么|那麼)"
    r"|^(?:étant donné|quand)\b.{3,}?\balors\b|^(?:dado|cuando)\b.{3,}?\bentonces\b|^前提.{2,}?ならば",
    re.IGNORECASE,
)
IDENT = re.compile(
    r"^\s*[\[(]?(?P<id>[A-Z]{1,8}[-_.]?[A-Z]{0,4}[-_.]?\d+(?:[.\-_]\d+)*[a-z]?)[\])]?\s*(?:[:：.)–—]|\s-)\s*(?=\S)"
    r"|^\s*\[(?P<tag>[A-Z]{1,8}[-_.][A-Z0-9][A-Z0-9._-]*)\]\s*(?=\S)"
)
LABEL = re.compile(
    r"^\s*(?:\*\*|__)(?P<label>[^*_\n]{2,70}?)(?:[:：.]\s*(?:\*\*|__)|(?:\*\*|__)\s*(?:[:：]|\s[-–—]\s)|"
    r"(?:\*\*|__)\s*\n)\s*(?=\S)"
)
CHECKBOX = re.compile(r"^\[[ xX]\]\s+")


def unlabelled(raw: str) -> tuple[str, str, int]:
    """Source id, bold label and the offset of the text after them, for a raw sentence or item."""
    ident, label, offset = "", "", 0
    bold = LABEL.match(raw)
    if bold:
        label = bold.group("label").strip()
        offset = bold.end()
        found = IDENT.match(f"{label}: x")
        if found and (found.group("id") or found.group("tag")):
            ident = found.group("id") or found.group("tag")
            rest = f"{label}: x"[found.end() :].removesuffix("x").rstrip(": ")
            label = rest
            again = LABEL.match(raw[offset:]) if not label else None
            if again:
                label, offset = again.group("label").strip(), offset + again.end()
        return ident, label, offset
    plain = re.match(r"^\s*(?:\*\*|__)?", raw)
    skip = plain.end() if plain else 0
    found = IDENT.match(raw[skip:].replace("**", "  ").replace("__", "  ", 1)[:80])
    if found:
        return found.group("id") or found.group("tag") or "", "", skip + found.end()
    return "", "", 0
