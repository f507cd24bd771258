"""Sentences, key words, headings and plain forms: the tables the outline mapper reads a text by."""

import pytest

from bmad.core.outline import outline
from bmad.core.outline.modality import Level, binding, is_instruction, plain, style_of
from bmad.core.outline.prose import clean
from bmad.core.outline.roles import Role, own_role
from bmad.core.outline.sentences import split
from bmad.core.outline.titles import sentence_title
from bmad.model.spec import StatementClass


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("A is b. C is d.", ["A is b.", "C is d."]),
        ("Use npm, e.g. Yarn. Then stop.", ["Use npm, e.g. Yarn.", "Then stop."]),
        ("The form X.Y.Z is 1.0.0. It MUST hold.", ["The form X.Y.Z is 1.0.0.", "It MUST hold."]),
        ("Call `a.b. C` first. Next.", ["Call `a.b. C` first.", "Next."]),
        ("See https://a.b/c. Next one.", ["See https://a.b/c.", "Next one."]),
        ("Read [this. That](http://x.y/Z. Q) now. End.", ["Read [this. That](http://x.y/Z. Q) now.", "End."]),
        ("It waits (This. That.) here. End.", ["It waits (This. That.) here.", "End."]),
        ('He said "Stop." Then left.', ['He said "Stop."', "Then left."]),
        ("Hello... World is 3.5 wide! Yes? No.", ["Hello...", "World is 3.5 wide!", "Yes?", "No."]),
        ("feat, fix, etc. The rest.", ["feat, fix, etc.", "The rest."]),
        ("必须显示。可以隐藏；不得删除！", ["必须显示。", "可以隐藏；", "不得删除！"]),
        ("z.B. das Feld. Ende.", ["z.B. das Feld.", "Ende."]),
        ("Zeile eins  \nZeile zwei", ["Zeile eins", "Zeile zwei"]),
        ("هل هذا؟ نعم.", ["هل هذا؟", "نعم."]),
        ("...", []),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    found = split(text, 7)
    assert [text[a - 7 : b - 7] for a, b in found] == parts


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("It MUST NOT fail.", Level.MUST),
        ("It SHALL work.", Level.MUST),
        ("It is RECOMMENDED here.", Level.SHOULD),
        ("It MAY wait.", Level.MAY),
        ("The OPTIONAL part is REQUIRED.", Level.MUST),
        ('The word "MUST" is a word.', Level.NONE),
        ("Write `MUST` here.", Level.NONE),
        ("IN NO EVENT SHALL THE AUTHORS BE LIABLE", Level.NONE),
        ("It must work.", Level.NONE),
        ("字段**必须**存在。", Level.MUST),
        ("字段**应该**存在。", Level.SHOULD),
        ("字段**可以**存在。", Level.MAY),
        ("Das Feld MUSS da sein.", Level.MUST),
        ("Le champ DOIT exister.", Level.MUST),
        ("El campo DEBE existir.", Level.MUST),
    ],
)
def test_marked_key_words(text: str, level: Level) -> None:
    assert binding(text) == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("It must work.", Level.MUST),
        ("It should work.", Level.SHOULD),
        ("It cannot be empty.", Level.MUST),
        ("It is not allowed.", Level.MUST),
        ("You don't need to wait.", Level.NONE),
        ("It may work.", Level.NONE),
        ("系统必须显示。", Level.MUST),
        ("系統應該顯示。", Level.SHOULD),
        ("系統不得刪除。", Level.MUST),
        ("推荐使用它。", Level.SHOULD),
        ("这个应用很好，响应很快。", Level.NONE),
        ("Das Feld darf nicht leer sein.", Level.MUST),
        ("Das Feld sollte leer sein.", Level.SHOULD),
        ("Le champ doit exister.", Level.MUST),
        ("El campo debe existir.", Level.MUST),
        ("保存しなければならない。", Level.MUST),
        ("保存すべきである。", Level.SHOULD),
        ("Поле должно быть заполнено.", Level.MUST),
        ("A must-have.", Level.MUST),
    ],
)
def test_plain_words(text: str, level: Level) -> None:
    assert plain(text) == level


def test_weak_words_count_only_where_asked() -> None:
    assert plain("The user can search.", weak=True) == Level.MUST
    assert plain("The user may search.", weak=True) == Level.MAY
    assert plain("The user can search.") == Level.NONE


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Use a constant.", True),
        ("Make sure to trim the input.", True),
        ("If you need styles, use the file.", True),
        ("Otherwise, use vanilla storage.", True),
        ("Do not touch it.", True),
        ("See the manual.", False),
        ("Keep in mind that it is old.", False),
        ("If something is unclear, let us know.", False),
        ("Patch version Z MUST be incremented.", False),
        ("Build metadata may be empty.", False),
        ("The tool prints.", False),
        ("Search is fast.", False),
    ],
)
def test_instructions(text: str, told: bool) -> None:
    assert is_instruction(text) is told


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Non-Goals", Role.NON_GOAL),
        ("2.1 Out of Scope", Role.NON_GOAL),
        ("Won't have", Role.NON_GOAL),
        ("非目标", Role.NON_GOAL),
        ("Goals", Role.GOAL),
        ("目标", Role.GOAL),
        ("Open Questions", Role.QUESTION),
        ("Functional Requirements", Role.REQUIREMENT),
        ("Features ✨", Role.REQUIREMENT),
        ("需求", Role.REQUIREMENT),
        ("Anforderungen", Role.REQUIREMENT),
        ("User Stories (Optional)", Role.STORY),
        ("Acceptance Criteria", Role.CRITERIA),
        ("Performance", Role.QUALITY),
        ("Test Plan", Role.TEST),
        ("Why Use It?", Role.CONTEXT),
        ("FAQ", Role.CONTEXT),
        ("License", Role.VETO),
        ("Release Signoff Checklist", Role.VETO),
        ("Changelog", Role.VETO),
        ("Search", Role.NEUTRAL),
        ("Requirement handling in parsers", Role.NEUTRAL),
    ],
)
def test_headings(title: str, role: Role) -> None:
    assert own_role(title) == role


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a **bold** and _thin_ *word*", "a bold and thin word"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        (r"1.0.0-x.\-\-.", "1.0.0-x.--."),
        ("see [the `x` docs](http://a.b/(c)) now", "see the `x` docs now"),
        ("keep [0-9A-Za-z-] as it is", "keep [0-9A-Za-z-] as it is"),
        ("`**not bold**` stays", "`**not bold**` stays"),
        ("a <!-- MUST --> b &gt; c", "a b > c"),
        ("`!` and `:`", "`!` and `:`"),
        ("用**必须**的\n字段", "用必须的字段"),
        ("[NEEDS CLARIFICATION: what?](x)", "[NEEDS CLARIFICATION: what?](x)"),
    ],
)
def test_plain_form(raw: str, text: str) -> None:
    assert clean(raw) == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Software using it MUST declare a public API.", "Declare a public API"),
        ("Patch version Z (x.y.Z) MUST be incremented if bugs are fixed.", "Increment patch version"),
        (
            "Once released, the contents of that version MUST NOT be modified.",
            "Do not modify the contents of the version",
        ),
        ("As a user, I want to drag albums, so that I see them.", "Drag albums"),
        ("Make sure to clear the checked state.", "Clear the checked state"),
        ("The tool MUST print one line.", "Print one line"),
        ("在提交说明中，可以使用其他类型，比如甲乙丙丁戊己庚辛壬癸子丑寅卯。", "可以使用其他类型"),
    ],
)
def test_titles(text: str, title: str) -> None:
    assert sentence_title(text) == title


def test_a_title_is_never_cut_within_a_word() -> None:
    text = "Provide " + " ".join(f"word{i}ish" for i in range(30)) + "."
    title = sentence_title(text)
    assert len(title) <= 70
    assert title in text
    assert text[len(title)] == " "


def test_plain_should_binds_nothing_beside_marked_key_words() -> None:
    text = "# T\n\n## Format\n\nA MUST hold here. B SHOULD hold there. C MAY hold. D should be read as prose.\n"
    assert style_of(text).upper
    draft = outline(text)
    assert [text[s.span.start : s.span.end] for s in draft.statements] == [
        "A MUST hold here.",
        "B SHOULD hold there.",
        "C MAY hold.",
    ]


def test_the_definition_of_the_key_words_is_context() -> None:
    text = (
        "# T\n\n## Rules\n\nThe key words “MUST”, “SHOULD” and “MAY” are read as in RFC 2119.\n\n"
        "MUST, SHOULD and MAY as key words follow RFC 2119.\n\nThe file MUST exist.\n"
    )
    draft = outline(text)
    assert [s.title for s in draft.statements] == ["The file must exist"]


def test_questions_markers_and_comments() -> None:
    text = (
        "# T\n\n## Requirements\n\n- The tool prints lines. <!-- It MUST wait. -->\n"
        "- [NEEDS CLARIFICATION: how many?]\n- Colours: TBD\n\n<!--\n- The tool MUST fly.\n-->\n"
    )
    draft = outline(text)
    found = {text[s.span.start : s.span.end]: s.klass for s in draft.statements}
    assert found["[NEEDS CLARIFICATION: how many?]"] == StatementClass.QUESTION
    assert found["Colours: TBD"] == StatementClass.QUESTION
    assert not any("MUST" in quote for quote in found)
