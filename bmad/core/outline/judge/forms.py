"""What the form of a block alone says: that it is a link, a record, a remark on key words, or still open."""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

import re
from collections.abc import Iterable, Iterator

from bmad.core.outline.judge import reasons
from bmad.core.outline.read.block import Block, Kind
from bmad.core.outline.read.fields import is_criterion, label
from bmad.core.outline.read.inline import mask
from bmad.core.outline.words.language import Column, Rank, Role
from bmad.core.outline.words.lexicon import Lexicon, Says, columns, folded, nothings, ranks, records, spaceless

_OPEN = re.compile(
    r".{0,120}(?:(?:\bTBD\b|\bTBC\b|\bTODO\b(?!-\d)|\bFIXME\b|[Tt]o be (?:determined|decided|defined)).{0,60}|"
    r"(?:(?<![为為成是至到“\"「|])|(?<=[(（]))(?<!\| )(?:待定|待确认|待確認|未定)\s*[)）\]。.；;]*)",
    re.DOTALL,
)
OPEN_WORDS = ("TBD", "TBC", "TODO", "FIXME", "o be d", "待定", "待确认", "待確認", "未定")
"""One of these stands in all that is open: looked for first, since few blocks are."""
_CLARIFY = re.compile(r"\[NEEDS CLARIFICATION[^\]]*\]", re.IGNORECASE)
_LINK = re.compile(r"!?\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?[\s,;.|·•-]*|<?https?://\S+>?")
_LINK_STARTS = frozenset({"", "!", "[", "<", "h"})
"""How a text begins that is nothing but links, or nothing at all."""
_KEY_WORDS = re.compile(
    r"RFC[ -]?(?:2119|8174)|BCP[ -]?14|key ?words?\b.{0,80}\b(?:MUST|SHALL)|"
    r"(?:关键词|關鍵詞|关键字).{0,80}(?:MUST|SHALL|[“「『\"](?:必须|必須))",
    re.DOTALL,
)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LAYOUT = re.compile(
    r"\.\. [\w-]+::.*|\.\. (?:_|\[)\S.*|(?:__ \S+\s*)+|_\S+:|(?:<[^<>]+>\s*)+|.{1,90} ([=~^'\"#*+.`-])\1{3,}"
)
_LANGUAGES = frozenset({"json", "xml", "yaml", "toml", "sql", "bash", "shell", "http", "python", "javascript"})
"""What stands alone above an example of it."""
_PAGE = re.compile(r"(?:\{%.{0,300}?%\}|\{:[^{}]{0,300}\}|\s)+")
"""What the program reads that makes a page of the text: `{: .small }`, `{% include … %}`."""
_DATA = re.compile(r"\\?[\[{]\s*\\?[{\[\"'].{0,60}?[\"']\s*:")
"""How data begins that stands without a fence."""
_NAME = r"[A-Z][A-Za-z]{0,9}(?:[-_.][A-Z]{1,8}){0,2}[-_.]?\d[\w.-]*"
_REFERS = re.compile(
    r"\W*(?:serves|affects|covers|implements|traces to|betrifft|erfüllt|erfuellt|deckt ab|bezug|concerne|afecta)"
    rf"\W{{1,6}}{_NAME}(?:\W+(?:(?:and|und|et|y)\s+)?{_NAME})*\W*"
    r"|(?:[^\W\d]+\W{1,3})?(?:requirements?|features?|stories|anforderung(?:en)?|exigences?|requisit[oi]s?|wymagani[ae]|"
    r"требовани[яе]) \d+(?:(?:,| and| und|, and| et| y| e| i| и)\s*\d+)*\.?",
    re.IGNORECASE,
)
"""A line that names what it belongs to, or what is planned, by ids or numbers alone."""
_ID_KEY = re.compile(r"\W*[A-Z]{1,8}[-_.](?:[xX]{1,4}|[nN]{2,4}|#{1,4}|\*)(?!\w)[`*\s:–—-]+\S.{0,80}", re.DOTALL)
"""A line that says what a kind of id stands for."""
_NONE = re.compile(
    r"(?:none|nothing) (?:presently|yet|currently|known|identified|detected|found|planned|open|outstanding|so far|"
    r"for now|at present|at this time|at the moment)|nothing (?:(?!must|may|can|should)[a-z ]){1,30} yet\b.{0,24}"
)
"""There is nothing, up to now ("none presently")."""
_FILE = re.compile(r"`?[\w./@-]+\.\w{1,5}`?")
_SYSTEM = re.compile(
    r"[*_]*(?:(?:the|this|our|das|die|der|unser|unsere|dieses|diese|le|la|ce|cette|notre|el|este|esta|o|a|esse|essa|il|lo)"
    r" |l['’])?(?:\w+ )?(?:system|software|app|application|product|tool|platform|website|service|anwendung|"
    r"applikation|"
    r"produkt|plattform|système|logiciel|produit|plateforme|outil|sistema|aplicación|producto|plataforma|herramienta|"
    r"aplicativo|aplicação|produto|ferramenta|applicazione|prodotto|система|приложение|программа|сервис|продукт)\b"
    r"|(?:本|该|該|この|当)?(?:系统|系統|软件|平台|应用|产品|システム|アプリ|アプリケーション|サービス|製品)",
    re.IGNORECASE,
)
"""How a sentence begins that is about the product as a whole."""
PRESENT = re.compile(
    r"[*_]*(?:(?:members|membros|miembros|membres) )?"
    r"(?:present|attendees|attending|participants|anwesend|teilnehmer|présents|participants|asistentes|presentes"
    r"|participantes|присутствовали|участники|参加者|出席者|参会人员?|presenti|aanwezig|참석자)[*_]*\s*[:：]",
    re.IGNORECASE,
)
"""How a line begins that tells who was there."""
_VERSION = re.compile(
    r"[*_]*(?:(?:document|dokument|this) )?(?:version|ver\.|rev(?:ision|\.)?|release|stand|fassung|versión|versão|"
    r"versione|wersja|версия|редакция|版本|バージョン|버전)\s*[:：]?\s*v?\d[\w.]{0,12}[*_]*(?:\s*(?:[,;|(（/–—-]|vom|du|del|от)(?!.*\.\s*$)"
    r".{0,80})?",
    re.IGNORECASE,
)
"""A line that says of what state the document is: `Version 1.2, 3 May, Ann`."""
FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,40}\]:")


NAMED_LINK = re.compile(r"[^:：]{2,60}[:：]\s*<?https?://\S+>?")
"""A line that only says what an address leads to."""
EXAMPLE = re.compile(
    r"[(（*_\s]*(?:(?:e\.? ?g\.?|ex|z\. ?B|bsp|p\. ?ex|p\. ?ej|np|예|例)[).:：,]|(?:for example|for instance|"
    r"zum beispiel|par exemple|por ejemplo|por exemplo|ad esempio|na przykład|например|例如|예를 들어)\b"
    r"|(?:(?:some |a few |einige |quelques |algunos |alguns )?(?:examples?|beispiele?|exemples?|"
    r"ejemplos?|exemplos?|esempi[oi]?|пример(?:ы)?)\b[^:：.]{0,30}[:：]))",
    re.IGNORECASE,
)
"""How an item begins that only shows what the one above it means."""
EVERY = re.compile(
    r"[*_\W]*(?:all|every|each|any|no|alle|jede[rs]?|keine?|tou(?:s|tes)|chaque|aucune?|tod[oa]s|cada|ning[uú]n[oa]?|"
    r"nenhuma?|все|кажд(?:ый|ая|ое)|ни один)\b",
    re.IGNORECASE,
)
"""How a rule begins that is written as what was so: `All steps were declared`."""
ELSEWHERE = re.compile(r"\[(?:here|hier|ici|aquí|aqui|qui|tutaj|здесь|こちら|这里|這裡|여기)\]\(", re.IGNORECASE)
"""A link that says no more than that something stands there."""
ANSWERED = re.compile(
    r"(?:→|->|=>|—|–)\s*[*_]{0,2}(?:a|answer|antwort|réponse|respuesta|resposta|ответ|答|回答)[*_]{0,2}\s*[:：]",
    re.IGNORECASE,
)
"""What parts a question from the answer to it."""
DISCARDS = re.compile(
    r"\b(?:is|are|was|were) rejected because\b|\b(?:wird|werden|wurde|wurden) verworfen\b|\best écartée?\b|"
    r"\bse descarta\b",
    re.IGNORECASE,
)
"""How a decision tells what it is not for."""
WEIGHS = re.compile(
    r"(?:good|bad|neutral|pro|con|gut|schlecht|bien|mal|bon|mauvais|neutre|bom|ruim|хорошо|плохо)\W{1,4}"
    r"(?:because|since|as|weil|da|car|parce que|puisque|porque|ya que|потому что|так как)\b",
    re.IGNORECASE,
)
"""How an item begins that weighs an option in a record of a decision: `Bad, because …`."""
_BECAUSE = re.compile(
    r"(?:\b(?:because|weil|denn|parce que|car|porque|perché|ponieważ|потому что)|因为)[ :：*_]*$"
)
_RUNS = re.compile(r"(?P<word>[^\W\d]+)|\d+|\W")
_COLON = re.compile("[:：]")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W_]")
_NAMING = 32
"""So many letters only name a thing; one of a script without spaces counts as two."""
_ANSWERS = re.compile(
    r"(?:responsible(?: person| team)?|owner|owned by|assignee|assigned to|reviewer|approver|approved by|"
    r"validated by|point of contact|contact person|verantwortlich(?:e[rn]?)?|zuständig(?:e[rn]?)?|"
    r"ansprechpartner(?:in)?|prüfer(?:in)?|freigabe durch|responsables?|validateur|validé par|valideur|"
    r"approbateur|encargad[oa]|aprobado por|revisado por|responsáve(?:l|is)|aprovado por|ответственн\w+|"
    r"исполнител\w+|согласовано|負責人|负责人|责任人|审核人|评审人|担当者?|責任者|承認者)"
    r"(?: (?:(?:de |de la |da )?valida(?:tion|ción|ção)|recette|technique|métier|freigabe|abnahme|técnico))?"
)
"""What a line is called that names who answers for something."""
_NAMES = 4
_BESIDE = 3
"""Words that may stand beside the name of a heading."""

_MARK = re.compile(
    r"^[\[(（【](?P<first>[^()\[\]（）【】]{2,24})[\])）】]\s*\S|[\[(（【](?P<last>[^()\[\]（）【】]{2,24})[\])）】]\s*[.。]?$"
)
_LEVEL = re.compile(r"p[0-4]")
_BOLD_WORD = re.compile(
    r"(?:(?<=[.:：。—–-])|(?<=[.:：。—–-] )|(?<=\*\* ))(?:\*\*|__)(?P<word>[^*_]{2,24}?)(?:\*\*|__)"
)
"""A word in bold behind the end of a label or a sentence."""
_OPENERS, _CLOSERS = frozenset("[(（【"), frozenset("])）】")
_NO_MARKS = frozenset(
    {"yes", "no", "in", "out", "x", "none", "never", "med", "want", "minor", "normal", "mvp", "may", "can"}
)


def mark(text: str) -> Rank | None:
    """The priority in brackets at the beginning or the end of an item: `(optional)`, `[P2]`."""
    end = text.rstrip(" .。")[-1:]
    if end not in _CLOSERS and text[:1] not in _OPENERS:
        return None
    found = _MARK.search(text)
    name = folded(found.group("first") or found.group("last")).strip(" *`.:").replace("-", " ") if found else ""
    if len(name) < 2 or name.isdigit() or name in _NO_MARKS:
        return None
    first = name.split(maxsplit=1)[0] if name else ""
    known = ranks().whole.get(name) or (ranks().whole.get(first) if _LEVEL.fullmatch(first) else None)
    optional = len(first) > len("optio") and ranks().whole.get(first) == Rank.COULD
    return known or (Rank.COULD if optional else None)


def is_dropped(text: str) -> bool:
    """Whether a word in bold says that its author gave up what was asked for: `**Sort.** **Cancelled**`."""
    words = (folded(match["word"]).strip(" .:：") for match in _BOLD_WORD.finditer(text))
    return any(ranks().whole.get(word) == Rank.WONT and (len(word) > 5 or spaceless(word)) for word in words)


def void(block: Block, *, contents: bool) -> str:
    """Why a block asks for nothing by its form; empty where it may."""
    text = block.text
    bare = folded(text).strip(" .*_。")
    if block.kind == Kind.CODE or _is_data(block, bare):
        return reasons.CODE
    if bare in nothings() or _NONE.fullmatch(bare) or not _LETTER.search(bare):
        return reasons.NOTHING
    if block.ticked:
        return reasons.DONE
    if block.kind != Kind.ROW and ((_DIGIT.search(text) and _REFERS.fullmatch(text)) or _ID_KEY.fullmatch(text)):
        return reasons.ABOUT
    if len(text) < 1500 and _may_name_key_words(text) and _KEY_WORDS.search(text) and _defines(text):
        return reasons.KEY_WORDS
    if _LAYOUT.fullmatch(text) or (
        block.kind == Kind.ROW and any(_PICTURE.fullmatch(cell) for cell in block.cells)
    ):
        return reasons.LINKS
    if block.kind != Kind.ROW and _only_links(text):
        return reasons.CONTENTS if contents else reasons.LINKS
    return ""


_REQUIREMENTS = ("requirement", "anforderung", "exigence", "requisito", "requerimiento")
SPEAKS_OF_REQUIREMENTS = re.compile(rf"{'|'.join(_REQUIREMENTS)}|требовани|要件|需求", re.IGNORECASE)


def may_speak_of_requirements(text: str) -> bool:
    """Whether what that pattern finds may stand in a text; a long one without is known by it in no time."""
    lowered = text.lower()
    return not text.isascii() or any(word in lowered for word in _REQUIREMENTS)


def is_meta(text: str, known: Lexicon) -> bool:
    """Whether a sentence says no more than how requirements are named, written and kept."""
    return known.meta is not None and known.meta.fullmatch(folded(text).strip(" .*_。")) is not None


def names_again(text: str, first: str) -> bool:
    """Whether a text behind a known id says no more than the first did: a few words, or most of its words."""
    bare = folded(text)
    weight = sum(2 if spaceless(sign) else 1 for sign in bare)
    parts = {bare[at : at + 3] for at in range(len(bare) - 2)}
    whole = folded(first)
    return weight <= _NAMING or 2 * sum(part in whole for part in parts) >= len(parts)


def _may_name_key_words(text: str) -> bool:
    """Whether a text has a part of what speaks of key words: looked for first, since few blocks do."""
    return "key" in text or "RFC" in text or "BCP" in text or not text.isascii()


def _is_data(block: Block, bare: str) -> bool:
    """Whether a paragraph is data that no fence holds, or the name of its language."""
    if block.kind == Kind.ROW:
        return False
    data = block.text[:1] in "{[\\" and (_DATA.match(block.text) or _PAGE.fullmatch(block.text))
    return (block.kind == Kind.SENTENCE and bare in _LANGUAGES) or bool(data)


def is_version(text: str) -> bool:
    """Whether a line says no more than of what state the document is."""
    return len(text) <= 120 and _DIGIT.search(text, 0, 40) is not None and _VERSION.fullmatch(text) is not None


def record(block: Block) -> tuple[str, str]:
    """The name and the value of a line like `Status: Draft`, both bare; empty where it is none."""
    name, value = block.label, block.text.rpartition("**")[2]
    if not name and block.kind != Kind.ROW and (colon := _COLON.search(block.text, 0, 40)):
        name, value = block.text[: colon.start()], block.text[colon.end() :]
    if len(name.split()) > 4:
        return "", ""
    return folded(name).strip(" *_:："), value.strip(" :：*_`")


def meaning(name: str) -> Column | None:
    """Whether the name of a record is that of a priority or of dependencies."""
    found = columns().whole.get(name)
    return found if found in {Column.PRIORITY, Column.DEPENDS} else None


def is_label(block: Block) -> bool:
    """Whether a sentence is only a short label in bold, as a heading is."""
    return (
        bool(block.label)
        and len(block.label.split()) <= 3
        and len(block.text.strip("*_ :：.。")) <= len(block.label)
    )


def is_bare_name(block: Block) -> bool:
    """Whether a line is no more than a name: `Response:`."""
    bare = block.text.strip("*_ :：.")
    return len(bare.split()) <= 2 and len(bare) <= (12 if spaceless(bare) else 24)


def is_record(name: str) -> bool:
    """Whether a name is one of those that a document uses to tell about itself."""
    return records().find(name) is not None


def _names_person(name: str, value: str) -> bool:
    """Whether a line says no more than who answers for something: `Responsible: Ann`."""
    return _ANSWERS.fullmatch(name) is not None and 0 < len(value.split()) <= _NAMES


def is_person(block: Block, beside: Iterable[Block]) -> bool:
    """Whether a line names who answers for what stands beside it, and is no field among other fields."""
    if block.kind == Kind.ROW or not _names_person(*record(block)):
        return False
    others = [bool(name) for name, value in map(record, beside) if not _names_person(name, value)]
    return 2 * sum(others) <= len(others)


def is_of_system(text: str, lexicon: Lexicon) -> bool:
    """Whether a sentence says what the product must do; what a `system administrator` must is somebody else's."""
    found = _SYSTEM.match(text)
    if found is None or spaceless(folded(found[0])):
        return found is not None
    rest = folded(text[found.end() :]).lstrip(" *_")
    return any(
        rest.startswith(word)
        for word, says in lexicon.words.items()
        if says & (Says.MUST | Says.SHOULD | Says.WILL)
    )


def accepts(block: Block, role: Role) -> bool:
    """Whether a block is what something is accepted by: its heading says so, or the name of its field."""
    named = block.kind == Kind.ITEM and not block.children and is_criterion(label(block.text))
    return role in {Role.CRITERIA, Role.EDGE} or named


def is_name(block: Block) -> bool:
    """Whether an item is only a link or a file."""
    text = block.text.strip()
    return _only_links(text) or _FILE.fullmatch(text) is not None


def _only_links(text: str) -> bool:
    """Whether nothing but links and addresses stands in a text."""
    return text.lstrip()[:1] in _LINK_STARTS and not _LINK.sub("", text).strip()


def is_open(text: str, words: Iterable[str]) -> bool:
    """Whether a block only says that something is open; `words` are the `OPEN_WORDS` of its document."""
    marker = _CLARIFY.search(text) if "[" in text else None
    if marker:
        return len(text) - (marker.end() - marker.start()) < 12
    known = len(text) < 200 and any(word in text for word in words)
    return known and _OPEN.fullmatch(mask(text)) is not None


def reasons_follow(block: Block) -> bool:
    """Whether what a line leads into are the reasons for it."""
    return _BECAUSE.search(folded(block.text[-30:])) is not None


def only_names(block: Block, titles: frozenset[str]) -> bool:
    """Whether a block names a heading and says no more than three words and numbers beside it."""
    bare = folded(block.text).replace("*", "").replace("_", " ").strip(" .:;,")
    if bare in titles:
        return True
    runs = list(_RUNS.finditer(bare)) if _DIGIT.search(bare) else []
    ends = list(_few_words(reversed(runs)))
    return any(
        bare[first.start() : last.end()] in titles
        for first, before in _few_words(runs)
        for last, after in ends
        if before + after <= _BESIDE
    )


def _few_words(runs: Iterable[re.Match[str]]) -> Iterator[tuple[re.Match[str], int]]:
    """The first runs of a text that are no blank, as long as few words stand before them, and how many do."""
    words = 0
    for run in runs:
        if words > _BESIDE:
            return
        if run[0] != " ":
            yield run, words
        words += run.lastgroup is not None


def _defines(text: str) -> bool:
    """Whether a sentence that speaks of key words says how they are to be read."""
    bare = text.replace("*", "")
    return bare.count('"') + bare.count("“") + bare.count("`") + bare.count("「") > 3 or "RFC" in bare
