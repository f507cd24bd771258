"""Join units into stories: one reviewable piece of work each, decided section by section.

A user story takes its scenarios; a list of rules gives a story each, neighbours on one subject joined; other
prose gives one story a section, cut at paragraphs where it grows too long.
"""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from dataclasses import dataclass
from itertools import groupby

from bmad.core.outline.grammar import parsed
from bmad.core.outline.modality import cjk_modal, is_instruction
from bmad.core.outline.phrases import noun_phrase, shorten, stem, stems
from bmad.core.outline.prose import CJK, is_cjk
from bmad.core.outline.roles import Role, bare_heading, own_role
from bmad.core.outline.titles import ACTOR, ADVERB, heading_title, unit_title
from bmad.core.outline.tree import Section
from bmad.core.outline.units import Clause, Kind, Unit
from bmad.model.spec import ACTIONABLE

MAX_CRITERIA = 8
MAX_MERGED = 4
RULE_LENGTH = 110
FEW = 3
ENOUGH = 8
"""Words of an item that is more than a name."""
COMMON = 0.4
PART = re.compile(
    r"(?:types?|descriptions?|constraints?|defaults?(?: values?)?|formats?|values?|examples?|required|optional|"
    r"notes?|since|purpose|synopsis|parameters?|arguments?|returns?|raises|errors?|类型|描述|默认值|说明|示例)\s*[:：]\s",
    re.IGNORECASE,
)
"""The labels under which references describe a thing part by part."""
PHRASE = re.compile(r"\s(?:without|with|in|on|for|from|at|by|to)\s")


@dataclass(slots=True)
class Piece:
    """A story to be: indices of its units, and the section it stands in. `whole`: one requirement."""

    units: list[int]
    section: int
    title: str = ""
    whole: bool = False
    block: int = -1
    subjects: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


def pieces(
    units: list[Unit], sections: list[Section], roles: list[Role], aimed: frozenset[int] = frozenset()
) -> list[Piece]:
    """The stories in the order of the text; every actionable unit is in one, shared lead-ins and aims aside."""
    shared = aimed | {u.lead for u in units if u.lead >= 0}
    hosts: dict[int, list[int]] = {}
    for index, unit in enumerate(units):
        if unit.klass in ACTIONABLE and index not in shared:
            hosts.setdefault(_host(unit.section, sections, roles), []).append(index)
    found: list[Piece] = []
    for section, members in hosts.items():
        found.extend(_of_section(section, members, units, sections, roles))
    found.sort(key=lambda p: p.units[0])
    for piece in found:
        piece.words = frozenset(w for i in piece.units for c in units[i].clauses for w in stems(c.text))
    return found


def _host(index: int, sections: list[Section], roles: list[Role]) -> int:
    """The section whose story takes the units of this one: criteria belong to what stands above them."""
    current = sections[index]
    while (
        current.parent > 0 and own_role(current.title) == Role.CRITERIA and roles[current.index] == Role.CRITERIA
    ):
        above = sections[current.parent]
        if roles[above.index] == Role.SUMMARY or above.level == 0:
            break
        current = above
    return current.index


def _of_section(
    section: int, members: list[int], units: list[Unit], sections: list[Section], roles: list[Role]
) -> list[Piece]:
    stories = [i for i in members if units[i].story]
    foreign = any(units[i].section != section for i in members)
    if len(stories) == 1 or (foreign and not stories):
        piece = Piece(members, section, whole=True)
        story = units[stories[0]] if stories else units[members[0]]
        piece.title = heading_title(sections[section].title) or unit_title(story)
        return [piece]
    if stories:
        return _by_story(section, members, units)
    if name := _described(sections[section], [units[i] for i in members]):
        return [Piece(members, section, title=name)]
    found: list[Piece] = []
    chunk: list[int] = []
    own = own_role(sections[section].title) == roles[section]
    prose = any(not units[i].listed for i in members)
    for _, run in groupby(members, key=lambda i: (units[i].listed, units[i].block if units[i].listed else -1)):
        indices = list(run)
        items = [units[i] for i in indices]
        if _is_rules(items, roles[section], own=own and (not prose or len(indices) > FEW)):
            alone = indices
        elif _is_open(items, roles[section], prose=prose):
            alone = [i for i in indices if _substantial(units[i])]
        else:
            alone = []
        chosen = frozenset(alone)
        for by_itself, together in groupby(indices, key=chosen.__contains__):
            if by_itself:
                found.extend(_chunks(chunk, section, units))
                chunk = []
                found.extend(_merged(list(together), section, units))
            else:
                chunk.extend(together)
    found.extend(_chunks(chunk, section, units))
    heading = heading_title(sections[section].title)
    for piece in found:
        if not piece.title:
            piece.title = heading if heading and len(found) == 1 else unit_title(units[piece.units[0]])
    return found


def _described(section: Section, items: list[Unit]) -> str:
    """The one thing that a section describes part by part (`Type: …`, `Default: …`); else empty."""
    parts = sum(u.listed and bool(PART.match(u.clauses[0].text)) for u in items if u.clauses)
    one = parts > 1 or parts == len(items)
    return bare_heading(section.title) if one and len(items) <= 2 * MAX_CRITERIA else ""


def _by_story(section: int, members: list[int], units: list[Unit]) -> list[Piece]:
    """Several user stories in one section: each takes what follows it."""
    found: list[Piece] = []
    for index in members:
        if units[index].story or not found:
            found.append(Piece([index], section, whole=True, title=unit_title(units[index])))
        else:
            found[-1].units.append(index)
    return found


def weight(unit: Unit) -> int:
    """About how many criteria a unit gives."""
    return max(1, sum(c.kind in {Kind.NORM, Kind.DECL, Kind.SCENARIO} for c in unit.clauses))


def _is_rules(items: list[Unit], role: Role, *, own: bool) -> bool:
    """Whether each item of a list is work of its own, rather than one aspect of its section."""
    if not items or not items[0].listed:
        return False
    if sum(bool(u.ident) for u in items) * 2 > len(items):
        return True
    if role == Role.GOAL or (role == Role.REQUIREMENT and own):
        return True
    if len(items) < 4 or role in {Role.QUALITY, Role.TEST, Role.CRITERIA}:
        return False
    mean = sum(map(weight, items)) / len(items)
    sizes = sorted(_size(u) for u in items)
    return mean >= 1.7 or sizes[len(sizes) // 2] >= RULE_LENGTH


def _is_open(items: list[Unit], role: Role, *, prose: bool) -> bool:
    """Whether the items of a list may each be work of its own: no sentence leads into them as its parts."""
    if not items[0].listed or prose or role not in {Role.REQUIREMENT, Role.QUALITY, Role.NEUTRAL, Role.SUMMARY}:
        return False
    return not any(u.lead >= 0 or u.clauses[0].lead for u in items)


def _substantial(unit: Unit) -> bool:
    """An item that says enough to be reviewed by itself, rather than one field or option among others."""
    text = " ".join(c.text for c in unit.clauses)
    return bool(unit.ident) or len(text.split()) >= ENOUGH or len(CJK.findall(text)) >= 2 * ENOUGH


def _size(unit: Unit) -> int:
    text = " ".join(c.text for c in unit.clauses)
    return len(text) + len(CJK.findall(text)) * 2


def _chunks(members: list[int], section: int, units: list[Unit]) -> list[Piece]:
    """Prose in pieces of a size that one can review, cut between paragraphs."""
    found: list[Piece] = []
    count = 0
    for _, run in groupby(members, key=lambda i: units[i].block):
        indices = list(run)
        size = sum(weight(units[i]) for i in indices)
        if found and count + size <= MAX_CRITERIA:
            found[-1].units.extend(indices)
            count += size
        else:
            starts = range(0, len(indices), MAX_CRITERIA)
            found.extend(Piece(indices[start : start + MAX_CRITERIA], section) for start in starts)
            count = sum(weight(units[i]) for i in found[-1].units)
    return found


def _merged(indices: list[int], section: int, units: list[Unit]) -> list[Piece]:
    """One story a rule; neighbours that speak of the same thing share one."""
    keys = [_subject(units[i]) for i in indices]
    counts: dict[str, int] = {}
    for key in keys:
        for word in key:
            counts[word] = counts.get(word, 0) + 1
    common = {w for w, n in counts.items() if len(keys) > 3 and n > max(3, COMMON * len(keys))}
    found: list[Piece] = []
    for index, key in zip(indices, keys, strict=True):
        rest = frozenset(key - common)
        if found and _same(found[-1], rest, units, index):
            found[-1].units.append(index)
            found[-1].subjects = rest | (found[-1].subjects & rest)
            continue
        found.append(Piece([index], section, block=units[index].block, subjects=rest))
    for piece in found:
        piece.title = _merged_title([units[i] for i in piece.units])
    return found


def _same(piece: Piece, key: frozenset[str], units: list[Unit], index: int) -> bool:
    shared = piece.subjects & key
    before = units[piece.units[-1]]
    if not units[index].ordered and _substantial(before) and _substantial(units[index]):
        return False
    if not shared or len(piece.units) >= MAX_MERGED or units[index].label or before.label:
        return False
    total = sum(weight(units[i]) for i in piece.units) + weight(units[index])
    if total > MAX_CRITERIA:
        return False
    enough = 2 if any(CJK.match(word) for word in shared) else 1
    return len(shared) >= enough and len(shared) * 3 >= min(len(piece.subjects), len(key))


def main_clause(unit: Unit) -> Clause:
    """The clause a unit is named by: its first that binds."""
    return next((c for c in unit.clauses if c.kind == Kind.NORM and c.text), unit.clauses[0])


def _subject(unit: Unit) -> set[str]:
    """Stems of what a rule is about: the subject of its first binding sentence."""
    text = unit.clauses[0].text or unit.clauses[0].lead
    if is_cjk(text):
        return _cjk_subject(text)
    found = None if is_instruction(text) else parsed(text)
    if found is None or not found.subject or len(found.subject) > 80:
        return {" ".join(stems(text)[:2])}
    component = found.subject.lower().startswith("the ") and not found.rest.lower().startswith(("be ", "not be "))
    if component or found.subject.startswith("`"):
        return {" ".join(stems(f"{found.subject} {found.rest}")[:4])}
    if ACTOR.search(found.subject):
        return {" ".join(stems(ADVERB.sub("", found.rest))[:2])}
    return set(stems(PHRASE.split(noun_phrase(found.subject))[0]))


def _cjk_subject(text: str) -> set[str]:
    """Pairs of the clause before the modal word, or of the object where the clause begins with it."""
    match = cjk_modal(text)
    if match is None:
        return set(stems(re.split(r"[，。、]", text)[0][:10]))
    before = re.split(r"[，,]", text[: match.start()])[-1].strip()
    return set(stems(before[:12] if len(before) > 1 else text[match.end() : match.end() + 12]))


def _merged_title(members: list[Unit]) -> str:
    """The title of joined rules: their own where one, else what their titles or subjects share."""
    titles = list(dict.fromkeys(unit_title(u) for u in members))
    if len(titles) == 1:
        return titles[0]
    split = [t.split() for t in titles]
    prefix = 0
    while all(len(t) > prefix + 1 for t in split) and len({t[prefix].lower() for t in split}) == 1:
        prefix += 1
    tails = [" ".join(t[prefix:]) for t in split]
    if prefix >= 2 and all(len(t) <= 3 for t in (x.split() for x in tails)):
        joined = " ".join(split[0][:prefix]) + " " + (", ".join(tails[:-1]) + " and " + tails[-1])
        if len(joined) <= 70:
            return joined
    shared = _shared_phrase(members)
    return shared or titles[0]


def _shared_phrase(members: list[Unit]) -> str:
    """The longest run of words of the first subject that stands in every other subject."""
    subjects = []
    for unit in members:
        found = parsed(unit.clauses[0].text)
        subjects.append(noun_phrase(found.subject) if found else "")
    if not all(subjects) or any(is_cjk(s) for s in subjects):
        return ""
    sets = [{stem(w) for w in s.split()} for s in subjects[1:]]
    best: list[str] = []
    run: list[str] = []
    for word in subjects[0].split():
        run = [*run, word] if all(stem(word) in s for s in sets) else []
        best = max(best, run, key=len)
    text = " ".join(best).removesuffix("'s").removesuffix("’s")
    return shorten(text[:1].upper() + text[1:]) if len(text) > 3 else ""
