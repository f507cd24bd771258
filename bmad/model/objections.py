"""Whether prose holds something grave against a change, by the words that reviewers grade and refuse with.

Most reviews that find nothing say so in these very words ("No critical issues", "P0: none"), or of what the code
does ("rejects an empty name"). What is denied is taken out before they are looked for, since each false alarm
costs a person a ruling; what is not clearly denied is heard.
"""

import re

from bmad.model.agents import Severity

_FLAGS = re.IGNORECASE | re.MULTILINE
_BLANK = r"[ \t*_]+"
_GRADE = (
    r"(?:p[012]|blockers?|critical|fatal|severe|majors?|minor|medium|low|sev-?[012]"
    r"|(?:high|error)(?:[ -](?:severity|priority|risk|impact))?)s?\b"
)
_GRADES = rf"{_GRADE}(?:(?:,? (?:and |or |nor |and/or )?(?:no )?|/|, ?){_GRADE})*"
_THING = r"(?:(?:security|severity) )?(?:issues?|findings?|problems?|bugs?|defects?|concerns?|items?)"
_ANY = r"(?:(?:a|an|any|other|new|further|remaining|single)[ ])*"
_NONE = (
    rf"(?:none|no|nil|0|n/a|nothing)\b(?: {_THING})?"
    r"(?: (?:were |was )?(?:found|identified|reported|detected|noted))?"
)
_NOT_MENDED = r"(?!(?: [\w-]+){0,3} (?:is|are|was|were|has|have)(?: been)? (?:fixed|addressed|resolved|settled))"
_END = rf"(?=[*_\" ]*(?:$|[;|)\]}}]|\.(?!\w)|, ?(?:and )?[\"*_]*(?:\d|no\b|{_GRADE})))"
_CHANGE = r"(?:change|patch|diff|pr|pull request|merge request|submission|implementation)s?"

_DENIED = (
    # `rejects()`, log.critical: what stands in code
    r"`[^`\n]*[(._=/][^`\n]*`|\b\w+\.(?:critical|fatal|severe|error|reject(?:ed|s)?)\b|\breject(?:ed|s)?\(",
    # the critical path, a major version
    r"\bcritical[ -](?:paths?(?! travers)|sections?|regions?)\b|\bmajor[ -](?:versions?|releases?)\b",
    # P0: none, | Critical | 0 |, a heading without anything below
    rf"\b{_GRADE}(?: {_THING})?(?:(?![.!?,;])[\W_]){{1,12}}{_NONE}{_END}",
    # no critical, high or P1 issues
    rf"\b(?:no|zero|without|nothing|neither|(?<![\d.,])0){_BLANK}{_ANY}{_GRADES}(?![*_]*[ ]?[:=]){_NOT_MENDED}",
    # not a blocker; I would not reject this
    rf"(?:\bnot|n['\u2019]t|\bno longer){_BLANK}{_ANY}(?:{_GRADES}|reject)",
    # could not find any critical
    rf"(?:\bnot|n['\u2019]t|\bnever)(?:[ ]\w+){{1,3}} any (?:\w+ )?{_GRADES}",
    # none of them is critical
    rf"\bnone (?:of (?:the |these |those )?\w+ )?(?:that )?(?:(?:is|are|was|were) )?{_GRADES}",
    # no reason to reject this
    r"\bno (?:reason|need|cause|ground)s? (?:\w+ )?to [^.;\n]*?(?=\bbut\b|[.;\n]|$)",
    r"\b(?:no|without)[ _-]changes[ _-](?:requested|required)\b|\bnot (?:to )?request[ _-]changes\b",
)
_DENIALS = [re.compile(words, _FLAGS) for words in _DENIED]

_SPOKEN = {
    Severity.P0: re.compile(r"\b(?:blockers?|critical|fatal|sev-?0|p0s?)\b", _FLAGS),
    Severity.P1: re.compile(
        r"\b(?:severe|major|sev-?1|p1s?)\b|\bseverity\W{1,8}(?:high|error)\b|\bhigh[ -]severity\b"
        # `high` and `error` as a label alone: [High], **Error**, - High: it …
        r"|[\[(*_](?:high|error)(?:[ -](?:priority|risk|impact))?[\])*_:]"
        r"|^[^\w\n]*(?:high|error)(?: ?[:\u2013\u2014]| +-+ )"
        r"|\brequest(?:s|ed|ing)?[ _-]changes\b|\bchanges[ _-](?:requested|required)\b"
        rf"|\breject(?:s|ed|ing)? (?:this|the (?:\w+ )?{_CHANGE})\b"
        r"|\bI(?:['\u2019]d| (?:would|must|have to|will|do|therefore))* reject\b"
        rf"|\b(?:this|the) (?:\w+ )?{_CHANGE} (?:\w+ ){{1,3}}rejected\b"
        r"|^[^\w\n]*reject(?:ed)?(?:[^\w\n]*$| ?[:.\u2013\u2014])|^[^\w\n]*not approved\b"
        r"|\b(?:verdict|decision|recommendation|conclusion|status|result|outcome)\W{1,6}(?:reject|not approved)"
        r"|(?<!that )(?<!which )\b(?:(?:do|must|should|could|will|would|can) ?not|\w+n['\u2019]t)"
        r" (?:yet |be )*(?:approved?|land(?:ed)?|merged?|ship(?:ped)?)\b"
        r"|\bnot (?:yet )?(?:mergeable|ready (?:to|for) (?:be )?(?:merg|land|ship))",
        _FLAGS,
    ),
}


def undenied(text: str) -> str:
    """A text without what it says that there is not."""
    for denial in _DENIALS:
        text = denial.sub(" ", text)
    return text


def spoken_of(text: str) -> frozenset[Severity]:
    """Which of P0 and P1 a text speaks of as what there is."""
    left = undenied(text)
    return frozenset(severity for severity, words in _SPOKEN.items() if words.search(left))
