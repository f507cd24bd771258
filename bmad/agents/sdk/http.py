"""The HTTP client under each SDK: it follows no redirect with a key, and reaches this machine without a proxy."""

import ssl

import httpx2

from bmad.agents.sdk.access import Access

_CONNECTING = 30.0
FAILURES = (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL)
"""What is raised past the SDKs, such as by a stream that breaks off."""


def http_client(access: Access, seconds: float) -> httpx2.AsyncClient:
    """A client; `seconds` without a byte end a request."""
    timeout = httpx2.Timeout(seconds, connect=min(seconds, _CONNECTING))
    if not access.here:
        return httpx2.AsyncClient(timeout=timeout, follow_redirects=False)
    # to load the system's certificates takes a tenth of a second, and without TLS nobody asks for them
    clear = (access.url or "").startswith("http:")
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if clear else True
    return httpx2.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False, verify=verify)
