"""Secrets that a program was given, taken out of what it leaves: its log and its answer.

Only values are known, not what else may be a secret: what agents write into code is for another check.
"""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from urllib.parse import unquote, urlsplit

STAND_IN = b"[redacted]"
_NAME = re.compile(r"(?:^|_)(?:API)?(?:KEYS?|TOKENS?|SECRETS?|PASSWORDS?|CREDENTIALS?)(?:_|$)", re.IGNORECASE)
_SERVER = "BMAD_SERVER"
_LEAST = 8
"""A shorter value would be found by chance."""


def secrets(environ: Mapping[str, str]) -> tuple[bytes, ...]:
    """The values of variables that are named as secrets are, and passwords in addresses; the longest first."""
    named = (value for name, value in environ.items() if is_secret(name))
    addresses = (value for name, value in environ.items() if name.lower().endswith("_proxy") or name == _SERVER)
    found = {value.strip() for value in (*named, *_passwords(addresses))}
    return tuple(sorted((os.fsencode(value) for value in found if len(value) >= _LEAST), key=len, reverse=True))


def _passwords(addresses: Iterable[str]) -> Iterable[str]:
    for address in addresses:
        try:
            password = urlsplit(address).password
        except ValueError:
            continue
        if password:
            yield from (password, unquote(password))


def is_secret(name: str) -> bool:
    """Whether a variable is named as secrets are."""
    return _NAME.search(name) is not None


def redact(descriptor: int, found: Iterable[bytes]) -> None:
    """Take secrets out of a file that is open for reading and appending; a full disk cuts it short."""
    content = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    clean = redacted(content, found)
    if clean != content:
        os.ftruncate(descriptor, 0)
        with suppress(OSError), os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(clean)


def redacted(content: bytes, found: Iterable[bytes]) -> bytes:
    """Content with a stand-in for each secret."""
    for secret in found:
        content = content.replace(secret, STAND_IN)
    return content
