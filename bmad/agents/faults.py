"""Which fault it is that an API or a coding agent reports, by code, status and words; pure.

One place for all backends. What is given here are an error's own words: text that a model wrote in its work may
speak of limits, too. The tables are ordered: the first that knows an error decides.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from bmad.model.agents import Fault

_NONE: Mapping[str, object] = MappingProxyType({})


class Told(NamedTuple):
    """An error as it was reported: HTTP status, type and code, words, headers, further keys of its body."""

    status: int | None = None
    kinds: tuple[str, ...] = ()
    words: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    more: Mapping[str, object] = _NONE


_PRECISE: Mapping[Fault, str] = {
    Fault.QUOTA: (
        "insufficient_quota credit_balance_exhausted organization_spend_limit_exceeded quota_exceeded "
        "project_spend_limit_exceeded organization_usage_limit_exceeded enforced_spend_limit_reached "
        "billing_hard_limit_reached "
        "billing_not_active billing_error payment_required insufficient_credits usage_limit_reached "
        "usage_limit_exceeded usage_not_included workspace_owner_credits_depleted"
    ),
    Fault.LOGIN: (
        "authentication_error authentication_failed invalid_api_key invalid_authentication token_expired "
        "token_invalidated token_revoked oauth_org_not_allowed account_deactivated"
    ),
    Fault.DECLINED: (
        "content_policy_violation content_filter refusal cyber_policy invalid_prompt safety moderation_blocked"
    ),
    Fault.OUTGROWN: (
        "context_length_exceeded request_too_large string_above_max_length context_window_exceeded "
        "exceed_context_size_error"
    ),
    Fault.UNFINISHED: "max_tokens_exceeded",
    Fault.MISCONFIGURED: (
        "model_not_found invalid_model unsupported_value unsupported_parameter unknown_parameter "
        "unsupported_country_region_territory model_not_supported"
    ),
    Fault.OVERLOAD: (
        "overloaded_error overloaded server_is_overloaded engine_overloaded api_error server_error internal_error "
        "internal_server_error service_unavailable service_unavailable_error timeout_error vector_store_timeout "
        "bad_gateway provider_unavailable"
    ),
}
_GENERAL: Mapping[Fault, str] = {
    Fault.RATE_LIMIT: (
        "rate_limit rate_limit_error rate_limit_exceeded tokens requests slow_down too_many_requests "
        "resource_exhausted input_tokens output_tokens"
    ),
    Fault.LOGIN: "permission_error permission_denied forbidden request_forbidden unauthorized unauthenticated",
    Fault.MISCONFIGURED: "not_found_error not_found invalid_request_error invalid_argument",
}

_QUOTA = (
    r"(?:usage|session|weekly|daily|monthly|5-hour|spend(?:ing)?|plan) limits?\b(?! (?:of|for) \d)",
    r"credit balance|(?:insufficient|out of|no|more|purchase) (?:extra )?(?:credits?|funds|quota)\b",
    r"quota exceeded|exhausted your (?:\w+ )?quota",
    r"exceeded your current quota|quota (?:will )?resets?|requests? per day|tokens per day|\b[RT]PD\b|PerDay",
    r"hit your (?:\w+ )?(?:usage )?limit|reached your (?:\w+ ){0,3}limit|limit reached\|\d",
    r"extra usage is required|billing hard limit|specified API usage",
)
_LOGIN = (
    r"not logged in|please (?:run )?/?log ?in\b|run /login|no api key",
    r"api key (?:is )?(?:not valid|invalid|missing)",
    r"(?:invalid|incorrect|missing|bad) (?:x-)?api[ -]?key|invalid bearer|invalid authentication",
    r"(?:oauth |access |refresh )?token (?:has |is )?(?:expired|revoked|invalid)|credentials? (?:expired|missing)",
    r"could not resolve authentication|auth(?:entication|orization)? (?:failed|required|method)|session expired",
)
_DECLINED = (
    r"violat\w+ (?:\w+ ){0,3}(?:usage )?polic|flagged (?:as|for|by)|safety (?:system|filter|reasons)",
    r"content (?:policy|filter|management)|unable to respond to this request",
)
_TOO_LONG = (
    r"prompt is too long|context (?:window|length|size)|maximum context|too many tokens|input (?:is )?too long",
    r"input token count",
)
_MISCONFIGURED = (
    r"model[^\n]{0,120}?(?:not exist|not found|not supported|not available|not have access|is invalid)",
    r"(?:unknown|unsupported|invalid|unexpected|unrecognized) (?:option|argument|model|parameter|value|flag|name)",
    r"no such model|country, region|try pulling it first",
)
_RATE = (r"rate.?limit|too many requests|resource has been exhausted|requests? per minute|tokens per min",)
_OVERLOAD = (
    r"overloaded|at capacity|high demand|internal (?:server )?error|server (?:had an )?error|service unavailable",
    r"bad gateway|gateway time|connection (?:error|refused|reset|closed|aborted|timed out|failed)|econn\w+",
    r"getaddrinfo|name (?:or service )?not known|fetch failed|network (?:error|is unreachable)|unable to connect",
    r"stream (?:disconnected|closed|error)|error sending request|request timed out|temporarily unavailable",
)
_SANDBOX = (r"\bbwrap:|codex-linux-sandbox|sandbox[- ](?:denied|error|init)|landlock",)


_WORDS: Mapping[Fault, tuple[str, ...]] = {
    Fault.QUOTA: _QUOTA,
    Fault.LOGIN: _LOGIN,
    Fault.DECLINED: _DECLINED,
    Fault.OUTGROWN: _TOO_LONG,
}
"""These say more than the status that they come with."""
_VAGUE_WORDS: Mapping[Fault, tuple[str, ...]] = {
    Fault.RATE_LIMIT: _RATE,
    Fault.MISCONFIGURED: _MISCONFIGURED,
    Fault.SANDBOX: _SANDBOX,
    Fault.OVERLOAD: _OVERLOAD,
}
_CLEAR = frozenset({401, 402, 429})
_SERVER = 500
_BY_STATUS: Mapping[int, Fault] = {
    400: Fault.MISCONFIGURED,
    401: Fault.LOGIN,
    402: Fault.QUOTA,
    403: Fault.LOGIN,
    404: Fault.MISCONFIGURED,
    405: Fault.MISCONFIGURED,
    407: Fault.ENVIRONMENT,
    408: Fault.OVERLOAD,
    409: Fault.OVERLOAD,
    413: Fault.OUTGROWN,
    422: Fault.MISCONFIGURED,
    429: Fault.RATE_LIMIT,
}
_WITH_TIME = frozenset({Fault.RATE_LIMIT, Fault.QUOTA, Fault.OVERLOAD})
_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_STATUS = r"(?:\bstatus(?: code)?|\berror(?: code)?|\bhttp(?:/[\d.]+)?)\W{0,3}([45]\d\d)\b"


def classify(told: Told, now: datetime) -> tuple[Fault | None, datetime | None]:
    """The fault, None where nothing says which, and when one may ask again, where that is told.

    `now` is aware of the time zone that times of day without one are in.
    """
    fault = which(told)
    if fault not in _WITH_TIME:
        return fault, None
    from bmad.agents import resets  # noqa: PLC0415 - most runs end before anybody has to wait

    return fault, resets.until(told.words, told.headers, told.more, now)


def which(told: Told) -> Fault | None:
    """The fault alone."""
    named = [*told.kinds, *_NAME.findall(told.words)]
    status = told.status or _status(told.words)
    return (
        _by_kind(_PRECISE, named)
        or _by_words(_WORDS, told.words)
        or _by_status(status if status in _CLEAR else None)
        or _by_words(_VAGUE_WORDS, told.words)
        or _by_kind(_GENERAL, named)
        or _by_status(status)
    )


def _by_kind(table: Mapping[Fault, str], named: Iterable[str]) -> Fault | None:
    found = {name.casefold() for name in named}
    return next((fault for fault, known in table.items() if not found.isdisjoint(known.split())), None)


def _by_words(table: Mapping[Fault, tuple[str, ...]], words: str) -> Fault | None:
    return next((fault for fault, known in table.items() if _read("|".join(known)).search(words)), None)


@cache
def _read(words: str) -> re.Pattern[str]:
    """Compiled when something went wrong, not with each start."""
    return re.compile(words, re.IGNORECASE)


def _by_status(status: int | None) -> Fault | None:
    if status is None:
        return None
    return Fault.OVERLOAD if status >= _SERVER else _BY_STATUS.get(status)


def _status(words: str) -> int | None:
    """The status that an error's words name, as in `API Error: 529` or `last status: 429`."""
    found = _read(_STATUS).search(words)
    return int(found[1]) if found else None
