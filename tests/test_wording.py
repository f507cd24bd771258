"""Words that leave open what is asked, marked in each language; their honest twins are left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bmad.core.wording.language import phrases
from bmad.core.wording.reading import LANGUAGES, language_of
from bmad.model.findings import Finding, Severity
from bmad.pipeline.spec.validate import validate
from bmad.store.formats import TextFormats
from bmad.store.workspace import FileWorkspace
from tests.specs import SMALL, write, write_small

PRD = "specs/prd.md"
STORY = "stories/STORY-store1-store-a-note.md"
OLD = "The tool shall store a note as one file."
CRITERION = "Given a new note, when it is saved, then exactly 1 file is written."


def findings(root: Path, *texts: str, criterion: str = CRITERION) -> list[Finding]:
    """What is found in the wording of requirements with these texts, and of a criterion."""
    more = "".join(
        f"\n### FR-more{at}: More {at}\n\n- Traces: INT-req002\n\n{text}\n" for at, text in enumerate(texts[1:], 1)
    )
    files = write_small(root)
    prd = files[PRD].replace(OLD, texts[0]) if texts else files[PRD]
    write(root, {PRD: prd + more, STORY: files[STORY].replace(CRITERION, criterion)})
    report = validate(FileWorkspace(root), TextFormats())
    return [one for one in report.findings if one.code >= "V20" or "criterion ends" in one.message]


def marked(finding: Finding) -> str:
    """The words under the carets."""
    return finding.source[finding.column - 1 : finding.column - 1 + finding.width]


OPEN = [
    ("V20", "The export shall take at most TBD minutes.", "TBD"),
    ("V20", "Das Limit muss noch festgelegt sein: noch offen.", "noch offen"),
    ("V20", "Le délai doit être à définir.", "à définir"),
    ("V20", "El plazo debe quedar por definir.", "por definir"),
    ("V20", "O prazo deve ser definido: a definir.", "a definir"),
    ("V20", "Срок хранения должен быть указан (уточняется).", "уточняется"),
    ("V20", "保存期間は未定とすること。", "未定"),
    ("V20", "保留期限必须明确（待定）。", "待定"),
    ("V21", "The form shall be user-friendly.", "user-friendly"),
    ("V21", "The tool shall read JSON and/or YAML.", "and/or"),
    ("V21", "Die Oberfläche muss benutzerfreundlich sein.", "benutzerfreundlich"),
    ("V21", "L'interface doit être intuitive.", "intuitive"),
    ("V21", "La interfaz debe ser fácil de usar.", "fácil de usar"),
    ("V21", "A interface deve ser intuitiva para os usuários.", "intuitiva"),
    ("V21", "Интерфейс должен быть удобным.", "удобным"),
    ("V21", "画面は使いやすいこと。", "使いやすい"),
    ("V21", "界面必须直观。", "直观"),
    ("V22", "The tool shall keep a backup where possible.", "where possible"),
    ("V22", "Das System soll bei Bedarf eine Kopie anlegen.", "bei Bedarf"),
    ("V22", "Le système doit garder une copie si possible.", "si possible"),
    ("V22", "El sistema debe guardar una copia si es posible.", "si es posible"),
    ("V22", "O sistema deve guardar uma cópia se possível.", "se possível"),
    ("V22", "Система должна по возможности хранить копию.", "по возможности"),
    ("V22", "可能な限りコピーを保存すること。", "可能な限り"),
    ("V22", "系统应当尽可能保存副本。", "尽可能"),
    ("V23", "The tool shall import JSON, YAML, etc.", "etc"),
    ("V23", "Das System muss PDF, Word usw. lesen.", "usw"),
    ("V23", "Le système doit lire les formats PDF, Word, etc.", "etc"),
    ("V23", "El sistema debe leer PDF, Word, entre otros.", "entre otros"),
    ("V23", "O sistema deve ler PDF, Word, entre outros.", "entre outros"),
    ("V23", "Система должна читать PDF, Word и т. д.", "и т. д"),
    ("V23", "PDFなどを読み込むこと。", "など"),
    ("V23", "系统必须支持 PDF、Word 等等。", "等等"),
    ("V24", "The export shall be fast.", "be fast"),
    ("V24", "Die Suche muss schnell antworten.", "schnell"),
    ("V24", "La recherche doit être rapide.", "rapide"),
    ("V24", "La búsqueda debe ser rápida.", "rápida"),
    ("V24", "A busca deve ser rápida para os usuários.", "rápida"),
    ("V24", "Поиск должен работать быстро.", "быстро"),
    ("V24", "検索結果を迅速に表示すること。", "迅速に"),
    ("V24", "系统必须快速响应。", "快速"),
    ("V25", "The tool shall keep notes, and the server shall send them.", "shall"),
    ("V25", "Das Werkzeug muss Notizen halten und der Server muss sie senden.", "muss"),
    ("V25", "L'outil doit garder les notes et le serveur doit les envoyer.", "doit"),
    ("V25", "El sistema debe guardar notas y el servidor debe enviarlas.", "debe"),
    ("V25", "O sistema deve guardar notas e o servidor deve enviar as notas.", "deve"),
    ("V25", "Система должна хранить заметки, и сервер должен их отправлять.", "должен"),
    ("V25", "系统必须保存笔记，并且服务器必须发送笔记。", "必须"),
    ("V26", "It must keep notes.", "It"),
    ("V26", "Diese müssen gespeichert werden.", "Diese"),
    ("V26", "Elle doit garder les notes.", "Elle"),
    ("V26", "Esto debe guardar las notas.", "Esto"),
    ("V26", "Ela deve guardar as notas.", "Ela"),
    ("V26", "Она должна хранить заметки.", "Она"),
    ("V26", "これはメモを保存すること。", "これは"),
    ("V26", "它必须保存笔记。", "它"),
]


@pytest.mark.parametrize(("code", "text", "words"), OPEN)
def test_open_words_are_marked_where_they_stand(tmp_path: Path, code: str, text: str, words: str) -> None:
    found = [one for one in findings(tmp_path, text) if one.code == code]
    assert [(marked(one), one.path) for one in found] == [(words, PRD)]
    assert found[0].fix


FAIR = [
    "The export shall be fast: at most 2 s for 1,000 notes.",
    'The parser shall read `fast` and "TBD" as plain words.',
    "The tool shall list notes, so that I can quickly find one.",
    "The tool shall read its settings from /etc/notes.conf.",
    "The tool shall offer a quick-start page and a fast-forward key.",
    "It must be possible to store a note without a title.",
    "The tool shall name each note that must be kept and each tag.",
    "If a user must log in, the tool shall show a form and a link.",
    "The default shall be appropriate to the screen: 80 columns, else 40.",
    "[NEEDS CLARIFICATION: TBD by whom?] The tool shall keep notes.",
    "**User Value:** Users can quickly find a note.",
    "The tool shall follow [best practices](https://notes.example/best-practices).",
    "**Fast and intuitive:** The tool shall answer each request of a user.",
    "**Effizienz:** Das System muss die Daten der Nutzer auf dem Gerät halten.",
    "Le joueur doit avoir le plus grand nombre de points dans la partie et la liste.",
    "References (as needed): the tool shall read them from disk.",
    "它提供了一组规则。",
    "Das System muss fast alle Zeichen lesen.",
    "Es muss möglich sein, Notizen ohne Titel zu speichern.",
    "Die Suche muss schnell antworten: in höchstens 2 Sekunden.",
    "Il doit être possible de garder une note.",
    "La recherche doit être rapide : 2 s au plus.",
    "検索結果は2秒以内に迅速に表示すること。",
    "系统必须在 2 秒内快速响应。",
]  # fmt: skip


@pytest.mark.parametrize("text", FAIR)
def test_what_has_a_measure_or_only_names_words_is_left_alone(tmp_path: Path, text: str) -> None:
    assert not [one.message for one in findings(tmp_path, text)]


def test_carets_stand_under_the_words_in_a_criterion_that_goes_on_in_a_second_line(tmp_path: Path) -> None:
    text = "Given a note, when it is saved,\n  then the appropriate file is written once."
    (found,) = findings(tmp_path, criterion=text)
    assert (found.code, marked(found), found.line) == ("V21", "appropriate", 14)


def test_words_in_a_second_paragraph_are_found_there(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "The tool shall keep notes.\n\n  As far as possible, it keeps tags.")
    assert (marked(found), found.line) == ("As far as possible", 21)


def test_a_title_that_says_the_same_is_not_taken_for_the_text(tmp_path: Path) -> None:
    write_small(tmp_path)
    text = "Store a note where possible"
    write(tmp_path, {PRD: SMALL[PRD].replace("Store a note as one file", text).replace(OLD, text)})
    report = validate(FileWorkspace(tmp_path), TextFormats())
    assert [(one.line, one.column) for one in report.findings if one.code == "V22"] == [(19, 14)]


def test_windows_line_ends_move_no_mark(tmp_path: Path) -> None:
    write_small(tmp_path)
    text = SMALL[PRD].replace(OLD, "The tool shall keep notes where possible.").replace("\n", "\r\n")
    (tmp_path / PRD).write_bytes(text.encode())
    (found,) = [one for one in validate(FileWorkspace(tmp_path), TextFormats()).findings if one.code == "V22"]
    assert marked(found) == "where possible"


def test_a_criterion_that_repeats_its_requirement_is_not_told_again(tmp_path: Path) -> None:
    text = "The tool shall keep a backup where possible."
    assert [one.path for one in findings(tmp_path, text, criterion=text)] == [PRD]
    assert [one.path for one in findings(tmp_path, criterion=text)] == [STORY]


@pytest.mark.parametrize(
    ("criterion", "code"),
    [
        ("Given a note, when it is saved, then it is quick.", "V09"),
        ("Given a note, when it is saved, then all works as expected.", "V09"),
        ("Given a note, when it is saved, then code 3 comes with a clear message.", "V21"),
        ("Given various notes, when one is saved, then its file is written.", "V21"),
    ],
)
def test_a_criterion_that_ends_in_vague_words_cannot_be_tested(tmp_path: Path, criterion: str, code: str) -> None:
    assert [one.code for one in findings(tmp_path, criterion=criterion)] == [code]


CLASHES = [
    ("Sessions shall expire after 30 minutes.", "Sessions must expire after 15 minutes.", "15 minutes"),
    ("A password shall have at least 8 characters.", "Passwords: a password has at least 8 characters.", None),
    ("Sessions shall expire after 30 minutes.", "Sessions shall expire after 1800 seconds.", None),
    ("A password shall have at least 8 characters.", "A password shall have at most 64 characters.", None),
    ("Over 1,000 notes the search shall take 1 s.", "Over 10,000 notes the search shall take 4 s.", None),
    ("Question 3 shall be answered with 21.", "Question 4 shall be answered with 28.", None),
    ("Sitzungen müssen nach 30 Minuten enden.", "Sitzungen sollen nach 0,5 Stunden enden.", None),
    ("Sitzungen müssen nach 30 Minuten enden.", "Sitzungen müssen nach 20 Minuten enden.", "20 Minuten"),
    ("Les sessions doivent expirer après 30 minutes.", "Les sessions doivent expirer après 1 heure.", "1 heure"),
    ("セッションは30分以内に終了すること。", "セッションは15分以内に終了すること。", "15分"),
    ("会话必须在 30 分钟后过期。", "会话必须在 15 分钟后过期。", "15 分钟"),
    (
        "Guests shall edit shared notes.",
        "Guests shall not edit shared notes.",
        "Guests shall not edit shared notes.",
    ),
    ("Number of active guest accounts", "Number of not active guest accounts", None),
    ("Número de socios activos", "Número de socios no activos", None),
    ("Guests must never edit shared notes.", "Guests must not edit shared notes.", None),
    ("Guests shall edit shared notes.", "Guests shall not edit locked notes.", None),
    ("Gäste dürfen geteilte Notizen ändern.", "Gäste dürfen geteilte Notizen nicht ändern.", "Gäste dürfen"),
    ("Гости должны менять общие заметки.", "Гости не должны менять общие заметки.", "Гости не"),
    ("ゲストはメモを編集すること。", "ゲストはメモを編集しないこと。", "ゲストは"),
    ("访客必须编辑共享笔记。", "访客不得编辑共享笔记。", "访客不得"),
]


@pytest.mark.parametrize(("first", "second", "words"), CLASHES)
def test_contradictions_are_told_at_the_later_one(
    tmp_path: Path, first: str, second: str, words: str | None
) -> None:
    found = [one for one in findings(tmp_path, first, second) if one.code == "V27"]
    assert len(found) == (words is not None), [one.message for one in found]
    if words is not None:
        assert marked(found[0]).startswith(words)
        assert "FR-store1 at specs/prd.md:13" in found[0].message


def test_only_what_each_reader_would_send_back_is_a_warning(tmp_path: Path) -> None:
    graver = {"V09", "V20", "V24", "V27"}
    for at, (code, text, _) in enumerate(OPEN):
        for one in findings(tmp_path / str(at), text):
            expected = Severity.WARNING if one.code in graver else Severity.INFO
            assert one.severity is expected, code


def test_notes_can_be_silenced_and_warnings_cannot(tmp_path: Path) -> None:
    text = "The tool shall be user-friendly, shall be fast and shall keep notes where possible."
    assert {one.code for one in findings(tmp_path, text)} == {"V21", "V22", "V24", "V25"}
    write(tmp_path, {"bmad.yaml": "version: 1\ngate: {since: root}\nspec: {silent: [V21, V25]}\n"})
    report = validate(FileWorkspace(tmp_path), TextFormats())
    assert {one.code for one in report.findings if one.code > "V19"} == {"V22", "V24"}


def _lists() -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        for name in ("unfinished", "vague", "escape", "open_ended", "quick"):
            yield from ((language.code, name, phrase) for phrase in phrases(getattr(language, name)))


def test_no_phrase_stands_twice_in_a_language() -> None:
    seen: dict[tuple[str, str], str] = {}
    for code, name, phrase in _lists():
        assert seen.setdefault((code, phrase), name) == name, (code, phrase)
        assert list(_lists()).count((code, name, phrase)) == 1, (code, name, phrase)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The tool must keep notes.", "en"),
        ("Das Werkzeug muss die Notizen halten.", "de"),
        ("L'outil doit garder les notes.", "fr"),
        ("El sistema debe guardar las notas.", "es"),
        ("O sistema deve guardar as notas.", "pt"),
        ("Система должна хранить заметки.", "ru"),
        ("メモを保存すること。", "ja"),
        ("系统必须保存笔记。", "zh"),
    ],
)
def test_a_language_is_known_by_its_little_words(text: str, code: str) -> None:
    assert language_of(text).code == code
