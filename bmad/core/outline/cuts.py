"""Where a sentence may be cut, and what it costs: at the end of a clause, of a phrase, never within a list."""

# ruff: noqa: PLR2004  numbers of words and prices, each beside what it bounds

import re
from collections.abc import Iterator

from bmad.core.outline.grammar import WORD, opaque, parsed, unbracketed
from bmad.core.outline.modality import DETERMINED, NOT_VERB
from bmad.core.outline.phrases import MAX_TITLE
from bmad.core.outline.verbs import BASE, base_of_participle, is_third_person

HEAD = re.compile(r"[;：；]|:(?=\s|$)|\s[–—]\s|(?<![a-z]\.[a-z])(?<!etc)(?<!\bcf)(?<!\bvs)[.。!?](?=\s)")
BREAK = re.compile(
    r"(?P<comma>,\s+)"
    r"|\s(?:(?P<reason>because|since|so that|in order|although|while)|"
    r"(?P<when>until|when|whether|whenever|if|unless|before|after|once|as soon|only)|"
    r"(?P<relative>where|whose|which|that|who|whom)|"
    r"(?P<joined>and|or|but)\s(?:[a-z]+ly\s)?(?P<verb>[a-z]+)|"
    r"(?P<phrase>without|with|for|in|on|at|by|from|via|using|during|within|into|through|over|under|between|"
    r"across|beside|beyond|against|per|as|up to|down to|to))(?=\s)"
)
OPENS = re.compile(
    r"(?:(?:and|or|but|so)\s+)?(?:which|who|whose|where|when|while|since|because|so|but|never|not|with|without|"
    r"whatever|whoever|if|unless|until|including|e\.g|i\.e|as|then|for|in|by|even|only|also|from|at|on|through|"
    r"preferably|rather|such|after|before|during|always|nor|yet|the same|over|under|below|above|within|up|down|"
    r"into|to|more|less|[a-z]+(?:ed|ing))\b"
)
ITEM = re.compile(r"[^,;:]{1,40}?(?=,\s|\s(?:and|or)\s)")
PRICE = {"reason": 0.5, "when": 1.5, "relative": 3.0, "joined": 1.5, "phrase": 1.0}
LAST = re.compile(r"(?:and|or)\s+(?P<rest>[^,;:.]{1,120})")
NEEDS = frozenset(
    {"that", "which", "who", "not", "less", "more", "rather", "such", "so", "same", "other", "least"}
)
UNCUT = 1.5


def size(text: str) -> int:
    return len(text) - text.count("`")


def parts(rest: str, *, bracketed: bool = True) -> Iterator[tuple[str, float]]:
    """The whole of `rest`, and what stands before each place where it may be cut, with the price of the cut."""
    rest = rest.strip()
    seen = opaque(rest[:300])
    ends = seen
    if head := HEAD.search(seen):
        ends = seen[: head.start()]
        if size(rest) <= MAX_TITLE:
            yield rest, 0.5 - UNCUT
        rest = rest[: head.start()]
    yield rest, -UNCUT
    bare = unbracketed(rest) if bracketed else rest
    if bare != rest:
        yield from ((part, price + 0.2) for part, price in parts(bare, bracketed=False))
        return
    listed = 0
    for match in BREAK.finditer(ends):
        kind = match.lastgroup or ""
        kind = "joined" if kind == "verb" else kind
        if kind == "comma":
            listed = listed if " and " not in ends[listed : match.start()] else 0
            price = comma(ends, match, listed=listed > 0)
            listed = match.end() if price is None else 0
        else:
            price = 1.0 if match.group().strip() == "where" else PRICE[kind]
        if price is not None and allowed(kind, match, ends):
            yield rest[: match.start()], price
            if kind == "comma" and clausal(ends, match.end()) and len(rest[: match.start()].split()) > 2:
                return


def allowed(kind: str, match: re.Match[str], seen: str) -> bool:
    """Whether what stands before is whole without what follows."""
    words = seen[: match.start()].split()
    before = words[-1].lower() if words else ""
    if not before or before in NEEDS or before.rstrip(".") in {"e.g", "i.e"}:
        return False
    after = seen[match.end() :].split(maxsplit=1)
    follows = after[0].lower().strip(",.") if after else ""
    word = match.group().strip()
    match kind:
        case "phrase":
            if word == "to" and "from" in words[-4:]:
                return False
            return follows not in {before, "least", "most"} and (
                word in {"within", "during"} or not _verbal(words)
            )
        case "relative":
            return not (word == "that" and _verbal(words))
        case "when":
            return not (word == "whether" and _verbal(words)) and (len(words) < 2 or words[-2] != "or")
        case "joined":
            return _is_verb(match.group("verb"), seen, match.end())
        case _:
            return True


def _verbal(words: list[str]) -> bool:
    """Whether the last word is the verb that what follows belongs to."""
    word = words[-1].lower()
    opening = len(words) == 1 or words[-2].lower() in {
        "to",
        "and",
        "or",
        "must",
        "shall",
        "may",
        "can",
        "will",
        "not",
    }
    known = word in BASE or is_third_person(word)
    return (opening and known) or (word.endswith("ed") and base_of_participle(word) is not None)


def _is_verb(word: str, seen: str, end: int) -> bool:
    if word.endswith("s") and is_third_person(word):
        return DETERMINED.match(seen, end) is not None
    return word in BASE and (word not in NOT_VERB or DETERMINED.match(seen, end) is not None)


def clausal(seen: str, place: int) -> bool:
    """Whether a clause with a subject of its own begins here."""
    last = LAST.match(seen, place)
    if last is None:
        return False
    rest = last.group("rest")
    word = rest.split(maxsplit=1)[0]
    if _is_verb(word, rest, len(word)):
        return False
    found = parsed(rest)
    return found is not None and bool(found.subject)


def comma(seen: str, match: re.Match[str], *, listed: bool) -> float | None:
    """The price of a cut at a comma; None where it stands in a list, as `listed` says of the one before."""
    end = match.end()
    if OPENS.match(seen, end):
        return 0.0
    if last := LAST.match(seen, end):
        if listed:
            return None
        word = last.group("rest").split()[0].lower()
        if clausal(seen, end):
            return 0.0
        verb = _is_verb(word, seen, end + last.start("rest") - last.start() + len(word)) or is_third_person(word)
        return 1.0 if verb else None
    word = WORD.match(seen, end)
    if word and _is_verb(word.group(), seen, word.end()):
        return 1.0
    item = ITEM.match(seen, end)
    if item and len(item.group().split()) <= 4:
        return None
    return 1.0 if item else 0.5
