"""Ids for whatever is named the same, any number of times, and what a fingerprint leaves out."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bmad.core.fingerprint import digest, fingerprint, mint
from bmad.model.ids import ID_RE
from bmad.model.normal import fold
from bmad.model.spec import Criterion, Epic, Ref, Requirement, Statement, StatementClass, Story, Verify


class Counted:
    """Ids that are taken, and how often somebody asked."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.asked = 0

    def __contains__(self, node: object) -> bool:
        self.asked += 1
        return node in self.ids


WORDS = st.lists(st.text(max_size=20), min_size=1, max_size=3)


@given(st.lists(WORDS, min_size=1, max_size=4), st.integers(1, 150))
def test_ids_are_minted_for_any_number_of_equal_texts(texts: list[list[str]], times: int) -> None:
    taken = Counted()
    for text in texts * times:
        made = mint("FR", taken, *text)
        assert ID_RE.fullmatch(made)
        assert made not in taken.ids
        taken.ids.add(made)
    assert len(taken.ids) == len(texts) * times


@given(WORDS)
def test_the_same_words_give_the_same_id(words: list[str]) -> None:
    assert mint("FR", set(), *words) == mint("FR", set(), *(f" {word}\n" for word in words))
    assert len(mint("FR", set(), *words)) == len("FR-") + 6


def test_the_looks_for_a_free_id_do_not_grow_with_those_that_are_taken() -> None:
    taken = Counted()
    for _ in range(5_000):
        taken.ids.add(mint("FR", taken, "It MUST work."))
    assert taken.asked < 5_000 * 70


def test_what_a_thing_is_called_elsewhere_and_who_worded_it_is_no_part_of_its_meaning() -> None:
    story = Story(id="STORY-1", title="T")
    need = Requirement(id="FR-1", title="T")
    epic = Epic(id="EPIC-1", title="T")
    said = Statement(id="INT-1", title="T", klass=StatementClass.GOAL, quote="q")
    assert fingerprint(story) == fingerprint(replace(story, source="US-4", proposed_by="claude"))
    assert fingerprint(need) == fingerprint(replace(need, source="US-4", proposed_by="claude"))
    assert fingerprint(epic) == fingerprint(replace(epic, proposed_by="claude"))
    assert fingerprint(said) == fingerprint(replace(said, source="US-4"))
    assert fingerprint(need) != fingerprint(replace(need, everywhere=True))


_TEXT = st.text(max_size=12)


@given(_TEXT, st.lists(_TEXT, max_size=3), st.booleans())
def test_a_form_that_is_written_out_is_the_canonical_one(text: str, names: list[str], everywhere: bool) -> None:
    said = Statement(id="INT-1", title="T", klass=StatementClass.NON_GOAL, quote=text)
    need = Requirement(
        id="FR-1",
        title=text,
        text=text,
        traces=tuple(map(Ref, names)),
        verify=Verify.ANALYSIS,
        everywhere=everywhere,
    )
    told = {"kind": "requirement", "title": fold(text), "priority": "must", "verify": "analysis"}
    lists = {"traces": sorted(names), "text": fold(text)} | ({"holds": "everywhere"} if everywhere else {})
    assert fingerprint(said) == digest({"kind": "statement", "class": "non-goal", "quote": fold(text)})
    assert fingerprint(need) == digest({**told, **lists})
    assert fingerprint(Criterion(id="AC-1", text=text)) == digest({"kind": "criterion", "text": fold(text)})


@given(st.dictionaries(_TEXT, _TEXT | st.lists(_TEXT | st.lists(_TEXT, max_size=3), max_size=3), max_size=5))
def test_a_fingerprint_is_that_of_the_canonical_json(fields: dict[str, Any]) -> None:
    told = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert digest(fields) == sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


JSON = st.recursive(st.text(max_size=30), lambda inner: st.lists(inner, max_size=4), max_leaves=8)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_a_digest_is_that_of_the_canonical_json(fields: dict[str, str]) -> None:
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert digest(fields) == sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
