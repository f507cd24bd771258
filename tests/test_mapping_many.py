"""Many pieces that read the same: each with an id of its own, and no walk over all of them for each of them."""

from pathlib import Path

from bmad.core.outline import outline
from bmad.model.edits import AddItem, SetBody
from bmad.model.spec import Requirement
from tests.layout import canonical, edit, parse
from tests.mapping import findings, run, tree

MANY = 300
EQUAL = "# Shelf\n\n## Rules\n\n" + "- It MUST work.\n" * MANY


def test_equal_sentences_are_each_their_own(tmp_path: Path) -> None:
    report = run(tmp_path, EQUAL)
    assert report.counts == {"statement": MANY, "requirement": MANY, "epic": 1, "story": MANY, "criterion": MANY}
    assert max(map(len, report.created)) < 20, "ids stay short"
    assert not run(tmp_path).written
    fewer = run(tmp_path, EQUAL.replace("- It MUST work.\n" * 100, "", 1))
    assert (fewer.ok, fewer.created, len(fewer.retired)) == (True, (), 300)
    assert findings(tmp_path) == ["V18"]
    assert len(tree(tmp_path)) == 4 + 1 + MANY - 100


def test_a_requirement_of_many_details_is_mapped_again(tmp_path: Path) -> None:
    lines = "".join(f"- line {number} of a receipt is printed\n" for number in range(120))
    text = f"# Till\n\n## Requirements\n\n- It must print all of this:\n\n{lines.replace('- ', '  - ')}"
    run(tmp_path, text, outline)
    assert not run(tmp_path, f"{text}- It must add.\n", outline).conflicts


def test_many_edits_of_one_document_leave_the_rest(tmp_path: Path) -> None:
    run(tmp_path, EQUAL)
    text = tree(tmp_path)["specs/prd.md"]
    items = parse("specs/prd.md", text).items
    bodies = [SetBody(item.id, f"Words {n}.") for n, item in enumerate(items)]
    adds = [
        AddItem(Requirement(id=f"FR-n{n}", title="New", text="Words."), after=item.id)
        for n, item in enumerate(items)
    ]
    after = edit("specs/prd.md", text, [*bodies, *adds])
    read = parse("specs/prd.md", after)
    assert read.findings == ()
    assert [item.id for item in read.items] == [
        name for n, item in enumerate(items) for name in (item.id, f"FR-n{n}")
    ]
    assert canonical("specs/prd.md", after) == after
