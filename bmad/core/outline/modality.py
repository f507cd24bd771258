"""How strongly a sentence binds: RFC 2119 and RFC 8174 key words, their equivalents, instructions.

Upper-case key words (or, in scripts without case, emphasised ones) always bind. Where a document uses them,
plain "should" in its prose binds nothing (RFC 8174); where it does not, plain words do.
"""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from bmad.core.outline.prose import COMMENT, blank, mask
from bmad.core.outline.verbs import BASE


class Level(IntEnum):
    """Ordered by strength."""

    NONE = 0
    MAY = 1
    SHOULD = 2
    MUST = 3


UPPER = {
    Level.MUST: (
        "MUST|SHALL|REQUIRED|MANDATORY|PROHIBITED|FORBIDDEN|MUSS|MUESSEN|MÜSSEN|DARF NICHT|DÜRFEN NICHT|VERBOTEN|"
        "ERFORDERLICH|DOIT|DOIVENT|OBLIGATOIRE|REQUIS|REQUISE|INTERDIT|DEBE|DEBEN|OBLIGATORIO|REQUERIDO|"
        "PROHIBIDO|DEVE|DEVEM|DEVONO|OBRIGATÓRIO|OBBLIGATORIO|PROIBIDO|VIETATO|MOETEN|MOET|VEREIST|SKALL|MÅSTE|"
        "ДОЛЖЕН|ДОЛЖНА|ДОЛЖНО|ДОЛЖНЫ|ОБЯЗАН|ОБЯЗАТЕЛЬНО|ЗАПРЕЩЕНО|НЕОБХОДИМО|ТРЕБУЕТСЯ|MUSI|MUSZĄ|WYMAGANE"
    ),
    Level.SHOULD: (
        "SHOULD|RECOMMENDED|SOLL|SOLLEN|SOLLTE|SOLLTEN|EMPFOHLEN|DEVRAIT|DEVRAIENT|RECOMMANDÉ|RECOMMANDÉE|"
        "DEBERÍA|DEBERÍAN|DEBERIA|RECOMENDADO|DEVERIA|DEVERIAM|DOVREBBE|DOVREBBERO|RACCOMANDATO|ZOU MOETEN|BÖR|"
        "СЛЕДУЕТ|РЕКОМЕНДУЕТСЯ|POWINIEN|POWINNA|POWINNO|POWINNY|ZALECANE"
    ),
    Level.MAY: (
        "MAY|OPTIONAL|DARF|DÜRFEN|KANN|KÖNNEN|PEUT|PEUVENT|OPTIONNEL|OPTIONNELLE|FACULTATIF|PUEDE|PUEDEN|OPCIONAL|"
        "PODE|PODEM|PUÒ|POSSONO|OPZIONALE|MAG|MOGEN|FÅR|МОЖЕТ|МОГУТ|МОЖНО|НЕОБЯЗАТЕЛЬНО|MOŻE|MOGĄ|OPCJONALNE"
    ),
}

PLAIN = {
    Level.MUST: (
        r"must(?:n['’]t)?|shall|has to|(?<!n['’]t )(?<!not )have to|(?<!n['’]t )(?<!not )needs? to|(?:never|"
        r"always) [a-z]+s|(?:is|are) (?:strictly )?required|"
        r"(?:is|are) mandatory|cannot|can not|can['’]t|may not|"
        r"(?:is|are) (?:not allowed|prohibited|forbidden|not permitted|disallowed)|(?:we )?requires? \w+ to|"
        r"muss|müssen|darf nicht|dürfen nicht|darf kein\w*|ist erforderlich|sind erforderlich|"
        r"doit|doivent|il faut|est obligatoire|ne peut pas|debe|deben|tiene que|tienen que|es obligatorio|"
        r"no puede|"
        r"deve|devem|devono|precisa|è obbligatori[oa]|moet|moeten|måste|"
        r"должен|должна|должно|должны|обязан\w*|нельзя|необходимо|требуется|musi|muszą"
    ),
    Level.SHOULD: (
        r"should(?:n['’]t)?|ought to|(?:is|are) (?:strongly )?recommended|recommended|preferably|"
        r"soll|sollen|sollte|sollten|empfohlen|devrait|devraient|il convient|recommandée?s?|"
        r"debería|deberían|se recomienda|deveria|deveriam|dovrebbe|dovrebbero|следует|рекомендуется|"
        r"powinien|powinna|powinno|powinny"
    ),
}

WEAK = (
    r"may|can|will|is able to|are able to|optionally|optional|kann|können|darf|dürfen|wird|peut|peuvent|"
    r"puede|pueden|"
    r"pode|podem|può|possono|может|могут|może|mogą"
)

CJK = {
    Level.MUST: (
        "必须|必須|不得|禁止|应当|應當|必要|严禁|嚴禁|务必|務必|不可以|不能|なければならない|なければなりません|"
        "しなければ|必要がある|必要があります|してはならない|してはいけない|"
        "해야 한다|해야 합니다|해야한다|하여야 한다|"
        "안 된다|안 됩니다|필수"
    ),
    Level.SHOULD: (
        "应该|應該|不应|不應|应|應|推荐|推薦|建议|建議|すべき|べきで|べきである|推奨|望ましい|권장|하는 것이 좋다"
    ),
    Level.MAY: "可以|可选|可選|允许|允許|してもよい|しても構わない|任意で|할 수 있다|할 수 있습니다|선택",
}
CJK_NOT = re.compile(
    "[响反适適供对對相回感因効效呼照順顺]([应應])|[应應](?=[用答对對急变變付和接征徵聘许許援邀])|任意の|(?<=[不没])必要"
)
"""应 and 應 inside words such as 应用 (application) or 响应 (response)."""


def by_letter(pattern: str) -> str:
    """The alternatives of `pattern` grouped by their first letter: the same matches, tried in fewer steps."""
    groups: dict[str, list[str]] = {}
    depth = start = 0
    for place, char in enumerate(f"{pattern}|"):
        depth += (char == "(") - (char == ")")
        if char == "|" and not depth:
            option = pattern[start:place]
            plain = option[:1].isalpha() and option[1:2] not in {"?", "*", "+", "{"}
            groups.setdefault(option[0] if plain else "", []).append(option)
            start = place + 1
    made = [f"{first}(?:{'|'.join(o[1:] for o in options)})" for first, options in groups.items() if first]
    return "|".join([*made, *groups.get("", [])])


def _words(parts: dict[Level, str], flags: int = 0) -> re.Pattern[str]:
    named = "|".join(f"(?P<{level.name}>{by_letter(part)})" for level, part in parts.items())
    return re.compile(rf"(?<![\w`])(?:{named})(?![\w`])", flags)


UPPER_WORD = _words(UPPER)
PLAIN_WORD = _words(PLAIN, re.IGNORECASE)
WEAK_WORD = re.compile(rf"(?<![\w`-])(?:{WEAK})(?![\w`-])", re.IGNORECASE)
CJK_WORD = re.compile("|".join(f"(?P<{level.name}>{part})" for level, part in CJK.items()))
CJK_STRESSED = re.compile(
    "(?:\\*\\*|__|「)(?P<word>[^*_\\s」]{0,4}(?:" + "|".join(CJK.values()) + ")[^*_\\s」]{0,3})(?:\\*\\*|__|」)"
)
QUOTED = re.compile(r"[\"“”‘’'„«]\s*[A-Z][A-Z ]{1,18}[\"“”‘’'»]")
RFC = re.compile(r"\b(?:RFC[ -]?(?:2119|8174)|BCP[ -]?14)\b")
KEY_WORDS = re.compile(
    r"\bkey ?words?\b|关键词|關鍵詞|关键字|關鍵字|キーワード|Schlüsselw|mots[- ]cl|palabras clave", re.IGNORECASE
)
HINTS = ("rfc", "bcp", "key", "关键", "關鍵", "キーワ", "schlü", "mots", "palabras")
CAPITALS = re.compile(r"[^\W\d_a-z]{2}")
SMALL = re.compile(r"[a-zà-öø-ÿа-я]")

PREAMBLE = re.compile(
    r"(?:(?:please|always|also|then|next|finally|otherwise|instead|additionally|and)[, ]+)*"
    r"(?P<lead>(?:never|do not|don['’]t|make sure|ensure|be sure|try|remember|"
    r"avoid)\b)?\s*(?P<verb>[a-z][a-z-]*)?",
    re.IGNORECASE,
)
CLAUSE = re.compile(
    r"(?:if|when|whenever|unless|where|while|once|after|before|upon|for|to|on|in|by|with|during|until|"
    r"as)\b[^.;:]{2,160}?,\s+(?:then )?",
    re.IGNORECASE,
)
TO_READER = re.compile(
    r"(?:please )?(?:see|note|read|check out|refer|consider|visit|contact|open an issue|thank|let (?:us|me|"
    r"['’]s)|let['’]s|"
    r"imagine|suppose|recall|assume|keep in mind|feel free|click here|have a look|take a look|look at|"
    r"compare with|"
    r"get in touch|enjoy|join us|star|help us|report (?:bugs|issues)|ask us)\b",
    re.IGNORECASE,
)
NOT_VERB = frozenset(
    """
    form state issue output process order number name index test log document record request result
    structure view package query schedule host label link list place plan profile prompt access tag
    template back end free default release design control map work key own present score seed share sign
    surface target trust round secure separate open complete clean clear correct close scope rate cache
    commit filter format group hash import export report search support update use
    """.split()  # noqa: SIM905  a list of one word a line would be fifty lines
)
"""Also nouns or adjectives: an instruction only where a determiner or an object follows."""
NOUN_AFTER = re.compile(
    r"\s+(?:is|are|was|were|of|has|have|must|should|shall|may|can|will|for|in|and|or|to|from|on)\b"
)
NOUN_SOON = re.compile(
    r"(?:\s+[^\s,;:.]+(?:\s\([^()]{0,80}\))?){0,4}\s+(?:MUST|SHALL|SHOULD|MAY|must|shall|should|may|can|will|"
    r"is|are|was|were|has|have|CAN|REQUIRED)\b"
)
DETERMINED = re.compile(
    r"\s+(?:a|an|the|that|whether|if|all|any|each|every|only|both|no|your|our|its|their|this|how|what|which|"
    r"when)\b",
    re.IGNORECASE,
)
MODAL_START = frozenset({"must", "shall", "should", "may", "can", "will", "cannot"})


LEVELS = {level.name: level for level in Level}


class Style(NamedTuple):
    """How a document speaks: whether it marks its key words by capitals, or by emphasis (CJK)."""

    upper: bool = False
    stressed: bool = False

    @property
    def strict(self) -> bool:
        return self.upper or self.stressed


def style_of(text: str) -> Style:
    """Read from the whole text, comments and code aside."""
    bare = COMMENT.sub(blank, text) if "<!--" in text else text
    count = 0
    for match in UPPER_WORD.finditer(bare):
        line = bare[max(0, match.start() - 60) : match.end() + 60]
        count += bool(SMALL.search(line)) and bare[match.start() - 1 : match.start()] not in {'"', "“", "`"}
        if count > 2:
            break
    if count == 0 and RFC.search(bare) and KEY_WORDS.search(bare):
        count = 3
    stressed = sum(1 for _ in zip(CJK_STRESSED.finditer(bare), range(4), strict=False))
    return Style(count > 2, stressed > 2)


def defines_key_words(raw: str) -> bool:
    """Whether a paragraph only says how the key words are to be read (RFC 2119, section 0)."""
    low = raw.lower() if len(raw) <= 1500 else ""
    if not any(hint in low for hint in HINTS) or not (RFC.search(raw) or KEY_WORDS.search(raw)):
        return False
    bare = raw.replace("*", "").replace("`", "")
    levels = {m.group() for m in UPPER_WORD.finditer(bare)} | {m.group() for m in CJK_WORD.finditer(bare)}
    return len(levels) >= (3 if RFC.search(raw) else 4)


@lru_cache(maxsize=4096)
def binding(raw: str) -> Level:
    """The strength of marked key words in a sentence; words that are only quoted or code do not count."""
    bare = QUOTED.sub(blank, mask(raw)) if '"' in raw or "“" in raw or "‘" in raw or "'" in raw else mask(raw)
    level = Level.NONE
    if CAPITALS.search(bare) and SMALL.search(bare):
        level = _strongest(UPPER_WORD, bare)
    for match in CJK_STRESSED.finditer(bare) if not bare.isascii() else ():
        level = max(level, _strongest(CJK_WORD, match.group("word")))
    return level


@lru_cache(maxsize=4096)
def plain(raw: str, *, weak: bool = False) -> Level:
    """The strength of unmarked words; `weak` also takes "may", "can" and "will"."""
    bare = mask(raw).replace("*", "").replace("_", " ")
    level = _strongest(PLAIN_WORD, bare)
    if not bare.isascii():
        level = max(level, _strongest(CJK_WORD, CJK_NOT.sub(blank, bare)))
    if not weak and level == Level.MAY:
        level = Level.NONE
    if level == Level.NONE and weak and (word := WEAK_WORD.search(bare)):
        level = (
            Level.MAY
            if word.group().lower() in {"may", "optional", "optionally", "darf", "dürfen"}
            else Level.MUST
        )
    return level


def cjk_modal(text: str) -> re.Match[str] | None:
    """The first modal word of a script without spaces, words that only contain one aside."""
    return None if text.isascii() else CJK_WORD.search(CJK_NOT.sub(blank, text))


def _strongest(pattern: re.Pattern[str], text: str) -> Level:
    level = Level.NONE
    for match in pattern.finditer(text):
        if match.lastgroup:
            level = max(level, LEVELS[match.lastgroup])
    return level


@lru_cache(maxsize=4096)
def is_instruction(text: str) -> bool:
    """Whether the clean `text` tells someone to build or keep something ("Use …", "Make sure …")."""
    rest = text.lstrip("*_ ")
    if TO_READER.match(rest):
        return False
    clause = CLAUSE.match(rest)
    if clause:
        rest = rest[clause.end() :]
        if TO_READER.match(rest):
            return False
    match = PREAMBLE.match(rest)
    if match is None:
        return False
    if match.group("lead"):
        return True
    verb = (match.group("verb") or "").lower()
    if verb not in BASE or (clause is None and rest[:1].islower() and not rest.startswith(verb)):
        return False
    after = rest[match.end("verb") :]
    if not after.strip(" .") or after[:1] in {"-", "'", "’", ":", "/"}:
        return False
    if NOUN_SOON.match(after) and not DETERMINED.match(after):
        return False
    return verb not in NOT_VERB or not NOUN_AFTER.match(after)
