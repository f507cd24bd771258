"""docs/rules.md: written from the rules, each example run; no rule is left out."""

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from bmad.core.rulebook.rules import RULES
from bmad.core.wording.kinds import Wording
from bmad.model.rulebook import Examined
from bmad.model.settings import SpecSettings
from bmad.pipeline.spec.rulebook import examined
from bmad.render.rulebook import page
from bmad.store.formats import TextFormats

ROOT = Path(__file__).parent.parent
EXAMINED = list(examined(TextFormats()))


def test_the_page_is_in_step_with_the_rules() -> None:
    """Written anew by `python -m bmad.cli.rulebook`."""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == page(EXAMINED)


@pytest.mark.parametrize("one", EXAMINED, ids=lambda one: f"{one.rule.code}-{one.example.severity}")
def test_each_example_fails_by_its_rule_and_is_sound_once_mended(one: Examined) -> None:
    assert {finding.severity for finding in one.found} == {one.example.severity}
    assert one.left == ()


def test_each_code_that_bmad_says_is_on_the_page() -> None:
    said: set[str] = set()
    for path in (ROOT / "bmad").rglob("*.py"):
        if "rulebook" not in path.parts:
            said |= set(re.findall(r"\"(V\d\d)\"", path.read_text(encoding="utf-8")))
    codes = [rule.code for rule in RULES]
    assert codes == sorted(said)
    assert codes == sorted(set(codes))


def test_what_may_be_silent_are_the_notes() -> None:
    notes = {rule.code for rule in RULES if all(one.severity == "info" for one in rule.examples)}
    schema = TypeAdapter(SpecSettings).json_schema()["properties"]["silent"]["items"]["enum"]
    assert set(schema) == notes


def test_each_kind_of_wording_says_its_severity_as_the_page_does() -> None:
    from bmad.core.wording import kinds  # noqa: PLC0415 - all that it holds

    told = {(rule.code, one.severity) for rule in RULES for one in rule.examples}
    for kind in vars(kinds).values():
        if isinstance(kind, Wording):
            assert (kind.code, kind.severity) in told
