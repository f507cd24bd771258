"""A path that is not UTF-8 goes the whole way: agents, checks, reviews, record, gate, report and trace."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bmad.core.act.diffs import added_lines, changed_paths
from bmad.core.act.placing import Files, Place, Places
from bmad.core.act.review import finding_id
from bmad.core.packs.texts import writable
from bmad.model.answers import Claim
from bmad.model.quoting import quoted, shown, spelt, unquoted
from bmad.model.record import ChangeEntry
from tests.act.stage import Stage, found
from tests.program import git

RAW = "src/caf\udce9.txt"
PATH = '"src/caf\\351.txt"'
DIFF = """\
diff --git a/src/caf\udce9.txt b/src/caf\udce9.txt
new file mode 100644
index 0000000..5626abf
--- /dev/null
+++ b/src/caf\udce9.txt
@@ -0,0 +1 @@
+one line of it
"""


@given(st.binary(max_size=12))
def test_f_each_path_has_one_spelling_and_each_spelling_one_path(path: bytes) -> None:
    spelling = quoted(path)
    assert unquoted(spelling) == path
    assert not path or spelling.encode()
    assert spelt(path.decode("utf-8", "surrogateescape")) in (spelling, path.decode("utf-8", "surrogateescape"))


def test_f_a_path_is_quoted_as_git_quotes_it(tmp_path: Path) -> None:
    git("init", "-q", ".", cwd=tmp_path)
    names = [b"caf\xe9.txt", b'"\x01\t\\\xff', "\u00e9\udc80".encode("utf-8", "surrogateescape")]
    for name in names:
        (tmp_path / name.decode("utf-8", "surrogateescape")).write_text("")
    git("add", "-A", cwd=tmp_path)
    assert set(git("ls-files", cwd=tmp_path).splitlines()) == set(map(quoted, names))


WRONG = ['"src/x"', '"src/x', '"\\351/../x"', '"\\9"', '"a\\"', "src/../x", '"', '"\\3511"b"']
INSIDE = "src/caf\\351.txt"


@pytest.mark.parametrize("path", WRONG)
def test_f_a_record_spells_a_path_in_one_way(path: str) -> None:
    entry = {"old_mode": "000000", "new_mode": "100644", "old_blob": "0" * 40, "new_blob": "1" * 40}
    assert ChangeEntry.model_validate({"path": PATH, **entry}).raw == b"src/caf\xe9.txt"
    with pytest.raises(ValidationError):
        ChangeEntry.model_validate({"path": path, **entry})


@pytest.mark.parametrize(
    "told", [PATH, INSIDE, f"b/{INSIDE}", f'"b/{INSIDE}"', f"`{INSIDE}`", f"./{INSIDE}:1", f"/home/ada/{INSIDE}"]
)
def test_f_a_reviewer_names_such_a_path_as_the_diff_shows_it(told: str) -> None:
    assert changed_paths(DIFF) == (PATH,)
    assert added_lines(DIFF) == {PATH: {1: "one line of it"}}
    assert "b/src/caf\\351.txt\n" in writable(DIFF)
    assert shown(RAW) == "src/caf\\351.txt"
    texts = {PATH: "one line of it\n"}
    places = Places(Files(texts.get, texts.get, [PATH], ["/home/ada"]))
    claim = Claim.model_validate({"severity": "P1", "path": told, "line": 1, "quote": "one line", "claim": "No."})
    place = places.place(claim)
    assert isinstance(place, Place)
    assert place.path == PATH


def test_f_a_story_with_such_a_path_is_built_reviewed_recorded_and_passes(tmp_path: Path) -> None:
    stage = Stage(tmp_path, accept="auto")
    stage.territory(stage.first, "src/caf?.txt", stage.file_of(stage.first))
    name = finding_id("correctness", PATH, "one line of it")
    claim = {"severity": "P1", "path": "b/src/caf\\351.txt", "line": 1, "quote": "one line of it", "claim": "No."}
    stage.play(
        {
            "1/dev": {"files": {"src/NAME.py": "VALUE = 1\n", RAW: "one line of it\n"}, "answer": {}},
            "1/review/correctness": found(claim),
            "2/fix": {"files": {RAW: "another line of it\n"}, "answer": {}},
            "2/review/correctness": found(settled=[name]),
        }
    )
    before = stage.tip()
    stage.bmad("act", stage.first)
    record = stage.record(stage.first)
    assert [one["path"] for one in record["change"] if "caf" in one["path"]] == [PATH]
    assert [(one["path"], one["disposition"]) for one in record["findings"]] == [(PATH, "fixed")]
    assert all(PATH in one["paths"] for one in record["shown"])
    assert "reviewed" in stage.gate(before).out
    verdict = stage.json("gate", "--base", before, "--head", "main", "--level", "reviewed")
    assert [one["how"] for one in verdict["records"]] == ["exact"]
    [story] = stage.json("report", "--base", before, "--head", "main")["stories"]
    assert PATH in story["files"]
    for query in (RAW, PATH):
        [line] = stage.json("trace", query)["lines"]
        assert (line["text"], line["story"]) == ("another line of it", stage.first)
    assert PATH in json.dumps(stage.json("trace", stage.first)).replace('\\"', '"').replace("\\\\", "\\")
