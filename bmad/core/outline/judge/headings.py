"""What a heading says of the text below it: its role, whether it is only role words, and its priority.

A heading goes by its own words first, else by those of the heading above.
"""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from dataclasses import dataclass

from bmad.core.outline.judge.force import Force, Heard
from bmad.core.outline.judge.roles import ASKING, BRACKETS, JOINED, TOLD, WORD, Named, bare, named
from bmad.core.outline.judge.tables import layout
from bmad.core.outline.read.block import Kind, Reading, Section
from bmad.core.outline.read.marks import undecorated
from bmad.core.outline.read.names import key
from bmad.core.outline.words.language import Rank, Role
from bmad.core.outline.words.lexicon import find_heading, modifiers

SEALED = frozenset({Role.NON_GOAL, Role.ASIDE, Role.RESEARCH, Role.HISTORY, Role.ABOUT})
"""Roles that hold for all that is below, whatever its own headings say."""
AUTHORED = frozenset({"story", "requirement", "item"})
"""Units of headings that hold one piece of work."""
_WORK = frozenset({Role.REQUIREMENT, Role.STORIES})
"""Roles of headings after which a backlog is what waits; before them it is the work itself."""
_STATED = r"\ufe0f?(?:\s*[(（][^()（）]{1,60}[)）])?[\s.*_]*$"
TICKED = re.compile(rf"(?:✅|✔){_STATED}")
"""How an item ends that its author ticked off at its end."""
STATE = re.compile(rf"(?:✅|✔|☑|❌|✖|⚠|🚧|⏳|🔄){_STATED}")
"""How an item ends that says its state."""
_FINISHED = re.compile(
    r"(?:\*\*|__)(?:Delivered|DELIVERED|Done|DONE|Shipped|SHIPPED|Completed|COMPLETED)\b|DELIVERED\b"
)
"""How a section begins that tells that it is done."""
_REQUEST = re.compile(r"[*_]*`?(?:GET|POST|PUT|PATCH|DELETE) /\S*")
"""An endpoint that is described."""
_PARTS = frozenset(
    [
        "history", "status", "progress", "schedule", "schedules", "timeline",
        "contact", "feedback", "community", "links", "support",
        "historie", "kontakt", "historique", "statut", "historial", "estado", "contacto", "histórico",
        "contato", "история", "статус", "контакты",
        "履歴", "状態", "ステータス", "進捗", "連絡先", "リンク", "历史", "状态",
        "进度", "关于", "链接",
    ]
)  # fmt: skip
"""Headings that name a part of the product below one of requirements, and tell of the document elsewhere."""
_SCREENS = frozenset(
    ["about", "about us", "contact", "über uns", "kontakt", "contacto", "contato", "contact us", "关于"]
)
"""Those of them that are a screen below a heading of design, where the others tell how far that is."""
_MANY = 3
_ENDS = frozenset(
    [
        "summary", "conclusion", "conclusions", "wrap up", "zusammenfassung", "fazit", "schluss", "résumé",
        "en résumé", "resumen", "conclusión", "conclusiones", "resumo", "conclusão", "итоги", "резюме",
        "заключение", "выводы", "总结", "小结", "结论", "結論", "まとめ", "要約", "요약", "결론",
        "riepilogo", "conclusioni", "podsumowanie",
    ]
)  # fmt: skip
"""Headings of what sums up behind it all."""
_THINGS = frozenset(
    [
        "notes", "users", "customers", "roles", "team", "participants", "attendees", "references", "authors",
        "contributors", "sources", "resources", "attachments", "approval", "approvals", "client", "company",
        "budget", "deadlines", "pricing", "discussion", "terms", "definitions", "entities", "metadata",
        "notizen", "nutzer", "benutzer", "anwender", "rollen", "teilnehmer", "autoren", "quellen", "anhang",
        "freigabe", "begriffe", "utilisateurs", "rôles", "auteurs", "références", "notas", "usuarios",
        "participantes", "autores", "referencias", "presupuesto", "estadísticas", "usuários", "utilizadores",
        "papéis", "referências", "пользователи", "роли", "участники", "авторы", "источники",
        "ユーザー", "利用者", "参加者", "著者", "用户", "用戶", "角色", "参与者", "作者",
    ]
)  # fmt: skip
"""Headings that name what a product may be about, and tell of the document or of people elsewhere."""


@dataclass(slots=True)
class Standing:
    """A section as it is judged: `own` tells whether its role is by its own heading."""

    role: Role
    own: bool
    pure: bool
    rank: Rank | None = None
    story: bool = False
    """It is one piece of work that its author numbered or named as such."""
    epic: bool = False
    within: int = -1
    """The story section it belongs to, itself included; -1 without."""
    title: bool = False

    @property
    def asks(self) -> bool:
        return self.role in ASKING


def title_section(sections: list[Section]) -> int:
    """The section of the document's title: the first heading, where all others stand below it; else -1.

    Beside others of its level it is one as well, unless it is a chapter such as `Summary`.
    """
    tops = [section for section in sections if section.level and section.parent == 0 and section.level <= 6]
    if not tops or tops[0].heading.unit in {"epic", "story"}:
        return -1
    first = tops[0]
    if len(tops) == 1 and (first.children or len(sections) == 2):
        return first.index
    chapter = len(tops) > 1 and named(first.title).pure
    return first.index if first.level == 1 and first.index == 1 and not chapter else -1


def standings(sections: list[Section]) -> list[Standing]:
    """One standing a section, in order; parents come before children."""
    found: list[Standing] = []
    title = title_section(sections)
    holding = _with_stories_below(sections)
    name = sections[title].title.lower() if title >= 0 else ""
    summed = overviews(sections, holding)
    for section in sections:
        standing = _standing(section, found, title, holding)
        if summed.get(section.index, section.index) != section.index and section.index not in holding:
            standing = Standing(Role.PLAN, own=True, pure=False)
        if standing.own and not standing.pure and not standing.story and not standing.epic and name:
            standing.pure = _only_names(section.title, name)
        found.append(standing)
    return found


def misnamed(reading: Reading, places: list[Standing]) -> None:
    """A heading of users below which requests to the product stand, or its data, is a part of the product."""
    asked = {block.section for block in reading.blocks if block.kind != Kind.CODE and _REQUEST.match(block.text)}
    asked |= {group.section for group in reading.groups if layout(group.head).inputs}
    parts: set[int] = set()
    for section, standing in zip(reading.sections, places, strict=True):
        below = section.parent in parts and standing.role in {Role.USERS, Role.SUMMARY}
        named_so = standing.role == Role.USERS and standing.own
        if below or (named_so and not asked.isdisjoint([section.index, *section.children])):
            parts.add(section.index)
            standing.role, standing.pure = Role.NEUTRAL, False


def things(reading: Reading, places: list[Standing], heard: list[Heard]) -> None:
    """A heading such as `Notes` below one of requirements is a part of the product where half of it asks."""
    parts: set[int] = set()
    for section, standing in zip(reading.sections, places, strict=True):
        above = places[section.parent] if section.parent >= 0 else standing
        inherits = section.parent in parts and not standing.own
        thing = standing.role in TOLD and bare(undecorated(section.title)) in _THINGS
        if standing.role == Role.ABOUT and _is_told_by_name_alone(section, standing, reading, heard):
            standing.role, standing.own, standing.pure = Role.NEUTRAL, False, False
        if inherits or (thing and above.own and above.role == Role.REQUIREMENT and _asks(reading, section, heard)):
            parts.add(section.index)
            standing.role, standing.own, standing.pure = Role.REQUIREMENT, False, False


def closing(reading: Reading, places: list[Standing]) -> None:
    """A section that sums up what several before it ask for asks for nothing again."""
    before, asked = 0, False
    for section, standing in zip(reading.sections, places, strict=True):
        if before >= _MANY and asked and bare(undecorated(section.title)) in _ENDS:
            standing.role = Role.ENDING
        before += bool(section.blocks) and not standing.title
        asked = asked or standing.asks


def undecided(reading: Reading, places: list[Standing], heard: list[Heard]) -> None:
    """`Open` is a heading of open questions where half of it asks some, else the name of what somebody does."""
    for section, standing in zip(reading.sections, places, strict=True):
        if standing.title or bare(undecorated(section.title)) != "open":
            continue
        if 2 * sum(heard[one].question for one in section.blocks) >= len(section.blocks) > 0:
            standing.role, standing.own, standing.pure = Role.QUESTION, True, True
            standing.story, standing.within = False, -1


def _is_told_by_name_alone(section: Section, standing: Standing, reading: Reading, heard: list[Heard]) -> bool:
    """Whether a heading only sounds as if it told of the document: what stands below it binds.

    Where the heading has a subject of its own (`Compliance checklist`), a list below it does: `A site must:`.
    """
    if bare(undecorated(section.title)) in _SCREENS:
        return _binds(section.blocks, heard)
    leads = [one for one in section.blocks if reading.blocks[one].children and not reading.blocks[one].label]
    return standing.own and not standing.pure and _binds(leads, heard)


def _binds(blocks: list[int], heard: list[Heard]) -> bool:
    """Whether one of some blocks says what must or should be."""
    return any(heard[one].force >= Force.SHOULD and heard[one].modal for one in blocks)


def _asks(reading: Reading, section: Section, heard: list[Heard]) -> bool:
    """Whether at least half of the blocks right below a heading say what somebody can, wants or must."""
    asking = [reading.blocks[one].story or heard[one].force >= Force.CAN for one in section.blocks]
    return 2 * sum(asking) >= len(asking) > 0


def finished(reading: Reading, places: list[Standing]) -> None:
    """Sections that begin with a word in bold or capitals that all of it is done are history."""
    for section, standing in zip(reading.sections, places, strict=True):
        first = reading.blocks[section.blocks[0]] if section.blocks else None
        near = [reading.blocks[index] for index in section.blocks[:3]] if first else []
        above = places[section.parent] if section.parent >= 0 else standing
        if (above.role == Role.HISTORY and not above.title) or any(_FINISHED.match(block.text) for block in near):
            standing.role, standing.story, standing.within = Role.HISTORY, False, -1


def _only_names(title: str, document: str) -> bool:
    """Whether a heading says no more than its role and what the document is about."""
    words = bare(BRACKETS.sub(" ", undecorated(title)))
    known = find_heading(words)
    rest = WORD.findall(words.replace(known[1], " ", 1)) if known else []
    return bool(rest) and all(word in document or word in modifiers() for word in rest)


def _with_stories_below(sections: list[Section]) -> set[int]:
    """The sections that have a numbered story somewhere below them."""
    holding: set[int] = set()
    for section in reversed(sections):
        if section.parent >= 0 and (section.index in holding or section.heading.unit in AUTHORED):
            holding.add(section.parent)
    return holding


def overviews(sections: list[Section], holding: set[int] | None = None) -> dict[int, int]:
    """The headings of epics -> that of them below which the stories of the same epic stand."""
    holding = _with_stories_below(sections) if holding is None else holding
    epics = [section for section in sections if section.heading.unit == "epic" and section.heading.source]
    held = {key(one.heading.source): one.index for one in epics if one.index in holding}
    return {one.index: held[source] for one in epics if (source := key(one.heading.source)) in held}


def _standing(section: Section, found: list[Standing], title: int, holding: set[int]) -> Standing:
    if section.parent < 0:
        return Standing(Role.SUMMARY, own=False, pure=True, title=True)
    above = found[section.parent]
    if section.index == title:
        own = named(section.title)
        alone = not section.children
        role = (
            own.role if own.pure and (own.role in ASKING or alone) and own.role != Role.NEUTRAL else Role.SUMMARY
        )
        return Standing(role, own=role != Role.SUMMARY, pure=True, title=True)
    if above.role in SEALED:
        return Standing(above.role, own=False, pure=above.pure, rank=above.rank)
    unit = section.heading.unit
    words = bare(undecorated(section.title))
    if (above.role in _WORK and all(part in _PARTS for part in JOINED.split(words))) or (
        above.role == Role.DESIGN and words in _SCREENS
    ):
        return Standing(
            above.role, own=False, pure=False, rank=section.heading.rank or above.rank, within=above.within
        )
    if unit in AUTHORED and section.index not in holding:
        return _story(section, above)
    own = Named(Role.NEUTRAL, pure=False) if section.heading.code else named(section.title)
    if bare(BRACKETS.sub(" ", section.title)) == "backlog" and any(one.role in _WORK for one in found):
        own = Named(Role.LATER, pure=True, rank=Rank.COULD)
    if unit == "scenario" and own.role == Role.NEUTRAL:
        own = Named(Role.CRITERIA, pure=True)
    if unit == "epic" or (unit in AUTHORED and own.role == Role.NEUTRAL):
        return Standing(Role.STORIES, own=True, pure=False, rank=section.heading.rank, epic=True)
    if unit == "phase" and (phase := _phase(section, own, above)):
        return phase
    return _by_words(own, above, section.heading.rank)


def _phase(section: Section, own: Named, above: Standing) -> Standing | None:
    """How a phase stands: it plans, or it holds a part of what is asked for; None where its words say more."""
    if Role.PLAN in {above.role, own.role}:
        rank = section.heading.rank or (Rank.COULD if own.role == Role.LATER else above.rank)
        return Standing(Role.PLAN, own=True, pure=False, rank=rank)
    if own.role == Role.NEUTRAL and above.asks and not section.heading.words:
        rank = section.heading.rank or above.rank
        return Standing(above.role, own=False, pure=True, rank=rank, within=above.within)
    return None


def _story(section: Section, above: Standing) -> Standing:
    rank = section.heading.rank or above.rank
    role = above.role if above.role in {Role.LATER, Role.QUALITY, Role.CONSTRAINT, Role.GOAL} else Role.STORIES
    return Standing(role, own=True, pure=False, rank=rank, story=True, within=section.index)


def _by_words(own: Named, above: Standing, rank: Rank | None) -> Standing:
    rank = rank or own.rank or above.rank
    sums_part = own.role == Role.SUMMARY and (above.asks or (above.role == Role.NEUTRAL and not above.title))
    if own.role == Role.NEUTRAL or sums_part:
        role = Role.NEUTRAL if above.title and above.role == Role.SUMMARY else above.role
        role = Role.NEUTRAL if role in {Role.CONTENTS, Role.SUMMARY} else role
        return Standing(role, own=False, pure=False, rank=rank, within=above.within)
    if own.role == Role.REQUIREMENT and above.role == Role.QUALITY:
        own = own._replace(role=Role.QUALITY)
    if own.role == Role.LATER and above.role == Role.PLAN:
        return Standing(Role.PLAN, own=True, pure=False, rank=Rank.COULD)
    within = above.within if own.role not in SEALED | {Role.QUESTION} else -1
    return Standing(own.role, own=True, pure=own.pure, rank=rank, within=within)
