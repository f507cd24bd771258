"""When a limit ends, as providers and coding agents say it: headers, keys of an error, and words; pure.

What is told is believed only where it lies ahead, and not a year away.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from itertools import chain
from zoneinfo import ZoneInfo

_FARTHEST = timedelta(days=400)
_LATE = timedelta(minutes=10)
"""A time of day that passed so shortly ago is meant, not tomorrow's: who prints it is slow."""
_MILLISECONDS = 10**11
"""A number of seconds since 1970 that is larger counts milliseconds."""

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_PART = (
    r"(\d+(?:\.\d+)?)\s*"
    r"(milliseconds?|millis|ms|minutes?|mins?|m|seconds?|secs?|s|hours?|hrs?|h|days?|d|weeks?|w)(?![a-z])"
)
_PARTS = re.compile(_PART, re.IGNORECASE)
_RUNTOGETHER = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])", re.IGNORECASE)
_SPAN = re.compile(
    rf"(?:\bin|\bafter|delay\W+)\s*((?:~?{_PART}|[\s,]|and\b)+|[\d.]+[smhdw][\dsmhdw.]*)", re.IGNORECASE
)
_MINUTE = re.compile(r"\bin (?:less than|about|under) a minute", re.IGNORECASE)

_LEAD = re.compile(
    r"\b(?:resets?(?:_at)?|again|retry\w*|regain access|available|resumes?|continuing|until|renews?)\b",
    re.IGNORECASE,
)
_WINDOW = 90
_EPOCH = re.compile(r"\|\s*(\d{10}|\d{13})\b")
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T| at |,? )(\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(Z\b|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DATE = re.compile(
    rf"\b({'|'.join(_MONTHS)})[a-z]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}})\b)?", re.IGNORECASE
)
_WEEKDAY = re.compile(rf"\b({'|'.join(_DAYS)})(?:[a-z]*day)?\b", re.IGNORECASE)
_CLOCK = re.compile(r"\b(\d{1,2})(?::(\d\d))?(?::\d\d)?\s*([ap])\.?m\b|\b(\d{1,2}):(\d\d)\b", re.IGNORECASE)
_ZONE = re.compile(r"\(([A-Za-z]+(?:/[A-Za-z0-9_+\-]+)*)\)|\b(UTC|GMT)\b")

_RESET = re.compile(r"(?:anthropic-ratelimit-([\w-]+)-reset|x-ratelimit-reset(?:-([\w-]+))?)")


def until(words: str, headers: Mapping[str, str], more: Mapping[str, object], now: datetime) -> datetime | None:
    """When one may ask again, None where nobody says. `now` has the time zone of times that name none."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    for at in chain(_after(lower, now), _keys(more, now), _resets(lower, now), _words(words, now)):
        if now <= at <= now + _FARTHEST:
            return at
    return None


def _after(headers: Mapping[str, str], now: datetime) -> Iterator[datetime]:
    """`Retry-After`, in milliseconds, seconds or as a date."""
    with suppress(ValueError, OverflowError):
        if "retry-after-ms" in headers:
            yield now + timedelta(milliseconds=float(headers["retry-after-ms"]))
    told = headers.get("retry-after", "")
    with suppress(ValueError, OverflowError):
        yield now + timedelta(seconds=float(told))
    with suppress(ValueError, TypeError):
        yield parsedate_to_datetime(told).astimezone(UTC)


def _keys(more: Mapping[str, object], now: datetime) -> Iterator[datetime]:
    """Keys beside an error's message: a time, or seconds from now."""
    for name, value in more.items():
        if not isinstance(value, int | float | str) or isinstance(value, bool):
            continue
        key = name.lower()
        if key in ("resets_at", "reset_at", "resetsat"):
            yield from _moment(str(value), now)
        elif key in ("resets_in_seconds", "retry_after", "retry_after_seconds", "retrydelay"):
            yield from _span(str(value), now)


def _resets(headers: Mapping[str, str], now: datetime) -> Iterator[datetime]:
    """The latest end of a limit that is used up, else of any: limits of requests, of tokens, of a plan."""
    used: list[datetime] = []
    others: list[datetime] = []
    for name, value in headers.items():
        if not (known := _RESET.fullmatch(name)):
            continue
        about = known[1] or known[2]
        remaining = headers.get(name.replace("-reset", "-remaining"), "")
        spent = remaining == "0" or headers.get(f"anthropic-ratelimit-{about}-status") == "rejected"
        (used if spent else others).extend(_moment(value, now))
    yield from sorted(used or others, reverse=True)


def _moment(value: str, now: datetime) -> Iterator[datetime]:
    """Seconds or milliseconds since 1970, a time in ISO 8601, or a span such as `6m0s`."""
    if re.fullmatch(r"\d{10,13}(?:\.\d+)?", value):
        yield _since_1970(value)
    elif found := _ISO.search(value):
        yield from _iso(found, now)
    else:
        yield from _span(value, now)


def _span(value: str, now: datetime) -> Iterator[datetime]:
    """A span from now: bare seconds, or numbers with units."""
    with suppress(ValueError, OverflowError):
        parts = [*_RUNTOGETHER.findall(value)] or [*_PARTS.findall(value)] or [(str(float(value)), "s")]
        yield now + timedelta(seconds=sum(float(number) * _unit(unit) for number, unit in parts))


def _unit(name: str) -> float:
    short = name.lower()
    return _SECONDS["ms" if short.startswith(("ms", "milli")) else short[0]]


def _since_1970(value: str) -> datetime:
    number = float(value)
    return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)


def _words(words: str, now: datetime) -> Iterator[datetime]:
    """What a sentence says from the words on that lead to a time."""
    text = words.replace("\u2019", "'").replace("\n", " ")
    yield from (_since_1970(found[1]) for found in _EPOCH.finditer(text))
    for lead in _LEAD.finditer(text):
        window = text[lead.start() : lead.end() + _WINDOW]
        readers: tuple[Callable[[str, datetime], Iterator[datetime]], ...] = (_iso_in, _span_in, _date_in)
        for reader in readers:
            yield from reader(window, now)


def _iso_in(window: str, now: datetime) -> Iterator[datetime]:
    if found := _ISO.search(window):
        yield from _iso(found, now)


def _span_in(window: str, now: datetime) -> Iterator[datetime]:
    if _MINUTE.search(window):
        yield now + timedelta(minutes=1)
    elif found := _SPAN.search(window):
        parts = _PARTS.findall(found[1]) or _RUNTOGETHER.findall(found[1])
        with suppress(OverflowError):
            if parts:
                yield now + timedelta(seconds=sum(float(number) * _unit(unit) for number, unit in parts))


def _iso(found: re.Match[str], now: datetime) -> Iterator[datetime]:
    zone = found[3] or ""
    told = f"{found[1]}T{found[2]}{'+00:00' if zone.upper() in ('Z', 'UTC', 'GMT') else zone}"
    with suppress(ValueError):
        at = datetime.fromisoformat(told)
        yield at if at.tzinfo else at.replace(tzinfo=now.tzinfo)


def _date_in(window: str, now: datetime) -> Iterator[datetime]:
    """A day, a time of day, or both; in a zone that stands behind, else in that of `now`."""
    date, clock = _DATE.search(window), _CLOCK.search(window)
    if date is None and clock is None:
        return
    zone = _zone(window, now)
    if zone is None:
        return
    here = now.astimezone(zone)
    with suppress(ValueError, OverflowError):
        hour = _hour(clock) if clock else time()
        if date is not None:
            yield _on(date, hour, here)
        else:
            yield _next(hour, _WEEKDAY.search(window), here, tomorrow="tomorrow" in window.lower())


def _zone(window: str, now: datetime) -> tzinfo | None:
    """The zone that is named, that of `now` where none is, None where the name is not known."""
    found = _ZONE.search(window)
    name = found and (found[1] or found[2])
    if not name:
        return now.tzinfo
    with suppress(LookupError, ValueError, OSError):
        return ZoneInfo(name)
    return None


def _hour(clock: re.Match[str]) -> time:
    """Raises: ValueError where it is no time of day."""
    if clock[4] is not None:
        return time(int(clock[4]), int(clock[5]))
    return time(int(clock[1]) % 12 + (12 if clock[3].lower() == "p" else 0), int(clock[2] or 0))


def _on(date: re.Match[str], hour: time, here: datetime) -> datetime:
    """A day of this year, or of the next where it lies half a year back."""
    month, day = _MONTHS.index(date[1].lower()) + 1, int(date[2])
    at = datetime(int(date[3] or here.year), month, day, hour.hour, hour.minute, tzinfo=here.tzinfo)
    half = timedelta(days=180)
    return at.replace(year=at.year + 1) if date[3] is None and at < here - half else at


def _next(hour: time, weekday: re.Match[str] | None, here: datetime, *, tomorrow: bool) -> datetime:
    """The next time that it is so late, on that day of the week where one is named."""
    at = here.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    if weekday is not None:
        at += timedelta(days=(_DAYS.index(weekday[1].lower()) - at.weekday()) % 7)
        return at if at > here else at + timedelta(days=7)
    if tomorrow:
        return at + timedelta(days=1)
    if here - _LATE <= at < here:
        return here
    return at if at >= here else at + timedelta(days=1)
