"""What providers answer when they do not: status, type, words and headers as they send them.

Taken from the providers' own reference pages and from reports of people who met them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tests.serving.script import Api, Fail, Json

_OPENAI_KEY = (
    "Incorrect API key provided: wrong. You can find your API key at https://platform.openai.com/account/api-keys."
)
_TPM = (
    "Rate limit reached for gpt-x in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, "
    "Requested 2000. Please try again in 2s. Visit https://platform.openai.com/account/rate-limits to learn more."
)
_QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more information on this "
    "error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_CREDIT = (
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or "
    "purchase credits."
)
_SERVER = "The server had an error while processing your request. Sorry about that!"

ANTHROPIC: Mapping[str, Fail] = MappingProxyType(
    {
        "bad-request": Fail(400, "invalid_request_error", "messages: at least one message is required"),
        "too-long": Fail(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
        "credit": Fail(400, "invalid_request_error", _CREDIT),
        "login": Fail(401, "authentication_error", "invalid x-api-key"),
        "forbidden": Fail(403, "permission_error", "Your API key does not have permission to use this model"),
        "no-model": Fail(404, "not_found_error", "model: claude-x"),
        "rate-limit": Fail(
            429,
            "rate_limit_error",
            "This request would exceed your organization's rate limit of 30,000 input tokens per minute",
            MappingProxyType({"retry-after": "7", "anthropic-ratelimit-input-tokens-remaining": "0"}),
        ),
        "quota": Fail(429, "rate_limit_error", "Claude AI usage limit reached|4102444800"),
        "server": Fail(500, "api_error", "Internal server error"),
        "overload": Fail(529, "overloaded_error", "Overloaded"),
        "midway": Fail(200, "overloaded_error", "Overloaded", midway=True),
    }
)
OPENAI: Mapping[str, Fail] = MappingProxyType(
    {
        "bad-request": Fail(400, "invalid_request_error", "Unsupported value: 'x'.", code="unsupported_value"),
        "too-long": Fail(
            400,
            "invalid_request_error",
            "Your input exceeds the context window of this model. Please adjust your input and try again.",
            code="context_length_exceeded",
        ),
        "login": Fail(401, "invalid_request_error", _OPENAI_KEY, code="invalid_api_key"),
        "forbidden": Fail(403, "request_forbidden", "Country, region, or territory not supported"),
        "no-model": Fail(
            404,
            "invalid_request_error",
            "The model `gpt-x` does not exist or you do not have access to it.",
            code="model_not_found",
        ),
        "rate-limit": Fail(
            429,
            "tokens",
            _TPM,
            MappingProxyType({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "2s"}),
            code="rate_limit_exceeded",
        ),
        "credit": Fail(429, "insufficient_quota", _QUOTA, code="insufficient_quota"),
        "quota": Fail(
            429,
            "usage_limit_reached",
            "The usage limit has been reached",
            more=MappingProxyType({"plan_type": "plus", "resets_at": 4102444800}),
        ),
        "server": Fail(500, "server_error", _SERVER),
        "overload": Fail(
            503, "service_unavailable_error", "Our servers are currently overloaded.", code="overloaded"
        ),
        "midway": Fail(200, "server_error", _SERVER, code="server_error", midway=True),
    }
)


def fault(api: Api, name: str) -> Fail:
    """The fault of a name as the provider of an API has it."""
    return (ANTHROPIC if api == "messages" else OPENAI)[name]


def body(api: Api, fail: Fail) -> Json:
    """The body of an error."""
    if api == "messages":
        error = {"type": fail.kind, "message": fail.message, **fail.more}
        return {"type": "error", "error": error, "request_id": "req_1"}
    error = {"message": fail.message, "type": fail.kind, "param": None, "code": fail.code, **fail.more}
    return {"error": error}
