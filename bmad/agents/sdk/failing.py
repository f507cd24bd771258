"""Failed requests of all SDKs in one form: what the body and the headers of an error tell."""

import json
from collections.abc import Mapping
from typing import Any

from bmad.agents.faults import Told
from bmad.agents.sdk.conversation import ProviderError

_OK = 400
_MOST_WORDS = 2000
_NAMES = ("type", "code", "status")


def status_error(status: int | None, body: object, headers: Mapping[str, str], *, begun: bool) -> ProviderError:
    """An error that the server reports; one within a stream has the stream's own status, which says nothing."""
    error = _error(body)
    words = error.get("message") or (body if isinstance(body, str) else "") or f"status {status}"
    details = error.get("details")
    named = [error.get(name) for name in _NAMES]
    named += [details.get("error_code")] if isinstance(details, dict) else []
    numbers = [one for one in named if isinstance(one, int) and one >= _OK]
    told = Told(
        status=status if status is not None and status >= _OK else next(iter(numbers), None),
        kinds=tuple(one for one in named if isinstance(one, str)),
        words=_words(words),
        headers=dict(headers),
        more=error,
    )
    return ProviderError(told, begun=begun)


def connection_error(error: Exception, *, begun: bool) -> ProviderError:
    """No connection, or one that broke off."""
    why = _words(str(error.__cause__ or error) or type(error).__name__)
    if begun:
        return begun_error(f"its answer was cut off: {why}")
    return ProviderError(Told(kinds=("overloaded",), words=f"there is no connection to it: {why}"))


def begun_error(words: str) -> ProviderError:
    """An answer that began and did not end as it should."""
    return ProviderError(Told(words=words), begun=True)


def _error(body: object) -> Mapping[str, Any]:
    """The object that tells of the error, wherever in the body it is."""
    if isinstance(body, dict):
        inner = body.get("error", body)
        return inner if isinstance(inner, dict) else {"message": inner} if isinstance(inner, str) else body
    return {}


def _words(told: object) -> str:
    text = told if isinstance(told, str) else json.dumps(told)
    return text[:_MOST_WORDS]
