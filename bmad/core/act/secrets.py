"""The check for what looks like a secret in the lines that a change adds: where it stands, and never what it says.

The detectors are those of detect-secrets that know a secret by its form, and a value behind a telling name outside
of tests and documents. None asks a network whether what it found is good.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from bmad.core.act.checks import SECRETS, Check
from bmad.core.evidence.testfiles import is_of_tests
from bmad.core.gate.words import printable

_BY_FORM = (
    "AWSKeyDetector",
    "ArtifactoryDetector",
    "AzureStorageKeyDetector",
    "CloudantDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "IbmCloudIamDetector",
    "IbmCosHmacDetector",
    "JwtTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SoftlayerDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
_BY_NAME = ("BasicAuthDetector", "KeywordDetector")
_FILTERS = (
    "is_sequential_string",
    "is_potential_uuid",
    "is_templated_secret",
    "is_indirect_reference",
    "is_prefixed_with_dollar_sign",
    "is_not_alphanumeric_string",
)
_MAYBE = re.compile(
    r"(?=[\w+/=-]*\d)[\w+/=-]{16,}|passw|pwd|secret|token|api.?key|credential|-----BEGIN|://[^\s/:]+:[^\s/@]+@",
    re.IGNORECASE,
)
"""What a line has to hold that is looked at more closely, which most do not."""
_PLACEHOLDER = re.compile(
    r"example|change.?me|dummy|placeholder|redacted|your[-_ ]|xxx|<.*>|^(.)\1*$", re.IGNORECASE
)
_SHORTEST = 8
"""Characters of a value behind a telling name that may be a secret."""
_DOCUMENTS = frozenset({".md", ".rst", ".txt", ".adoc"})
_LONGEST = 2000
_MOST_LINES = 20_000
_MOST = 10


class Found(NamedTuple):
    """A place, and what kind of secret it looks like."""

    path: str
    line: int
    kind: str


def found(added: Mapping[str, Mapping[int, str]]) -> list[Found]:
    """Where the lines that a change adds (path -> number -> text) look like secrets, each place once."""
    lines = [(path, number, text) for path, each in added.items() for number, text in each.items()]
    maybe = [(path, number, text[:_LONGEST]) for path, number, text in lines if _MAYBE.search(text[:_LONGEST])]
    kept: dict[tuple[str, int], Found] = {}
    for names, looked in ((_BY_FORM, maybe), (_BY_NAME, [one for one in maybe if not _only_speaks(one[0])])):
        for one in _scanned(names, looked[:_MOST_LINES]):
            kept.setdefault((one.path, one.line), one)
    return sorted(kept.values())


def _only_speaks(path: str) -> bool:
    return is_of_tests(path) or PurePosixPath(path).suffix.lower() in _DOCUMENTS


def _scanned(names: Iterable[str], lines: Iterable[tuple[str, int, str]]) -> Iterator[Found]:
    every = list(lines)
    if not every:
        return
    from detect_secrets.core.scan import scan_line  # noqa: PLC0415 - 0.6 s
    from detect_secrets.settings import transient_settings  # noqa: PLC0415

    filters = [{"path": f"detect_secrets.filters.heuristic.{name}"} for name in _FILTERS]
    with transient_settings({"plugins_used": [{"name": name} for name in names], "filters_used": filters}):
        for path, number, text in every:
            for one in scan_line(text):
                if one.type not in _NAMED or _may_be_one(one.secret_value or ""):
                    yield Found(path, number, str(one.type))


_NAMED = ("Secret Keyword", "Basic Auth Credentials")


def _may_be_one(value: str) -> bool:
    return len(value) >= _SHORTEST and _PLACEHOLDER.search(value) is None


def no_secrets(places: Iterable[Found], said: Iterable[str]) -> Check:
    """The check; `said` are words of people, who may name a file whose value is no secret."""
    told = list(said)
    left = [one for one in places if not any(_names(one.path, words) for words in told)]
    if not left:
        return Check(SECRETS, ok=True, sentence="No line that is added looks like a secret.")
    named = ", ".join(f"{printable(one.path)}:{one.line} ({one.kind})" for one in left[:_MOST])
    more = f" and {len(left) - _MOST} more" if len(left) > _MOST else ""
    return Check(SECRETS, ok=False, sentence=f"What looks like a secret stands in {named}{more}. {_WAY}")


def _names(path: str, words: str) -> bool:
    return re.search(rf"(?<![\w/.]){re.escape(path)}(?![\w/])", words) is not None


_WAY = (
    "Take it out, and out of the branch's history, and read it from the environment; one that was pushed is to be "
    "revoked. Where it is none, a person names the file: bmad act STORY --again --why WORDS."
)
