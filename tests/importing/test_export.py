"""What goes out comes back whole, holds no formula, and is ReqIF that its own schema takes."""

import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path

from reqif.parser import ReqIFParser

from bmad.model.exporting import Exported
from bmad.render.csv_items import as_csv, guarded
from bmad.render.reqif_items import as_reqif
from tests.importing.projects import BMAD, RECEIPT, read_in, run, states, written

WORK = "_bmad-output/implementation-artifacts"


def _stories(root: Path) -> dict[str, list[str]]:
    """What the documents of stories say, by title, but for bmad's ids and pointers to files."""
    found: dict[str, list[str]] = {}
    for path in (root / "stories").glob("STORY-*.md"):
        text = re.sub(r"From “[^”]*”\.|\*\*(?:Notes|Requirements|Depends on):\*\*.*", "", path.read_text("utf-8"))
        text = re.sub(r"(STORY|FR|EPIC)-\w{6}", r"\1", re.sub(r"- Done elsewhere: .*", "- Done elsewhere", text))
        title, *rows = filter(str.strip, text.splitlines())
        found[title.partition(": ")[2]] = [row for row in rows if row.strip()]
    return found


def test_files_of_the_bmad_method_come_back_with_all_that_they_had(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    settled = {
        **BMAD,
        f"{WORK}/1-2-print-a-receipt.md": RECEIPT.replace("review", "done").replace(" within 2 seconds", ""),
    }
    read_in(written(first, settled), "_bmad-output")
    report = json.loads(run(first, "export", str(second / "_bmad-output"), "--json").out)
    assert (report["format"], report["left"]) == ("bmad", [])
    again = read_in(second, "_bmad-output")
    assert again["conflicts"] == []
    assert states(second) == states(first)
    assert _stories(second) == _stories(first)
    keys = [re.findall(r"- Source: (.*)", (root / "specs/prd.md").read_text("utf-8")) for root in (first, second)]
    assert keys[0] == keys[1]
    titles = [
        sorted(path.read_text("utf-8").partition(": ")[2].partition("\n")[0] for path in root.rglob("EPIC-*.md"))
        for root in (first, second)
    ]
    assert titles[0] == titles[1]


def test_a_new_key_is_none_that_the_author_spells_otherwise(tmp_path: Path) -> None:
    said = "# Till\n\n## Receipts\n\n- FR-01: It must print a receipt.\n- It must open the drawer.\n"
    first, second = written(tmp_path / "first", {"intent.md": said}), tmp_path / "second"
    assert run(first, "map").code == 0
    assert run(first, "export", str(second / "_bmad-output")).code == 0
    prd = (second / "_bmad-output/planning-artifacts/prd.md").read_text("utf-8")
    assert re.findall(r"- (FR-?\d+)", prd) == ["FR-01", "FR2"], prd
    assert read_in(second, "_bmad-output")["conflicts"] == []


def test_nothing_is_written_over_unasked(tmp_path: Path) -> None:
    read_in(written(tmp_path, BMAD), "_bmad-output")
    written(tmp_path, {"spec.csv": "mine"})
    ended = run(tmp_path, "export", "spec.csv")
    assert (ended.code, (tmp_path / "spec.csv").read_text("utf-8")) == (2, "mine")
    assert run(tmp_path, "export", "spec.csv", "--force").code == 0
    assert run(tmp_path, "export", "spec.txt").code == 2


def test_a_cell_begins_no_formula_and_quotes_are_kept(tmp_path: Path) -> None:
    read_in(written(tmp_path, BMAD), "_bmad-output")
    assert run(tmp_path, "export", "spec.csv").code == 0
    with (tmp_path / "spec.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["kind"] for row in rows} == {"statement", "requirement", "epic", "story", "criterion"}
    sell = next(row for row in rows if row["kind"] == "story" and row["key"] == "1.1")
    assert sell["state"] == "elsewhere"
    assert "implements FR-" in sell["links"]
    assert [guarded(cell) for cell in ("=1+1", "+1", "-1", "@x", "\t=x", "a=b", "")] == [
        "'=1+1", "'+1", "'-1", "'@x", "'\t=x", "a=b", "",
    ]  # fmt: skip
    text = as_csv([Exported("A", "story", '=HYPERLINK("x")', "two\nlines")])
    assert text.splitlines()[1].startswith('A,story,,"\'=HYPERLINK(""x"")","two')


def test_reqif_holds_each_item_once_with_its_links_and_any_text(tmp_path: Path) -> None:
    odd = Exported(
        "STORY-a", "story", 'a < b & "c"', "one\ntwo\x00 <b>&amp;", links=(("implements", "FR-a"),), part="i.md"
    )
    need = Exported("FR-a", "requirement", "need", "n", source="FR1", links=(("traces", "INT-gone"),), part="i.md")
    path = tmp_path / "x.reqif"
    path.write_text(as_reqif([need, odd], "a & b", datetime(2026, 1, 2, tzinfo=UTC)), encoding="utf-8")
    content = ReqIFParser.parse(str(path)).core_content.req_if_content
    assert [len(content.spec_objects), len(content.spec_relations)] == [2, 1], (
        "a link to what is not there is none"
    )
    told = {one.definition_ref: one.value for one in content.spec_objects[1].attributes}
    assert told["AD-1"] == 'a < b & "c"'
    assert told["AD-2"] == "<xhtml:div>one<xhtml:br/>two� &lt;b&gt;&amp;amp;</xhtml:div>"
    assert len(content.specifications[0].children) == 2
