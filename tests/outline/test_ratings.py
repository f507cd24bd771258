"""Tables whose columns say by a mark how much a row matters, and rows that their own column says only in part."""

import pytest

from bmad.core.outline.judge import reasons
from bmad.model.spec import Priority
from tests.outline.drafted import asked, left, mapped, priorities, refused, titles, under


@pytest.mark.parametrize(
    ("heads", "mark"),
    [
        ("Must|Should|Could|Won't", "x"),
        ("Muss|Soll|Kann|Wird nicht", "X"),
        ("Must have|Should have|Could have|Won't have", "✓"),
        ("必须|应该|可选|不做", "●"),
    ],
)
def test_a_mark_below_a_priority_gives_it_to_its_row(heads: str, mark: str) -> None:
    names = ("Print receipts", "Add totals", "Loyalty points", "Languages")
    rows = "".join(f"| {one} |{'|' * place} {mark} {'|' * (4 - place)}\n" for place, one in enumerate(names))
    text = under("Requirements", f"| Requirement | {heads.replace('|', ' | ')} |\n|---|---|---|---|---|\n{rows}")
    assert priorities(text) == [Priority.MUST, Priority.SHOULD, Priority.COULD]
    assert titles(mapped(text)) == ["Print receipts", "Add totals", "Loyalty points"]
    assert [row.split("|")[1].strip() for row in refused(text)] == ["Languages"]


def test_a_matrix_of_quality_limits_all_work_by_what_is_marked() -> None:
    text = (
        "# Kasse\n\n## Funktionen\n\n- Die Kasse druckt Belege.\n\n## Qualitätsanforderungen\n\n"
        "| Merkmal | sehr gut | gut | normal | nicht relevant |\n|---|---|---|---|---|\n"
        "| Zuverlässigkeit | | | | |\n| Reife | × | | | |\n| Bedienung | | | × | |\n| Umzug | | | | × |\n"
    )
    draft = mapped(text)
    common = [need.text for need in draft.requirements if need.everywhere]
    assert common == ["Merkmal: Reife; sehr gut", "Merkmal: Bedienung; normal"]
    assert titles(draft) == ["Die Kasse druckt Belege"]
    assert left(text) == {"| Zuverlässigkeit | | | | |": reasons.LEAD}
    assert refused(text) == ["| Umzug | | | | × |"]


def test_who_may_do_what_is_said_by_all_marks_of_a_row() -> None:
    text = under(
        "Permissions", "| Action | Admin | Clerk |\n|---|---|---|\n| Print | x | x |\n| Close the day | x | |\n"
    )
    assert [need.text for need in mapped(text).requirements] == [
        "Action: Print; Admin: x; Clerk: x",
        "Action: Close the day; Admin: x",
    ]


def test_a_row_is_understood_by_the_column_that_its_text_points_back_to() -> None:
    rows = (
        "| ID | Receipt | Requirement |\n|---|---|---|\n| R1 | Paper | It is printed within 2 s |\n"
        "| R2 | Mail | The till sends it |\n\n"
        "| ID | Actor | Description |\n|---|---|---|\n| R3 | Clerk | opens the drawer |\n"
    )
    assert [need.text for need in mapped(under("Requirements", rows)).requirements] == [
        "Receipt: Paper; Requirement: It is printed within 2 s",
        "The till sends it",
        "Actor: Clerk; Description: opens the drawer",
    ]


def test_rows_with_ids_are_no_details_of_the_sentence_above_their_table() -> None:
    rows = "| Réf. | Fonction | Règle |\n|---|---|---|\n| VTE-01 | Vente | Le total est dû |\n| VTE-02 | Avoir | Un bon |\n"
    text = under("Exigences", f"L'espace est réservé aux vendeurs.\n\n{rows}")
    assert [one.source for one in mapped(text).requirements] == ["", "VTE-01", "VTE-02"]
    led = under("Requirements", f"The till must do all of this:\n\n{rows.replace('VTE-0', '')}")
    assert [one.source for one in mapped(led).requirements] == [""]


@pytest.mark.parametrize(
    ("head", "first", "later"),
    [
        ("Phase", "Phase 1", "Phase 2"),
        ("阶段", "第一阶段", "第二阶段"),
        ("Fase", "Fase 1", "Fase 2"),
        ("Этап", "Этап 1", "Этап 2"),
    ],
)
def test_a_later_phase_is_a_lesser_priority(head: str, first: str, later: str) -> None:
    rows = f"| ID | Requirement | {head} |\n|---|---|---|\n| R1 | Print | {first} |\n| R2 | Fold | {later} |\n"
    assert priorities(under("Requirements", rows)) == [Priority.MUST, Priority.COULD]


@pytest.mark.parametrize("names", ["Phase 1|Phase 2|Phase 3", "第一阶段|第二阶段|第三阶段（可选）"])
def test_phases_hold_their_own_stories(names: str) -> None:
    parts = [f"### {name}\n\n- Print {n}\n- Fold {n}\n" for n, name in enumerate(names.split("|"))]
    text = under("Features", "\n".join(parts))
    assert titles(mapped(text)) == [f"{verb} {n}" for n in range(3) for verb in ("Print", "Fold")]
    assert priorities(text) == [Priority.MUST] * 2 + [Priority.COULD] * 4


@pytest.mark.parametrize("said", ["非必须", "Non obligatoire", "nicht erforderlich", "not required"])
def test_what_is_not_obligatory_could_be(said: str) -> None:
    rows = f"| Rule | Required |\n|---|---|\n| The till prints | yes |\n| The till folds | {said} |\n"
    text = under("Requirements", rows)
    assert priorities(text) == [Priority.MUST, Priority.COULD]
    assert len(asked(text)) == 2


def test_a_column_of_things_to_do_gives_each_the_priority_of_its_head() -> None:
    for heads in ("Must | Should | Could", "Muss | Soll | Kann", "必须 | 应该 | 可选"):
        table = f"| {heads} |\n|---|---|---|\n| Print the list | Sort the list | Dark mode |\n| Send mails | | |\n"
        need = [(one.text, one.priority.value) for one in mapped(under("Requirements", table)).requirements]
        assert need == [
            ("Print the list", "must"),
            ("Sort the list", "should"),
            ("Dark mode", "could"),
            ("Send mails", "must"),
        ], heads
    table = "| Area | Must | Won't |\n|---|---|---|\n| Lists | Print the list | Draw the list |\n"
    text = under("Requirements", table)
    assert (asked(text), refused(text)) == (["Print the list"], ["Draw the list"])
