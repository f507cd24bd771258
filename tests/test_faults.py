"""Errors as providers and coding agents report them: which fault it is, and when one may ask again."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bmad.agents.faults import Told, classify
from bmad.model.agents import Fault
from tests.serving import faults
from tests.serving.script import Fail

NOW = datetime(2026, 9, 30, 14, 10, tzinfo=ZoneInfo("Europe/Vienna"))


def at(text: str, zone: str = "Europe/Vienna") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def told(fail: Fail) -> Told:
    kinds = tuple(kind for kind in (fail.kind, fail.code) if kind)
    return Told(fail.status, kinds, fail.message, fail.headers, fail.more)


FAULTS = {
    "bad-request": Fault.MISCONFIGURED,
    "too-long": Fault.OUTGROWN,
    "credit": Fault.QUOTA,
    "login": Fault.LOGIN,
    "no-model": Fault.MISCONFIGURED,
    "rate-limit": Fault.RATE_LIMIT,
    "quota": Fault.QUOTA,
    "server": Fault.OVERLOAD,
    "overload": Fault.OVERLOAD,
    "midway": Fault.OVERLOAD,
}


@pytest.mark.parametrize(("name", "fault"), FAULTS.items())
def test_what_the_providers_send(name: str, fault: Fault) -> None:
    assert classify(told(faults.ANTHROPIC[name]), NOW)[0] is fault
    assert classify(told(faults.OPENAI[name]), NOW)[0] is fault


def test_a_key_that_does_not_hold_for_it_and_a_country_that_is_not_served() -> None:
    assert classify(told(faults.ANTHROPIC["forbidden"]), NOW)[0] is Fault.LOGIN
    assert classify(told(faults.OPENAI["forbidden"]), NOW)[0] is Fault.MISCONFIGURED


WORDS = [
    ("Claude AI usage limit reached|1790773200", Fault.QUOTA, datetime.fromtimestamp(1790773200, UTC)),
    ("Claude usage limit reached. Your limit will reset at 5pm.", Fault.QUOTA, at("2026-09-30 17:00")),
    ("You've hit your limit · resets 1:30am (Asia/Dhaka)", Fault.QUOTA, at("2026-10-01 01:30", "Asia/Dhaka")),
    ("You\u2019ve hit your session limit · resets 11:30pm (Asia/Tokyo)",
     Fault.QUOTA, at("2026-09-30 23:30", "Asia/Tokyo")),
    ("Claude usage limit reached. Your limit will reset at Oct 6, 10am.", Fault.QUOTA, at("2026-10-06 10:00")),
    ("5-hour limit reached ∙ resets 3pm", Fault.QUOTA, at("2026-09-30 15:00")),
    ("You've hit your weekly limit · resets Jan 3 at 9am (UTC)", Fault.QUOTA, at("2027-01-03 09:00", "UTC")),
    ("Your limit will reset at 1pm (Etc/GMT+5).", None, None),
    (("You've hit your usage limit. Upgrade to Pro (https://openai.com/chatgpt/pricing) "
     "or try again in 5 days 22 hours 11 minutes."),
     Fault.QUOTA, NOW + timedelta(days=5, hours=22, minutes=11)),
    (("You've hit your usage limit. Visit https://chatgpt.com/codex/settings/usage "
     "to purchase more credits or try again at 10:23 PM."),
     Fault.QUOTA, at("2026-09-30 22:23")),
    (("You've hit your usage limit. Upgrade to Plus to continue using Codex, "
     "or try again at Oct 3rd, 2026 8:19 PM."),
     Fault.QUOTA, at("2026-10-03 20:19")),
    ("You've hit your usage limit, or wait for limits to reset (every 5h and every week.).", Fault.QUOTA, None),
    ("You've hit your usage limit. Try again in less than a minute.", Fault.QUOTA, NOW + timedelta(minutes=1)),
    ("You have reached your specified API usage limits. You will regain access on 2026-11-01 at 00:00 UTC.",
     Fault.QUOTA, at("2026-11-01 00:00", "UTC")),
    ("You have exhausted your capacity on this model. Your quota will reset after 18h28m22s.",
     Fault.QUOTA, NOW + timedelta(hours=18, minutes=28, seconds=22)),
    ("Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000. Please try again in 1.256s.",
     Fault.RATE_LIMIT, NOW + timedelta(seconds=1.256)),
    ("Rate limit reached on requests per day (RPD): Limit 200. Please try again in 7m12s.",
     Fault.QUOTA, NOW + timedelta(minutes=7, seconds=12)),
    ('429 {"error":{"status":"RESOURCE_EXHAUSTED","message":"Resource has been exhausted","retryDelay":"37s"}}',
     Fault.RATE_LIMIT, NOW + timedelta(seconds=37)),
    ("exceeded retry limit, last status: 429 Too Many Requests", Fault.RATE_LIMIT, None),
    ("unexpected status 401 Unauthorized: Missing bearer or basic authentication in header", Fault.LOGIN, None),
    ("Invalid API key · Please run /login", Fault.LOGIN, None),
    ("Not logged in · Please run /login", Fault.LOGIN, None),
    ('API Error: 401 {"type":"error","error":{"type":"authentication_error","message":"OAuth token has expired"}}',
     Fault.LOGIN, None),
    ('API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
     Fault.OVERLOAD, None),
    ("API Error: Connection error.", Fault.OVERLOAD, None),
    ("stream disconnected before completion: error sending request for url", Fault.OVERLOAD, None),
    ("Your input exceeds the context window of this model.", Fault.OUTGROWN, None),
    ("the request exceeds the available context size, try increasing it", Fault.OUTGROWN, None),
    ("The input token count (40000) exceeds the maximum number of tokens allowed (32768).", Fault.OUTGROWN, None),
    ("This model's maximum context length is 8192 tokens. You requested 9000.", Fault.OUTGROWN, None),
    ("There's an issue with the selected model (x). It may not exist or you may not have access to it.",
     Fault.MISCONFIGURED, None),
    ("model 'llama9' not found, try pulling it first", Fault.MISCONFIGURED, None),
    ("API Error: Claude Code is unable to respond to this request, which appears to violate our Usage Policy",
     Fault.DECLINED, None),
    ("bwrap: setting up uid map: Permission denied", Fault.SANDBOX, None),
    ("Something else went wrong.", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("words", "fault", "until"), WORDS, ids=[row[0][:50] for row in WORDS])
def test_what_coding_agents_print(words: str, fault: Fault | None, until: datetime | None) -> None:
    assert classify(Told(words=words), NOW) == (fault, until)


HEADERS: list[tuple[dict[str, str], datetime | None]] = [
    ({"Retry-After": "120"}, NOW + timedelta(minutes=2)),
    ({"retry-after-ms": "1500"}, NOW + timedelta(seconds=1.5)),
    ({"retry-after": "Wed, 30 Sep 2026 12:30:00 GMT"}, at("2026-09-30 12:30", "UTC")),
    (
        {
            "anthropic-ratelimit-requests-remaining": "12",
            "anthropic-ratelimit-requests-reset": "2026-09-30T12:59:00Z",
            "anthropic-ratelimit-tokens-remaining": "0",
            "anthropic-ratelimit-tokens-reset": "2026-09-30T12:11:00Z",
        },
        at("2026-09-30 12:11", "UTC"),
    ),
    (
        {"anthropic-ratelimit-unified-status": "rejected", "anthropic-ratelimit-unified-reset": "1790773200"},
        datetime.fromtimestamp(1790773200, UTC),
    ),
    (
        {
            "x-ratelimit-remaining-tokens": "0",
            "x-ratelimit-reset-tokens": "6m0s",
            "x-ratelimit-reset-requests": "1s",
        },
        NOW + timedelta(minutes=6),
    ),
    ({"X-RateLimit-Reset": "1790773200000"}, datetime.fromtimestamp(1790773200, UTC)),
    ({"retry-after": "soon", "x-ratelimit-reset-tokens": "120ms"}, NOW + timedelta(milliseconds=120)),
    ({"retry-after": "-5"}, None),
    ({"retry-after": "1e99"}, None),
    ({"retry-after": "nan"}, None),
    ({}, None),
]


@pytest.mark.parametrize(("headers", "until"), HEADERS)
def test_when_headers_say_that_it_may_be_asked_again(headers: Mapping[str, str], until: datetime | None) -> None:
    assert classify(Told(429, headers=headers), NOW) == (Fault.RATE_LIMIT, until)


def test_keys_of_the_error_say_it_too() -> None:
    known = Told(429, ("usage_limit_reached",), "The usage limit has been reached", more={"resets_at": 1790773200})
    assert classify(known, NOW) == (Fault.QUOTA, datetime.fromtimestamp(1790773200, UTC))
    assert classify(known._replace(more={"resets_in_seconds": 60}), NOW)[1] == NOW + timedelta(minutes=1)


def test_a_time_that_has_passed_or_is_a_lifetime_away_is_none() -> None:
    for words in (
        "usage limit reached|1700000000",
        "usage limit reached|9999999999",
        "usage limit, resets in 999 weeks",
    ):
        assert classify(Told(words=words), NOW) == (Fault.QUOTA, None)


def test_a_time_of_day_that_has_just_passed_is_now_and_not_tomorrow() -> None:
    assert classify(Told(words="usage limit, resets 2:05pm"), NOW)[1] == NOW
    assert classify(Told(words="usage limit, resets 1:05pm"), NOW)[1] == at("2026-10-01 13:05")
    assert classify(Told(words="weekly limit, resets Wednesday 1pm"), NOW)[1] == at("2026-10-07 13:00")
    assert classify(Told(words="daily limit, try again tomorrow at 09:00"), NOW)[1] == at("2026-10-01 09:00")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "PST", "../etc/passwd"])
def test_no_time_is_made_up_where_its_zone_is_not_known(zone: str) -> None:
    found = classify(Told(words=f"You've hit your usage limit · resets 3pm ({zone})"), NOW)[1]
    assert found is None or zone.startswith("..")
