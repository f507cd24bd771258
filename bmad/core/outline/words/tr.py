"""Turkish."""

from bmad.core.outline.words.language import Column, Language, Rank, Role

TURKISH = Language(
    code="tr",
    common="ve|bir|bu|ile|için|olarak|olmalıdır|kullanıcı|sistem|tarafından|değil|her|veya",
    headings={
        Role.REQUIREMENT: (
            "gereksinimler|…gereksinimler|…gereksinimleri|…gereksinim listesi|özellikler|…özellikler|işlevler|"
            "fonksiyonlar|fonksiyonel gereksinimler|işlevsel gereksinimler|gereksinim analizi|kapsam|istekler"
        ),
        Role.DESIGN: "tasarım|…tasarımı|mimari|…mimarisi|çözüm",
        Role.STORIES: "kullanıcı hikayeleri|kullanıcı hikâyeleri|kullanım senaryoları|kullanım durumları",
        Role.CRITERIA: "kabul kriterleri|…kabul kriterleri|kabul ölçütleri",
        Role.GOAL: "amaç|amaçlar|hedefler|hedef|proje hedefleri|projenin amacı|başarı ölçütleri",
        Role.NON_GOAL: "kapsam dışı|…kapsam dışı…|kapsam dışında kalanlar|hedef dışı|yapılmayacaklar",
        Role.LATER: "gelecek…|ileride|sonraki sürüm|isteğe bağlı|opsiyonel|gelecek çalışmalar",
        Role.QUESTION: "açık sorular|sorular|belirsizlikler|karar bekleyenler|açık konular",
        Role.CONSTRAINT: "kısıtlar|kısıtlamalar|sınırlamalar|teknolojiler|teknik gereksinimler|kullanılan teknolojiler",
        Role.QUALITY: (
            "fonksiyonel olmayan gereksinimler|işlevsel olmayan gereksinimler|performans|güvenlik|kullanılabilirlik|"
            "güvenilirlik|kalite gereksinimleri"
        ),
        Role.DECISION: "karar|kararlar",
        Role.SUMMARY: "giriş|özet|genel bakış|tanım|proje tanımı|vizyon",
        Role.PLAN: "zaman çizelgesi|takvim|yol haritası|aşamalar|kilometre taşları",
        Role.USERS: "kullanıcılar|aktörler|paydaşlar|hedef kitle|kullanıcı rolleri",
        Role.CONTEXT: "arka plan|mevcut durum|riskler|varsayımlar|bağımlılıklar|örnekler|ekler|problem|gerekçe",
        Role.TEST: "test planı|testler|test senaryoları",
        Role.HISTORY: "sürüm geçmişi|değişiklik geçmişi|revizyon geçmişi|durum",
        Role.CONTENTS: "içindekiler",
        Role.ABOUT: "yazarlar|kaynaklar|kaynakça|lisans|ekip|iletişim",
        Role.GLOSSARY: "sözlük|terimler|tanımlar|kısaltmalar",
    },
    units={
        "story": "kullanıcı hikayesi|kullanım durumu",
        "requirement": "gereksinim|özellik",
        "scenario": "senaryo",
    },
    ranks={
        Rank.MUST: "zorunlu|yüksek|kritik|olmazsa olmaz",
        Rank.SHOULD: "orta|önemli",
        Rank.COULD: "düşük|isteğe bağlı|opsiyonel",
        Rank.WONT: "kapsam dışı|iptal|iptal edildi",
    },
    columns={
        Column.ID: "numara|kod|kimlik",
        Column.TEXT: "gereksinim|gereksinimler|açıklama|kural|tanım",
        Column.NAME: "ad|başlık|özellik|işlev|alan",
        Column.PRIORITY: "öncelik|önem",
        Column.REQUIRED: "zorunlu|gerekli",
        Column.OPTIONAL: "isteğe bağlı",
        Column.DEPENDS: "bağımlılık|bağımlılıklar|bağlı olduğu",
        Column.ASIDE: "not|notlar|gerekçe|kaynak|doğrulama",
        Column.RECORD: "sürüm|tarih|yazar|değişiklik",
    },
    records="yazar|tarih|sürüm|durum|hazırlayan|onaylayan|sorumlu|proje|ders|aktör|öğrenci|danışman",
    must=("zorunludur|zorundadır|gerekir|gereklidir|gerekmektedir|yasaktır|edilemez|olamaz|yapılamaz"),
    endings=r"[^\W\d_]{2,}m[ae]l[ıi](?:d[ıi]r)?(?:l[ae]r)?(?!\w)",
    should="önerilir|tercih edilir|tavsiye edilir",
    can="olabilir|edebilir|yapabilir|edebilmelidir|görebilir|isteğe bağlı",
    will="sağlar|destekler|gösterir|sunar|listeler|listelenir",
    rules="geçersizdir|reddedilir|yok sayılır|varsayılan olarak",
    wishes="istiyorum|istiyoruz|isterim|isteriz",
    conditions="eğer|ne zaman",
    opens_aside="örneğin|örnek|bu belge|bu doküman|bu bölüm|şu anda|not|bkz",
    stories=(r"bir .{2,60}? olarak,? ",),
    depends="bağımlılık:|bağımlılıklar:|bağlı olduğu:|ön koşul:|önce",
    waits="bağlıdır|bağımlıdır|gerektirir|bağlı",
    unfilled="belirlenecek|yok|uygulanamaz",
    nothing="yok|hiçbiri",
)
