"""Modal words of languages of which the mapper knows little else: Italian, Dutch, Swedish, Polish, Korean."""

from bmad.core.outline.words.language import Language, Role

ITALIAN = Language(
    code="it",
    common="il|che|di|per|con|non|una|sono|della|deve|gli|è|nel",
    headings={
        Role.REQUIREMENT: "requisiti|requisiti…|funzionalità",
        Role.GOAL: "obiettivi",
        Role.NON_GOAL: "fuori ambito",
    },
    must="deve|devono|obbligatorio|obbligatoria|vietato|proibito",
    should="dovrebbe|dovrebbero|raccomandato",
    may="opzionale",
    can="può|possono",
)
DUTCH = Language(
    code="nl",
    common="het|een|van|niet|met|voor|dat|zijn|wordt|moet|worden",
    headings={
        Role.REQUIREMENT: "eisen|functionele eisen|vereisten",
        Role.GOAL: "doelen",
        Role.NON_GOAL: "buiten scope",
    },
    must="moet|moeten|verplicht|vereist",
    should="zou moeten|aanbevolen",
    may="optioneel",
    can="mag|mogen",
)
SWEDISH = Language(
    code="sv",
    common="och|att|det|som|inte|med|för|den|ska|är",
    headings={Role.REQUIREMENT: "krav|funktionella krav", Role.GOAL: "mål", Role.NON_GOAL: "utanför omfattning"},
    must="måste|ska|skall",
    should="bör",
    can="får|kan",
)
POLISH = Language(
    code="pl",
    common="się|nie|jest|oraz|który|dla|musi|być|przez",
    headings={
        Role.REQUIREMENT: "wymagania|wymagania funkcjonalne",
        Role.GOAL: "cele",
        Role.NON_GOAL: "poza zakresem|poza zakresem…",
    },
    must="musi|muszą|wymagane",
    should="powinien|powinna|powinno|powinny|zalecane",
    may="opcjonalne",
    can="może|mogą",
)
KOREAN = Language(
    code="ko",
    headings={
        Role.REQUIREMENT: "…요구사항|…요구 사항|기능|…기능|요건|…요건",
        Role.GOAL: "목표",
        Role.NON_GOAL: "…비목표…|…범위 밖…|…제외…",
        Role.QUALITY: "…비기능…|보안|성능",
        Role.CONSTRAINT: "…제약…",
        Role.QUESTION: "…열린 질문…|…미해결…",
        Role.STORIES: "사용자 스토리…",
        Role.CRITERIA: "인수 기준|인수 조건",
        Role.CONTEXT: "배경…|소개|예시|부록…",
        Role.SUMMARY: "개요|요약",
        Role.USERS: "사용자",
        Role.CONTENTS: "목차",
        Role.ABOUT: "저자|라이선스",
        Role.HISTORY: "변경 이력",
    },
    must="해야 한다|해야 합니다|해야한다|하여야 한다|안 된다|안 됩니다|필수",
    should="권장|하는 것이 좋다",
    can="할 수 있다|할 수 있습니다|선택",
)
