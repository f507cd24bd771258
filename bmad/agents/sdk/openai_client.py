"""What both wire formats of OpenAI's SDK share: the client, and its errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import openai

from bmad.agents.sdk.access import Access
from bmad.agents.sdk.failing import begun_error, connection_error, status_error
from bmad.agents.sdk.http import FAILURES, http_client


class Begun(Protocol):
    @property
    def begun(self) -> bool:
        """Whether an answer had begun."""
        ...


def client(access: Access, seconds: float) -> openai.AsyncOpenAI:
    """A client that tries once; `seconds` without a byte end a request."""
    http = http_client(access, seconds)
    return openai.AsyncOpenAI(
        api_key=access.key, base_url=access.url or openai.not_given, max_retries=0, http_client=http
    )


@contextmanager
def failures(heard: Begun) -> Iterator[None]:
    """Raises: ProviderError for the SDK's errors."""
    try:
        yield
    except openai.APIStatusError as error:
        raise status_error(error.status_code, error.body, error.response.headers, begun=heard.begun) from None
    except (openai.APIConnectionError, *FAILURES) as error:
        raise connection_error(error, begun=heard.begun) from None
    except openai.APIError as error:
        raise status_error(None, error.body or {"message": error.message}, {}, begun=heard.begun) from None
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise begun_error(f"what it answers is not as this API answers: {error}") from None
