"""Which files of a change are its tests, and which commands report what ran."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from bmad.core.territory import holds

_FOLDERS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|e2e|testdata|fixtures|__snapshots__|[\w.-]+[.]Tests?)/", re.IGNORECASE
)
_NAMES = re.compile(
    r"(?:^|/)(?:test_[^/]*|conftest[.]py|[^/]*(?:_test|_spec|[.]test|[.]spec|Tests?|Spec)[.][A-Za-z]+)$"
)


def is_of_tests(path: str, more: Sequence[str] = ()) -> bool:
    """Whether a file is of tests, by its folder or name, or by the policy's globs."""
    return bool(_FOLDERS.search(path) or _NAMES.search(path)) or holds(tuple(more), path)


def calls_pytest(command: Sequence[str]) -> bool:
    """Whether a command is pytest, however it is started."""
    names = [PurePosixPath(word).name for word in command]
    by_name = any(name in ("pytest", "py.test") for name in names)
    return by_name and not any(word.startswith("--junit") for word in command)
