"""A check for tests: runs those of the folder `tests` as `unittest` does, and without it where all are plain.

Loading it takes five times as long as all else here. Where a test fails, or needs more than is here, `unittest`
itself runs them all, and its words and its end count.
"""

import os
import sys
from types import ModuleType

_FIXTURES = {"setUp", "tearDown", "setUpClass", "tearDownClass", "setUpModule", "tearDownModule", "load_tests"}


class TestCase:
    """What plain tests need of it."""

    def fail(self, words: str) -> None:
        raise AssertionError(words)

    def assertTrue(self, value: object) -> None:
        assert value

    def assertEqual(self, first: object, second: object) -> None:
        assert first == second

    def assertIn(self, one: object, held: object) -> None:
        assert one in held  # type: ignore[operator]


def main() -> int:
    sys.path.insert(0, os.getcwd())
    if not os.path.isdir("tests"):
        return 0  # `unittest` would import those of bmad for want of it
    sys.path.insert(0, os.path.abspath("tests"))
    plain = ModuleType("unittest")
    plain.TestCase = TestCase  # type: ignore[attr-defined]
    sys.modules["unittest"] = plain
    try:
        for name in sorted(os.listdir("tests")):
            _run(name)
    except (Exception, SystemExit):  # noqa: BLE001 - whatever it is, `unittest` tells it
        del sys.modules["unittest"], sys.path[0]
        __import__("unittest").main(None, argv=["tests", "discover", "-s", "tests"])
    return 0


def _run(name: str) -> None:
    """Run the tests of a file. Raises: what does not pass, or is not plain."""
    path = os.path.abspath(f"tests/{name}")
    if os.path.isdir(path):
        assert not os.path.exists(f"{path}/__init__.py")
    if not name.startswith("test") or not name.endswith(".py"):
        return
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    module = ModuleType(name.removesuffix(".py"))
    module.__file__ = path
    exec(code, vars(module))  # noqa: S102 - these are the tests
    assert not _FIXTURES & set(vars(module))
    for kind in list(vars(module).values()):
        if isinstance(kind, type) and issubclass(kind, TestCase):
            assert not _FIXTURES & set(dir(kind))
            for test in sorted(dir(kind)):
                if test.startswith("test"):
                    assert getattr(kind(), test)() is None
