"""The `## Story` sentence and the `## Dev Notes` of a story, from the words of the intent alone."""

import re
from bisect import bisect_right
from functools import lru_cache

from bmad.core.outline.criteria import composed
from bmad.core.outline.phrases import DANGLING, decapitalised, shorten, stems
from bmad.core.outline.prose import clean, is_cjk
from bmad.core.outline.roles import Role, bare_heading
from bmad.core.outline.stories import main_clause
from bmad.core.outline.tree import Block, Document, Section, Span
from bmad.core.outline.units import STORY, Clause, Kind, Unit
from bmad.core.outline.wishes import act, wanted

ROLE_ITEM = re.compile(
    r"^(?:(?i:an?|the|our|my)\s+)?(?P<role>[A-Za-z][\w-]*(?:\s[\w-]+){0,3}?)(?=\s*(?:$|[,:;.(–—]|\s-\s|who\b|"
    r"that\b|with\b|and\b|in\b|on\b|of\b|at\b|for\b|looking\b|working\b|need|want))",
)
MAX_ROLES = 12
MAX_NOTES = 6000
MAX_TABLE = 3000
SMALL_SECTION = 6
SERIES = re.compile(
    r"^(?:[A-Z]{2,8}[- ]?\d+|PRD|RFC|ADR|KEP|PEP)\s*[:：–—-]\s*|^(?:product requirements(?: document)?|"
    r"feature specification|intent|spec)\s*[:：–—-]\s*",
    re.IGNORECASE,
)
GENERIC_PRODUCT = re.compile(
    r"(?:application|project|product|system|app|software|tool|service|library|website|program|platform)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\s+v?\d+(?:\.\d+)+$|\s+(?:specification|spec|document|prd|requirements)$", re.IGNORECASE)
HASH = re.compile(r"^(\s{0,3})(#{1,6}\s|[-*]\s+\*\*AC-|=+\s*$|-+\s*$)", re.MULTILINE)
NEWLINES = re.compile(r"\r\n?")


def document_roles(document: Document, roles: list[Role]) -> list[str]:
    """The readers or users the document names in a section of its own, as "a developer", in order."""
    named: list[str] = []
    for section in document.sections:
        if roles[section.index] != Role.USERS:
            continue
        for block in section.blocks:
            texts = [document.text[i[0].span.start : i[0].span.end] for i in block.items if i]
            if block.kind == "para":
                texts = [document.text[block.span.start : block.span.end]]
            for raw in texts:
                found = ROLE_ITEM.match(clean(raw, code=False))
                if found and not is_cjk(raw):
                    named.append(_singular(found.group("role")))
    return list(dict.fromkeys(named))[:MAX_ROLES]


def role_of(text: str, roles: list[str]) -> str:
    """The user that a story names itself, else the first of the document; empty where it names none."""
    if len(roles) > 1:
        words = set(stems(text))
        for role in roles:
            own = stems(role)
            if own and words.issuperset(own):
                return role
    return roles[0] if roles else ""


def _singular(role: str) -> str:
    words = role.split()
    last = words[-1]
    if last.lower() == "people":
        last = "person"
    elif last.endswith("ies"):
        last = f"{last[:-3]}y"
    elif last.endswith("s") and not last.endswith(("ss", "us", "is")):
        last = last[:-1]
    text = decapitalised(" ".join([*words[:-1], last]))
    return f"{'an' if text[0].lower() in 'aeiou' else 'a'} {text}"


def narrative(members: list[Unit], title: str, document_title: str, roles: list[str]) -> str:
    """The user story in the source's words, else what is wanted of the product, in plain form."""
    for unit in members:
        if unit.story:
            return next((c.text for c in unit.clauses if STORY.match(c.text)), unit.clauses[0].text)
    clause = _spoken(members)
    if clause.kind == Kind.SCENARIO:
        clause = Clause(title, Kind.NORM)
    text = composed(clause).rstrip(" :：")
    product = product_name(document_title)
    if is_cjk(text) or (not text.isascii() and is_cjk(document_title)):
        return text if text.endswith(("。", ".")) else f"{text}。"
    for named in roles:
        if wish := act(text, named):
            return f"As {named}, I want {wish}."
    role = role_of(" ".join(c.text for u in members for c in u.clauses), roles)
    who = f"As {role}" if role else (f"As a user of {product}" if product else "As a user")
    return f"{who}, I want {wanted(text, title)}."


def _spoken(members: list[Unit]) -> Clause:
    """The clause a story is told by: the first that leans on no other sentence."""
    clauses = [main_clause(members[0]), *(c for u in members for c in u.clauses)]
    free = (
        c
        for c in clauses
        if c.text and c.kind in {Kind.NORM, Kind.DECL, Kind.SCENARIO} and not DANGLING.match(c.text)
    )
    return next(free, clauses[0])


@lru_cache(maxsize=64)
def product_name(title: str) -> str:
    """A document's title as the name of a thing: without number, version or the word "specification"."""
    text = SERIES.sub("", bare_heading(title))
    bare = NUMBER.sub("", NUMBER.sub("", text)).strip()
    if GENERIC_PRODUCT.fullmatch(bare):
        return f"the {bare.lower()}"
    return bare


def notes(document: Document, members: list[Unit], section: Section, extra: list[str]) -> str:
    """Where the story comes from, and what stands around it there: context, listings, tables, links."""
    text = document.text
    parts = [f"From “{' > '.join(section.path)}”." if section.path else ""]
    taken = [u.span for u in members]
    size = 0
    for block in _around(section, taken):
        part = _block_note(block, text, taken)
        size += len(part)
        if size > MAX_NOTES:
            parts.append("More context stands there in the intent.")
            break
        parts.append(part)
    for unit in members:
        parts.extend(fenced(block) for block in unit.listings)
        parts.extend(links(text[unit.span.start : unit.span.end]))
    parts.extend(extra)
    return "\n\n".join(dict.fromkeys(part for part in parts if part))


def _around(section: Section, taken: list[Span]) -> list[Block]:
    """The blocks that belong to a story: all of a small section, else those from its first to its last unit."""
    blocks = section.blocks
    if len(blocks) <= SMALL_SECTION:
        return blocks
    low = min(s.start for s in taken)
    high = max(s.end for s in taken)
    first = bisect_right(blocks, low, key=lambda b: b.span.start) - 1
    last = bisect_right(blocks, high, key=lambda b: b.span.start)
    return blocks[max(0, first - 1) : last + 1]


def _block_note(block: Block, text: str, taken: list[Span]) -> str:
    """A block that is no statement, as Markdown; listings and tables are kept even within statements."""
    start, end = block.span
    if block.kind == "code":
        return fenced(block)
    if block.kind == "table":
        if end - start > MAX_TABLE:
            return ""
        return "\n".join(line.strip(" >") for line in NEWLINES.sub("\n", text[start:end]).split("\n"))
    if block.kind == "list":
        return ""
    if not any(s.start < end and start < s.end for s in taken):
        return HASH.sub(r"\1\\\2", clean(text[start:end]))
    return ""


def fenced(block: Block) -> str:
    """A listing in a fence that its content cannot close."""
    ticks = max((len(m) for m in re.findall(r"`+", block.text)), default=0)
    fence = "`" * max(3, ticks + 1)
    body = NEWLINES.sub("\n", block.text).rstrip("\n")
    info = block.info if re.fullmatch(r"[\w+-]{1,20}", block.info) else ""
    return f"{fence}{info}\n{body}\n{fence}" if body.strip() else ""


def links(raw: str) -> list[str]:
    """The addresses a statement refers to, with their texts."""
    found = re.findall(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]{0,100}\]){1,200})\]\(([^()\s]{1,500})\)", raw)
    return [f"See {shorten(clean(name), 90)}: {url}" for name, url in found if "://" in url]
