"""Turkish: words that bind by their ending, and ids that stand before the word that waits for them."""

import pytest

from bmad.core.outline.judge import reasons
from bmad.model.spec import Priority
from tests.outline.drafted import asked, left, mapped, priorities, refused, titles

_TEXT = (
    "# Otopark\n\nBu belge sistemin gereksinimlerini açıklar.\n\n## Fonksiyonel Gereksinimler\n\n"
    "- FR-1: Sistem boş yerleri haritada göstermelidir.\n- FR-2: Kullanıcı yer ayırtabilmelidir. FR-1'e bağlıdır.\n"
    "- FR-3: Ödeme kartla yapılmalıdır; önce FR-2 tamamlanmalıdır.\n- FR-4: Fiş gönderilir. FR-2 ve FR-3'e bağlıdır.\n\n"
    "## Fonksiyonel Olmayan Gereksinimler\n\n- Sistem 2 saniye içinde yanıt vermelidir.\n\n## Kapsam Dışı\n\n- Abonelik\n"
)


def test_a_document_in_turkish_is_read_by_its_headings() -> None:
    draft = mapped(_TEXT)
    assert [need.functional for need in draft.requirements] == [True, True, True, True, False]
    assert [one.depends_on for one in draft.stories[:4]] == [(), (0,), (1,), (1, 2)]
    assert titles(draft)[0] == "Sistem boş yerleri haritada göstermelidir"
    assert refused(_TEXT) == ["Abonelik"]
    assert left(_TEXT) == {"Bu belge sistemin gereksinimlerini açıklar.": reasons.EXAMPLE}


def test_a_word_binds_by_its_ending() -> None:
    rules = ["Sistem fişi yazdırmalıdır.", "Kayıtlar silinmemelidir.", "Kullanıcı için bir fiş zorunludur."]
    told = "Sistem bir mağaza için ve kullanıcı için vardır."
    text = f"# P\n\n## Arka Plan\n\n{told}\n\n## Gereksinimler\n\n" + "".join(f"- {one}\n" for one in rules)
    assert asked(text) == rules
    assert priorities(text) == [Priority.MUST] * 3


@pytest.mark.parametrize(
    ("heading", "first", "second", "third"),
    [
        (
            "要件",
            "レジは領収書を印刷する。",
            "合計を表示する。FR-1に依存する。",
            "紙を切る。FR-1とFR-2に依存します。",
        ),
        (
            "요구사항",
            "영수증을 출력해야 한다.",
            "합계를 표시한다. FR-1에 의존한다.",
            "종이를 자른다. FR-1과 FR-2에 의존합니다.",
        ),
        (
            "Gereksinimler",
            "Sistem yazdırmalıdır.",
            "Toplam FR-1'e bağlıdır.",
            "Kesme, FR-1 ve FR-2'yi gerektirir.",
        ),
    ],
)
def test_ids_may_stand_before_what_waits_for_them(heading: str, first: str, second: str, third: str) -> None:
    text = f"# P\n\n## {heading}\n\n- FR-1: {first}\n- FR-2: {second}\n- FR-3: {third}\n- Bu bir sistem için ve kullanıcı.\n"
    assert [one.depends_on for one in mapped(text).stories][:3] == [(), (0,), (0, 1)]
