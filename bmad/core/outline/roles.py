"""What a heading says about the text below it.

Words of headings in several languages; a heading inherits the role of the one above unless it has its own.
"""

import re
from enum import StrEnum
from functools import lru_cache

from bmad.core.outline.tree import Section


class Role(StrEnum):
    """`VETO` never binds; `CONTEXT` only by marked key words; `NEUTRAL` says nothing."""

    VETO = "veto"
    CONTEXT = "context"
    SUMMARY = "summary"
    NON_GOAL = "non-goal"
    QUESTION = "question"
    GOAL = "goal"
    REQUIREMENT = "requirement"
    QUALITY = "quality"
    STORY = "story"
    CRITERIA = "criteria"
    TEST = "test"
    USERS = "users"
    REFERENCE = "reference"
    NEUTRAL = "neutral"


_PATTERNS: tuple[tuple[Role, str], ...] = (
    (
        Role.NON_GOAL,
        (r"non[- ]?(?:goals?|objectives?|requirements?|features?)|(?:out of|outside|beyond)(?: the)? scope|"
        r"won['’]?t(?: have| do)?|"
        r"will not(?: have| do)?|not in scope|not (?:goals|planned|included|doing|supported)|exclusions?|"
        r"excluded|anti[- ]?goals?|no[- ]gos?|"
        r"out[- ]of[- ]scope|what (?:it|this|we)(?: is| are|['’]re|['’]s)? (?:does |do |will )?not\b.*|"
        r"(?:un)?supported nothing|deliberately (?:left out|not).*|"
        r"非目标|非目標|不做(?:的|什么)?.*|范围外|範圍外|範囲外|不在范围内?|超出范围|排除.*|対象外|スコープ外|"
        r"nicht[- ]ziele?|nichtziele|au(?:ß|ss)erhalb des (?:umfangs|scopes?)|abgrenzung|"
        r"hors (?:du )?(?:périmètre|champ|scope)|non[- ]objectifs?|"
        r"fuera de(?:l)? alcance|no objetivos|fora d[eo] escopo|비목표|범위 밖"),
    ),
    (
        Role.VETO,
        (r"change ?logs?|changes(?: from| since| in).*|(?:revision|version|document|implementation)? ?history|"
        r"release notes?|what['’]?s new|"
        r"licen[cs]e(?:s)?(?: .*)?|licensing|copyright.*|legal(?: notices?)?|about(?: the authors?|"
        r" this .*)?|authors?|contributors?|maintainers?|acknowledge?ments?|"
        r"credits|thanks|sponsors?|table of contents|contents|toc|references?|(?:normative|"
        r"informative) references|bibliography|"
        r"further reading|see also|related (?:links|documents)|links|resources|.*sign[- ]?off.*|.*questionnaire.*|"
        r"(?:release|review|quality|process|submission|requirements?|validation) checklist|"
        r"review & acceptance checklist|checklists?|execution status|"
        r"graduation criteria.*|infrastructure needed|status of this (?:memo|document)|document (?:control|"
        r"information)|approvals?|"
        r"更新日志|更新記錄|变更(?:日志|记录|历史)|變更(?:日誌|記錄)|版本历史|修订历史|许可(?:证|协议)?|"
        r"許可(?:證)?|授权|授權|版权|版權|关于|關於|作者|"
        r"贡献者|貢獻者|致谢|致謝|目录|目錄|参考(?:文献|资料)?|參考(?:文獻|資料)?|参考文献|変更履歴|"
        r"ライセンス|著者|謝辞|目次|について|"
        r"änderungs(?:protokoll|historie)|lizenz|autoren|danksagung|inhaltsverzeichnis|quellen|literatur|über|"
        r"journal des modifications|historique|licence|auteurs?|remerciements|table des matières|références|"
        r"à propos|"
        r"historial(?: de cambios)?|licencia|autores|agradecimientos|índice|referencias|acerca de.*|저자|라이선스|"
        r"변경 이력|목차"),
    ),
    (
        Role.QUESTION,
        (r"(?:open|unresolved|outstanding|remaining|pending)(?: \w+)? (?:questions?|issues?|points?|items|"
        r"decisions?)|open questions?.*|questions?|needs clarification|"
        r"clarifications?(?: needed)?|to be (?:decided|determined|discussed|clarified)|tbd|unresolved|unknowns|"
        r"(?:开放|待解决|未解决|未决)(?:的)?(?:问题|事项)|待定(?:事项)?|待确认(?:事项)?|問題點|(?:開放|待解決|"
        r"未解決)(?:的)?問題|未解決の?(?:課題|問題|事項)|"
        r"未決(?:定)?事項|オープンな?質問|"
        r"offene (?:fragen|punkte)|questions? (?:ouvertes?|en suspens)|preguntas (?:abiertas|pendientes)|"
        r"questões (?:em )?aberta?s?|열린 질문|미해결.*"),
    ),
    (
        Role.CONTEXT,
        (r"faqs?(?: .*)?|frequently asked.*|q ?& ?a|alternatives?(?: .*)?|(?:rejected|considered) .*|"
        r"drawbacks?.*|trade-?offs?|prior art.*|"
        r"background.*|motivations?|rationale.*|why(?:\b.*)?|introduction|intro|preface|foreword|context|"
        r"problem(?: .*)?|the problem|current (?:state|situation).*|"
        r"examples?(?: .*)?|.* examples?|appendi(?:x|ces).*|annex.*|risks?(?: .*)?|install(?:ation|ing)?.*|"
        r"(?:getting|get) started|quick ?start.*|tutorials?|"
        r"contribut(?:ing|ions?)(?: .*)?|discussions?|related work|terminology|definitions?|"
        r"terms(?: and .*)?|glossary|conventions?(?: used.*)?|notational conventions?|"
        r"document conventions|requirements? (?:language|notation)|notation(?:al conventions)?|key ?words|"
        r"timeline|milestones?|schedule|roadmap|future(?: .*)?|later|backlog ideas|assumptions?(?: .*)?|"
        r"dependenc(?:y|ies)(?: & .*)?|history and .*|"
        r"caveats?|notes?/constraints/caveats|notes?|credits? .*|community|support|code of conduct|feedback|"
        r"contact|key entities|stakeholders?|team|"
        r"status|version skew strategy|upgrade / downgrade strategy|who uses .*|benefits?|comparisons?.*|"
        r"what is .*|vision and .*|inspiration|lessons.*|backwards compatibility analysis|"
        r"背景.*|动机|動機|为什么.*|為什麼.*|為何.*|为何.*|なぜ.*|常见问题.*|常見問題.*|よくある質問.*|简介|"
        r"簡介|介绍|介紹|引言|前言|导言|はじめに|序論|例子?|示例|"
        r"范例|範例|例子.*|使用例|附录.*|附錄.*|付録.*|"
        r"术语(?:表)?|術語|用語.*|定义|定義|安装.*|安裝.*|快速开始|入门|风险.*|風險.*|替代方案.*|備選方案|"
        r"备选方案|路线图|假设|"
        r"hintergrund.*|motivation.*|einleitung|einführung|beispiele?.*|anhang.*|risiken.*|glossar|begriffe|"
        r"häufige fragen|warum.*|"
        r"contexte|exemples?.*|annexes?.*|risques?.*|glossaire|pourquoi.*|antecedentes|introducción|"
        r"ejemplos?.*|anexos?.*|riesgos?.*|glosario|por qué.*|motivación|"
        r"contexto|introdução|exemplos?.*|배경.*|소개|예시?|부록.*|자주 묻는.*"),
    ),
    (
        Role.SUMMARY,
        (r"summary|executive summary|abstract|overview|tl;?dr|synopsis|in (?:short|brief)|purpose|vision|"
        r"mission|elevator pitch|proposal|description|input|"
        r"the idea|idea|product (?:overview|vision|summary|brief)|"
        r"概述|概要|摘要|总览|總覽|综述|愿景|願景|zusammenfassung|überblick|übersicht|résumé|aperçu|sommaire|"
        r"resumen|"
        r"visión(?: general)?|resumo|visão geral|개요|요약"),
    ),
    (
        Role.USERS,
        (r"(?:target |primary |intended )?(?:users?|audiences?|personas?|actors?|user groups?|"
        r"customers?)(?: and .*| & .*)?|who (?:is it|it['’]s|this is|is this) for|for whom|roles|"
        r"用户(?:群体|画像|角色)?|目标用户|受众|使用者|用戶|目標用戶|ユーザー|対象(?:者|ユーザー)|nutzer|"
        r"benutzer|zielgruppen?|anwender|"
        r"utilisateurs?|public cible|usuarios|público.*|사용자"),
    ),
    (
        Role.CRITERIA,
        (r"acceptance(?: criteria| scenarios?| tests?)?|criteria|scenarios?(?:\s*[:\d].*)?|scenario outline.*|"
        r"definition of done|edge cases?|conditions of satisfaction|"
        r"验收(?:标准|条件)|驗收(?:標準|條件)|受け入れ(?:基準|条件)|场景.*|akzeptanzkriterien|"
        r"critères d['’]acceptation|"
        r"criterios de aceptación|critérios de aceitação|인수 (?:기준|조건)"),
    ),
    (
        Role.STORY,
        (r"(?:user )?stor(?:y|ies)(?:\s*[-–—#:.\d].*| and .*| & .*)?|user scenarios?.*|"
        r"use[- ]cases?(?:\s*[-–—#:.\d].*)?|jobs to be done|(?:user )?journeys?|"
        r"用户故事.*|使用者故事.*|用戶故事.*|用例.*|ユーザーストーリー.*|ユースケース.*|anwendungsfälle.*|"
        r"user[- ]stor(?:y|ies).*|"
        r"cas d['’](?:utilisation|usage).*|historias de usuario.*|casos de uso.*|"
        r"histórias de usuário.*|사용자 스토리.*"),
    ),
    (
        Role.TEST,
        (r"test(?:ing|s)?(?: plan| strategy| requirements| approach)?|verification(?: .*)?|validation|qa plan|"
        r"测试(?:计划|方案|策略)?|測試(?:計畫|計劃|方案)?|テスト(?:計画)?|testplan|"
        r"teststrategie|plan de (?:test|pruebas?|tests)"),
    ),
    (
        Role.GOAL,
        (r"(?:project |product |design |primary |secondary |main |key |business )*(?:goals?|objectives?|aims?|"
        r"outcomes?|success (?:criteria|metrics|measures)|measurable outcomes)(?: and .*| & .*)?|"
        r"what we (?:want|need).*|"
        r"(?:设计|设计|项目|項目|設計|产品|產品|成功)?(?:目标|目標|目的|指标|标准)|ゴール|ziele?|"
        r"projektziele?|erfolgskriterien|"
        r"objectifs?|buts?|objetivos?|metas?|목표"),
    ),
    (
        Role.QUALITY,
        (r"(?:non[- ]?functional|quality|technical|design|system|platform|operational|security|performance|"
        r"privacy|accessibility|compatibility)(?: requirements?| constraints?| attributes?| considerations?|"
        r" goals?)|"
        r"nfrs?|constraints?(?: .*)?|limitations?|restrictions?|performance|security|privacy|reliability|"
        r"availability|scalability|portability|accessibility|compatibility|"
        r"usability|maintainability|observability|quality|qualities|robustness|speed|localization|"
        r"internationali[sz]ation|supported (?:platforms?|versions|browsers)|environment|"
        r"约束.*|約束.*|限制.*|非功能(?:性)?(?:需求|要求)?|性能(?:要求)?|效能|安全(?:性)?(?:要求)?|隐私|"
        r"可靠性|可用性|兼容性|可访问性|制約.*|非機能要件|"
        r"セキュリティ|パフォーマンス|"
        r"nicht[- ]?funktionale (?:anforderungen|eigenschaften)|einschränkungen|randbedingungen|"
        r"rahmenbedingungen|qualität.*|sicherheit|leistung|datenschutz|"
        r"contraintes?.*|exigences non[- ]fonctionnelles|sécurité|restricciones|requisitos no funcionales|"
        r"seguridad|rendimiento|restrições|requisitos não funcionais|비기능.*|제약.*|보안|성능"),
    ),
    (
        Role.REQUIREMENT,
        (r"(?:functional |product |user |business |system |software |added |modified |core |main |key |"
        r"detailed |feature )*(?:requirements?|features?|functionality|functions|capabilities|behaviou?rs?|"
        r"rules)(?:\s*[:\d].*| list| specification| and .*| & .*)?|"
        r"(?:must|should|could|nice[- ]to)[- ]haves?|scope|in scope|what it (?:does|should do)|how it works|"
        r"implementation(?: details?| plan)?|design(?: details?)?|detailed design|technical design|"
        r"proposed (?:solution|changes?|design)|solution|specifications? details|user interface|ui|commands?|"
        r"command[- ]line(?: interface)?|cli|api|endpoints|interfaces?|data model|mvp(?: scope| features)?|"
        r"minimum viable product|deliverables?|"
        r"需求.*|功能(?:需求|要求|性需求|列表|特性)?|要求|特性|实现(?:细节)?|實現|设计(?:细节|方案)?|設計|"
        r"行为|行為|範圍|范围|機能(?:要件|一覧)?|要件|仕様|実装|"
        r"(?:funktionale )?anforderungen|funktionen|funktionalität|funktionsumfang|umsetzung|verhalten|"
        r"(?:exigences?|besoins)(?: fonctionnelles?)?|fonctionnalités|comportement|"
        r"requisitos(?: funcionales| funcionais)?|funcionalidade?s?|características|"
        r"requerimientos|기능.*|요구 ?사항|요건"),
    ),
    (
        Role.REFERENCE,
        r".*\b(?:grammar|syntax|schema|abnf|ebnf|bnf)\b.*|.*(?:语法|語法|文法|模式定义)",
    ),
)  # fmt: skip

_MATCHERS = tuple((role, re.compile(f"(?:{pattern})", re.IGNORECASE)) for role, pattern in _PATTERNS)
NUMBERING = re.compile(
    r"^(?:(?:chapter|section|part|appendix [a-z]\b)\s*)?(?:\d+(?:\.\d+)*|[IVXLC]+)[.):]?\s+|^[^\w(\[¿]+",
    re.IGNORECASE,
)
TRAILING = re.compile(
    r"\s*[(\[（][^()\[\]（）]{0,60}[)\]）]\s*$|[\s:：.!*_#]+$|\s*[\U0001f000-\U0001ffff☀-➿️]+\s*$"
)
ARTICLE = re.compile(r"^(?:the|our|my|a|an|le|la|les|der|die|das|los|las|el)\s+", re.IGNORECASE)
INHERITED = frozenset(
    {Role.VETO, Role.CONTEXT, Role.NON_GOAL, Role.QUESTION, Role.GOAL, Role.REQUIREMENT, Role.QUALITY, Role.STORY,
     Role.CRITERIA, Role.TEST}
)  # fmt: skip
STICKY = frozenset({Role.VETO, Role.NON_GOAL})
FAQ = re.compile(
    r"faqs?\b.*|frequently asked.*|q ?& ?a|常见问题.*|常見問題.*|よくある質問.*|alternatives?\b.*|"
    r".*alternatives considered|替代方案|备选方案|changelog|drawbacks?|prior art.*",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def bare_heading(title: str) -> str:
    """A heading without numbering, decoration, trailing brackets and marks."""
    text = title.strip()
    for _ in range(3):
        text = TRAILING.sub("", text)
    return NUMBERING.sub("", text).strip() or title.strip()


@lru_cache(maxsize=4096)
def own_role(title: str) -> Role:
    """The role a heading has by its own words; NEUTRAL where they say nothing."""
    bare = ARTICLE.sub("", bare_heading(title))
    for role, pattern in _MATCHERS:
        if pattern.fullmatch(bare):
            return role
    return Role.NEUTRAL


def roles_of(sections: list[Section]) -> list[Role]:
    """One role a section, in the order of `sections`; parents come before children."""
    found: list[Role] = []
    sealed: list[bool] = []
    title = _title_section(sections)
    for section in sections:
        if section.parent < 0:
            found.append(Role.SUMMARY)
            sealed.append(False)
            continue
        above = found[section.parent]
        own = own_role(section.title)
        if section.index == title:
            own = Role.SUMMARY
        closed = sealed[section.parent]
        if (
            closed
            or above in STICKY
            or (own == Role.NEUTRAL and above in INHERITED)
            or (own == Role.NEUTRAL and section.pseudo and above == Role.SUMMARY and section.parent != title)
            or (own == Role.SUMMARY and above in {Role.REQUIREMENT, Role.GOAL, Role.QUALITY})
        ):
            own = above
        found.append(own)
        sealed.append(closed or bool(FAQ.fullmatch(bare_heading(section.title))))
    return found


def _title_section(sections: list[Section]) -> int:
    """The section of the document's title: the first heading, where all others stand below it or beside none."""
    tops = [s for s in sections if s.level and s.parent == 0 and not s.pseudo]
    if len(tops) == 1 and tops[0].children:
        return tops[0].index
    if len(tops) > 1 and tops[0].level == 1 and tops[0].index == 1 and tops[0].children:
        return tops[0].index
    return -1


def title_section(sections: list[Section]) -> int:
    """Index of the section that carries the document's title, -1 where no heading does."""
    return _title_section(sections)
