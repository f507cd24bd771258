"""What the words of a heading say by themselves: its role, whether it is only role words, and its priority."""

import re
from functools import lru_cache
from typing import NamedTuple

from bmad.core.outline.read.marks import rank_of, undecorated, without_attributes
from bmad.core.outline.words.language import Rank, Role
from bmad.core.outline.words.lexicon import find_heading, folded, lacks, modifiers, ranked, spaceless

ASKING = frozenset(
    {
        Role.REQUIREMENT, Role.STORIES, Role.CRITERIA, Role.EDGE, Role.GOAL, Role.CONSTRAINT, Role.QUALITY,
        Role.DECISION, Role.LATER,
    }
)  # fmt: skip
"""Roles of headings that ask for something."""
_IN_BRACKETS = ASKING | {Role.NON_GOAL}
"""Roles that a heading may have by what stands in brackets alone."""
BRACKETS = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]{1,60})[)）\]】]\s*")
JOINED = re.compile(r"\s*(?:&|/|\+|,|、|・|与|與|及|和|と|및| and | und | et | y | e | i | oraz | и | or )\s*")
_MADE = (
    r"(?:delivered|done|shipped|completed?|implemented|released|erledigt|fertig|umgesetzt|terminé|fait|hecho|feito|"
    r"concluído|готово|реализовано|сделано)\b"
)
_READY = r"(?:実装済み|完了|已完成|已实现|구현 완료|구현됨)"
_DONE = re.compile(
    rf"[-–—(\[（:✅]\ufe0f?\s*(?:{_MADE}|{_READY}(?!\w))"
    rf"|[(\[（][^()（）]{{0,40}}{_READY}\s*[)\]）]"
    r"|✅\ufe0f?\s*(?:working|live|available)\b",
    re.IGNORECASE,
)
"""A mark in a heading that what stands below it is done."""
SAYS_DONE = re.compile(
    rf"[-–—:]\s*(?:✅|✔)\ufe0f?(?:\s*(?:{_MADE}|working|live|available|実装済み|完了|已完成|已实现|완료|구현됨))?[\s.)\]*_]*$",
    re.IGNORECASE,
)
"""How an item ends that its author ticked off in words: `Router — ✅ Implemented`."""
_ANSWERED = frozenset(
    [
        "resolved", "answered", "decided", "closed", "geklärt", "beantwortet", "entschieden", "résolues", "résolu",
        "répondues", "resueltas", "respondidas", "resolvidas", "решены", "решённые", "отвечены", "已解决",
        "已回答", "解決済み", "回答済み",
    ]
)  # fmt: skip
"""What stands in brackets behind questions that are open no more."""
_APPENDIX = re.compile(
    r"(?:appendix|annex|anhang|anlage|annexe|anexo|apêndice|apéndice|приложение)\s+[a-zа-я\d]{1,3}\b"
)
"""An appendix that has a letter or a number, whatever it is about."""
_ALREADY = re.compile(
    r"\b(?:already|existing|previous|bereits|bisherige[nr]?|frühere[nr]?|bestehende[nr]?|vorhandene[nr]?|déjà|existante?s?|"
    r"précédente?s?|anteriores|existentes|já|уже|существующ\w+|прежни\w+)\b|既存|已有|现有|旧版"
)
"""What of a heading of what is to come says that it is there."""
TOLD = frozenset({Role.CONTEXT, Role.USERS, Role.ABOUT, Role.GLOSSARY})
_CASE = re.compile(r"(?:what (?:if|happens)|if|when|whenever|wenn|falls|si|quand|cuando|se|quando|если|когда)\b")
"""How a heading begins that names a case, in which something may not be so."""
_DASH = re.compile(r"[-‐‑–]")
_FORBIDS = frozenset({"never", "do not", "dont", "donts", "avoid"})
WORD = re.compile(r"[^\W_]+")
_SEVERAL = 2
_LIMITS = frozenset({Role.REQUIREMENT, Role.CONSTRAINT, Role.QUALITY})
"""Roles that a heading keeps beside what is told: `Compatibility and dependencies`."""
_BESIDE = frozenset(
    [
        "dependencies", "installation", "assumptions", "abhängigkeiten", "annahmen", "dépendances", "hypothèses",
        "dependencias", "instalación", "supuestos", "dependências", "instalação", "premissas", "зависимости",
        "установка", "допущения", "依存関係", "依赖", "安装", "假设", "의존성", "설치",
    ]
)  # fmt: skip
"""What is told by itself, and may stand in one heading with limits."""
_LETTERS = 2
"""So many letters beside a role, in a script without spaces, are no subject."""


class Named(NamedTuple):
    """What the words of a heading say; `pure` where it has no subject of its own."""

    role: Role
    pure: bool
    rank: Rank | None = None


@lru_cache(maxsize=4096)
def named(title: str) -> Named:
    """The role of a heading by its own words; NEUTRAL where they say nothing."""
    text = undecorated(without_attributes(title))
    inner = BRACKETS.findall(text)
    words = bare(BRACKETS.sub(" ", text) if inner else text)
    rank = next((mark for one in inner if (mark := rank_of(one))), None)
    said = _role(words)
    own = [_role(bare(one)) for one in inner]
    if said.role in {Role.NEUTRAL, Role.SPECIFICATION}:
        said = next((one for one in own if one.role in _IN_BRACKETS), said)
    if said.role == Role.NEUTRAL and spaceless(words):
        said = next((one for one, word in zip(own, inner, strict=True) if one.pure and word.isascii()), said)
    if said.role == Role.QUESTION and any(bare(one) in _ANSWERED for one in inner):
        said = Named(Role.DECISION, pure=True)
    if any(one.role == Role.NON_GOAL for one in own):
        said = Named(Role.NON_GOAL, pure=True)
    given = ranked().find(words)
    if given and said.role in {Role.NEUTRAL, Role.REQUIREMENT, Role.LATER, Role.GOAL}:
        role = Role.LATER if said.role == Role.LATER else Role.REQUIREMENT
        return Named(role, pure=True, rank=rank or given[0])
    if _DONE.search(title):
        return Named(Role.HISTORY, pure=True)
    if rank == Rank.WONT and said.role in {Role.NEUTRAL, Role.REQUIREMENT}:
        return Named(Role.NON_GOAL, pure=True)
    return Named(said.role, said.pure, rank or said.rank)


def refuses(label: str) -> bool:
    """Whether a bold label puts what it stands before out of scope; one like `Never` forbids, and is a rule."""
    own = named(label) if label else None
    return own is not None and own.role == Role.NON_GOAL and own.pure and bare(label) not in _FORBIDS


def bare(text: str) -> str:
    """A heading as it is looked up."""
    return " ".join(_DASH.sub(" ", folded(text)).strip(" .:：!?#*").split())


def _role(words: str) -> Named:
    if _APPENDIX.match(words):
        return Named(Role.CONTEXT, pure=False)
    if lacks().fullmatch(words):
        return Named(Role.NON_GOAL, pure=True)
    found = find_heading(words)
    if found is None or (found[1] != words and found[0] in TOLD):
        joined = _joined(words, told=found is not None)
        if found is None or joined:
            return joined or Named(Role.NEUTRAL, pure=False)
    role, known = found
    if role == Role.NON_GOAL and (_CASE.match(words) or _is_both(words)):
        return Named(Role.NEUTRAL, pure=False)
    if role == Role.LATER:
        there = _ALREADY.search(words)
        return Named(Role.CONTEXT, pure=True) if there else Named(role, pure=True, rank=Rank.COULD)
    rest = words.replace(known, " ", 1)
    pure = (spaceless(words) and len(rest.strip()) <= _LETTERS) or set(WORD.findall(rest)) <= modifiers()
    return Named(role, pure)


def _joined(words: str, *, told: bool) -> Named | None:
    """What a heading says of which each part is known; what it asks for, where another part is `told`."""
    parts = [part for part in JOINED.split(words) if part]
    known = [one for part in parts if (one := find_heading(part))]
    if len(parts) < _SEVERAL or len(known) < len(parts):
        return None
    asked = [role for (role, name), part in zip(known, parts, strict=True) if role in _LIMITS and name == part]
    if asked and len(asked) + sum(part in _BESIDE for part in parts) == len(parts):
        return Named(asked[0], pure=True)
    return None if told else Named(known[0][0], pure=True)


def _is_both(bare: str) -> bool:
    """Whether a heading stands above what is wanted and what is not: `Goals and non-goals`."""
    roles = {one[0] for part in JOINED.split(bare) if part and (one := find_heading(part))}
    return Role.NON_GOAL in roles and not roles.isdisjoint(ASKING - {Role.LATER})
