"""The transcript of a conversation: JSON Lines in the task's log, bounded, without secrets."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from bmad.agents import redacting

MOST = 16 << 20
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


class Transcript:
    """What is said, as it is said; a full disk cuts it short. Raises: OSError where it cannot be begun."""

    def __init__(self, log: Path, secrets: Iterable[bytes]) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._secrets = tuple(secrets)
        self._left = MOST
        self._file = os.fdopen(os.open(log, _FLAGS, 0o600), "wb", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def note(self, kind: str, **told: object) -> None:
        """Write one event down."""
        raw = f"{self.clean(json.dumps({'type': kind, **told}, ensure_ascii=False))}\n".encode()
        self._left -= len(raw)
        if self._left >= 0:
            try:
                self._file.write(raw)
            except OSError:
                self._left = 0

    def clean(self, text: str) -> str:
        """Text without the secrets of bmad's environment, and without what no UTF-8 can hold."""
        raw = text.encode("utf-8", "replace")
        return redacting.redacted(raw, self._secrets).decode("utf-8", "replace")
