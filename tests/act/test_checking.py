"""What scripted agents and their check do without: they read, write and end as what they leave out would."""

import json
import subprocess
from pathlib import Path

from tests.act import lean
from tests.act.stage import FAILING, PASSING
from tests.act.world import command

FIXTURE = PASSING.replace("self.assertTrue(True)", "self.assertEqual(self.n, 1)")
TESTS = {
    "passes": (PASSING, 0, ""),
    "fails": (FAILING, 1, "FAILED (failures=1)"),
    "needs more": (f"{FIXTURE}\n    def setUp(self):\n        self.n = 1\n", 0, "Ran 1 test"),
    "breaks": ("import nowhere\n", 1, "No module named 'nowhere'"),
}


def test_json_is_written_and_read_as_the_library_has_it() -> None:
    for value in (
        "",
        'a "b" \\ \n\t\0 ä 𝄞 \u2028',
        1,
        -2.5,
        True,
        False,
        None,
        [],
        {},
        [[1], {"a": None}],
        {"b": ""},
    ):
        assert json.loads(lean.written(value)) == value
        assert lean.read(json.dumps(value, ensure_ascii=False)) == value
        assert type(lean.read(lean.written(value))) is type(value)


def test_the_check_ends_as_unittest_does(tmp_path: Path) -> None:
    run = command("checking")
    assert subprocess.run(run, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "tests").mkdir()
    for name, (text, code, words) in TESTS.items():
        (tmp_path / "tests/test_it.py").write_text(text, encoding="utf-8")
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (name, done.returncode, words in done.stderr) == (name, code, True)
        assert bool(done.stderr) == bool(words)
