"""Group stories into epics: by the sections of the document, and within a long flat list by its subjects."""

# ruff: noqa: PLR2004  numbers of words and stories, each beside what it bounds

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from bmad.core.outline.grammar import parsed
from bmad.core.outline.modality import NOT_VERB, cjk_modal
from bmad.core.outline.phrases import MAX_TITLE, noun_phrase, shorten, stem, stems
from bmad.core.outline.prose import is_cjk
from bmad.core.outline.roles import Role, bare_heading, own_role, title_section
from bmad.core.outline.stories import Piece
from bmad.core.outline.titles import PREFIX, TRAIL_PRIORITY
from bmad.core.outline.tree import Section
from bmad.core.outline.verbs import BASE, third_person

PHRASE = re.compile(
    r"\s(?:without|with|in|on|for|from|at|by|to|as|after|before|into|when|that|which|who|whose|if|between)\s"
)
LONG = 9
WANTED = 4
SHORT_CJK = 14
MANY = 12
SIZE_PRICE = (0.9, 0.35, 0.2, 0.2, 0.3, 0.6)
"""What a part of one to six stories costs, against the likeness of the neighbours that a cut parts."""


class Group(NamedTuple):
    """An epic to be: its title and the indices of its stories, which are neighbours."""

    title: str
    pieces: list[int]
    firm: bool = False
    """Whether it stays by itself even with one story: a part of a section whose other parts are epics."""


def groups(found: list[Piece], sections: list[Section], title: str) -> list[Group]:
    """The epics in order; every piece is in one."""
    root = title_section(sections)
    made: list[Group] = []
    for section, members in _runs(found, sections, root, list(range(len(found))), depth=0):
        made.extend(_split(section, members, found, sections, depth=1, root=root))
    return _distinct(_joined(made), title)


def _chain(section: int, sections: list[Section], root: int) -> list[int]:
    """The sections above and including this one, outermost first, without the document's title."""
    chain: list[int] = []
    while section > 0 and section != root:
        chain.append(section)
        section = sections[section].parent
    return chain[::-1]


def _runs(
    found: list[Piece], sections: list[Section], root: int, members: list[int], depth: int
) -> list[tuple[int, list[int]]]:
    """Neighbours by the section `depth` levels down."""
    made: list[tuple[int, list[int]]] = []
    for index in members:
        chain = _chain(found[index].section, sections, root)
        key = chain[depth] if len(chain) > depth else (chain[-1] if chain else 0)
        if made and made[-1][0] == key:
            made[-1][1].append(index)
        else:
            made.append((key, [index]))
    return made


def _split(
    section: int, members: list[int], found: list[Piece], sections: list[Section], *, depth: int, root: int
) -> list[Group]:
    """One epic for a section, or several where it is long."""
    parts = _runs(found, sections, root, members, depth)
    if len(parts) == 1 and parts[0][0] != section and depth < 6:
        return _split(parts[0][0], members, found, sections, depth=depth + 1, root=root)
    rich = [part for part in parts if len(part[1]) > 1]
    firm = own_role(sections[section].title) == Role.QUALITY
    if len(parts) > 1 and len(rich) * 2 >= len(parts):
        made: list[Group] = []
        for inner, inside in parts:
            made.extend(_split(inner, inside, found, sections, depth=depth + 1, root=root))
        return [g._replace(firm=True) for g in made]
    if len(members) < LONG:
        return [Group(_heading(sections[section]), members, firm)]
    if len(parts) > 1 and len(parts) == len(members) and len(members) <= 12:
        return [Group(_heading(sections[section]), members)]
    segments = (
        _segments(members, found)
        if (
            len(members) > MANY
            or own_role(sections[section].title) == Role.NEUTRAL
            or _themed([found[i] for i in members])
        )
        else [members]
    )
    if len(segments) == 1:
        return [Group(_heading(sections[section]), members, firm)]
    return [Group(_theme([found[i].title for i in part]), part) for part in _short(segments, found)]


def _short(segments: list[list[int]], found: list[Piece]) -> list[list[int]]:
    """Segments that nothing but their subjects could name are held to three stories."""
    made: list[list[int]] = []
    for part in segments:
        titles = [found[i].title for i in part]
        if len(part) <= (4 if is_cjk(titles[0]) else 3) or _inner(titles) or _shared(titles):
            made.append(part)
        else:
            half = (len(part) + 1) // 2
            made.extend((part[:half], part[half:]))
    return made


def _segments(members: list[int], found: list[Piece]) -> list[list[int]]:
    """Cut a long run into parts of about four where neighbours share least (dynamic programming)."""
    bags = _bags([found[i] for i in members])
    cuts = [0.0, *(_likeness(a, b) for a, b in pairwise(bags))]
    best = [0.0] + [float("inf")] * len(members)
    came = [0] * (len(members) + 1)
    for end in range(1, len(members) + 1):
        for size, price in enumerate(SIZE_PRICE, 1):
            start = end - size
            if start >= 0 and (cost := best[start] + price + (cuts[start] if start else 0.0)) < best[end]:
                best[end], came[end] = cost, start
    made: list[list[int]] = []
    end = len(members)
    while end:
        made.append(members[came[end] : end])
        end = came[end]
    return made[::-1]


def _themed(run: list[Piece]) -> bool:
    """Whether neighbours share words of their titles often enough for themes to be seen."""
    bags = _bags(run)
    return sum(bool(a[0] & b[0]) for a, b in pairwise(bags)) >= 2


def _bags(run: list[Piece]) -> list[tuple[set[str], set[str]]]:
    """Words of title and of text of each story, without those that most of them have."""
    bags = [(set(stems(p.title)), set(p.words)) for p in run]
    counts: dict[str, int] = {}
    for title, text in bags:
        for word in title | text:
            counts[word] = counts.get(word, 0) + 1
    common = {word for word, count in counts.items() if count * 2 > len(run)}
    return [(title - common, text - common) for title, text in bags]


def _likeness(left: tuple[set[str], set[str]], right: tuple[set[str], set[str]]) -> float:
    titles = len(left[0] & right[0]) / max(1, min(len(left[0]), len(right[0])))
    texts = len(left[1] & right[1]) / max(1, min(len(left[1]), len(right[1])))
    return titles + texts / 2


def _theme(titles: list[str]) -> str:
    """What an epic's stories share, else the subjects of two or three of them."""
    if same := _inner(titles) or _shared(titles):
        return same
    names: list[str] = []
    for title in titles:
        name = shorten(thing(title), 34)
        if name and name.lower() not in {n.lower() for n in names}:
            names.append(name)
    if any(is_cjk(name) for name in names):
        return shorten("、".join(names), 48)
    if not names:
        return ""
    last = ", and " if len(names) > 2 and any(" and " in n for n in names) else " and "
    while (
        len(joined := last.join(filter(None, [", ".join(names[:-1]), names[-1]]))) > MAX_TITLE and len(names) > 1
    ):
        names.remove(max(names, key=len))
    return joined[:1].upper() + joined[1:]


def _shared(titles: list[str]) -> str:
    """The noun that all titles name, with the verb that most begin with: "Increment versions"."""
    if len(titles) < 3 or any(map(is_cjk, titles)):
        return ""
    sets = [set(stems(thing(title))) for title in titles]
    common = set.intersection(*sets)
    heads = [title.split()[0] for title in titles]
    verb = next((h for h in heads if h.lower() in BASE and heads.count(h) * 2 > len(heads)), "")
    words = [w.lower() for w in titles[-1].split() if stem(w) in common and w.lower() != verb.lower()]
    if not words or any(w in BASE and w not in NOT_VERB for w in words):
        return ""
    noun = " ".join(words)
    many = noun if noun.endswith("s") else third_person(noun)
    return f"{verb} {many}" if verb else many[:1].upper() + many[1:]


def _inner(titles: list[str]) -> str:
    """`Increment minor version`, `Increment major version` -> `Increment minor and major version`."""
    split = [title.split() for title in titles]
    if len(split) < 2 or len({words[0] for words in split}) > 1 or len({words[-1] for words in split}) > 1:
        return ""
    middles = [" ".join(words[1:-1]) for words in split]
    if not all(middles) or any(len(m.split()) > 2 for m in middles):
        return ""
    text = f"{split[0][0]} {', '.join(middles[:-1])} and {middles[-1]} {split[0][-1]}"
    return text if len(text) <= MAX_TITLE else ""


@lru_cache(maxsize=1024)
def thing(title: str) -> str:
    """A title without its verb: `Declare a public API` -> `public API`."""
    if is_cjk(title):
        return cjk_thing(title)
    words = title.split()
    bare = words[2:] if words[:2] == ["Do", "not"] else words
    if bare and bare[0].lower() in BASE and len(bare) > 1:
        name = " ".join(bare[1:])
    else:
        found = parsed(title)
        name = found.subject if found else title
        if found is None and any(w[0].isupper() for w in words[1:]):
            return title
    text = noun_phrase(PHRASE.split(name)[0])
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def cjk_thing(title: str) -> str:
    """What stands before the modal word of a title, else what follows it."""
    match = cjk_modal(title)
    if match is None:
        return title
    before = re.split(r"[，,]", title[: match.start()])[0]
    before = re.sub(r"^[每各][个個]|[都也并]$", "", before)
    if 1 < len(before) <= SHORT_CJK and not before.startswith(("在", "当", "當", "如", "若")):
        return before
    return shorten(title[match.end() :] or title, SHORT_CJK)


def _heading(section: Section) -> str:
    return (
        shorten(PREFIX.sub("", TRAIL_PRIORITY.sub("", bare_heading(section.title))).strip())
        if section.title
        else ""
    )


def _joined(made: list[Group]) -> list[Group]:
    """Epics of one story join their neighbours of one story, or the epic before."""
    done: list[Group] = []
    run: list[Group] = []
    for group in made:
        if len(group.pieces) == 1 and not group.firm:
            run.append(group)
            if len(run) == WANTED:
                done.append(_union(run))
                run = []
            continue
        if len(run) == 1 and not done:
            done.append(Group(_both(run[0].title, group.title), run[0].pieces + group.pieces))
            run = []
            continue
        _settle(run, done)
        run = []
        done.append(group)
    _settle(run, done)
    return done


def _settle(run: list[Group], done: list[Group]) -> None:
    if len(run) == 1 and done:
        last = done.pop()
        done.append(Group(_both(last.title, run[0].title), last.pieces + run[0].pieces))
    elif run:
        done.append(_union(run))


def _union(run: list[Group]) -> Group:
    titles = [g.title for g in run if g.title]
    return Group(_theme(titles) if len(titles) > 1 else "".join(titles), [i for g in run for i in g.pieces])


def _both(first: str, second: str) -> str:
    if own_role(first) == Role.SUMMARY:
        first = ""
    if not first or not second or first == second:
        return first or second
    joined = f"{first} and {second}"
    return joined if len(joined) <= MAX_TITLE and " and " not in first else first


def _distinct(made: list[Group], title: str) -> list[Group]:
    """No two epics of one title, none without."""
    seen: dict[str, int] = {}
    done = []
    for group in made:
        name = group.title or shorten(title) or "Intent"
        seen[name] = seen.get(name, 0) + 1
        done.append(Group(name if seen[name] == 1 else f"{name} ({seen[name]})", group.pieces))
    return done
