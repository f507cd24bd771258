"""German."""

from bmad.core.outline.words.language import Column, Language, Rank, Role

GERMAN = Language(
    code="de",
    common="der|die|das|und|ist|sind|nicht|mit|für|ein|eine|den|dem|zu|von|wird|werden|auf|im|kann|muss",
    headings={
        Role.REQUIREMENT: (
            "funktionale ziele|…anforderungen|…anforderung|funktionen|…funktionen|…funktionalität|…funktionalitäten|…funktionsumfang|"
            "funktional|funktionale|funktionaler umfang|leistungsumfang|…leistungen|produktfunktionen|pflichten|verhalten|regeln|…geschäftsregeln|"
            "lieferumfang|musskriterien|muss kriterien|…merkmale|im umfang|was es können soll|…muss es können|"
            "wünsche|aufgaben|umfang|muss ziele|aufgabenstellung|…aufgabenstellung|projektauftrag|…geschäftsprozesse"
        ),
        Role.DESIGN: "entwurf|umsetzung|lösung|architektur|konzept|feinkonzept|technische umsetzung",
        Role.SPECIFICATION: "spezifikation|…spezifikation",
        Role.STORIES: "user storys|user stories|…anwendungsfälle|nutzergeschichten|anwenderstories|benutzergeschichten",
        Role.CRITERIA: (
            "akzeptanzkriterium|abnahmekriterium|…akzeptanzkriterien|…abnahmekriterien|abnahme|…abnahmevoraussetzungen|abnahmebedingungen|szenarien|"
            "abnahmetests|fertig wenn|kriterien"
        ),
        Role.EDGE: "…randfälle|…sonderfälle|…grenzfälle|…fehlerfälle|fehlerbehandlung|ausnahmen",
        Role.GOAL: "erfolgsfaktoren|kritische erfolgsfaktoren|ziel|ziele|ziel des projekts|ziele des projekts|projektziel|…ziele|…zielsetzung|zielbestimmung|erfolgskriterien|…erfolgskriterien|zielsetzungen",
        Role.NON_GOAL: (
            "nicht im scope|außerhalb des scope|außerhalb des scopes|außerhalb vom scope|…nicht ziele…|…nichtziele…|nicht ziele|…abgrenzungskriterien|abgrenzung|abgrenzungen|…nicht bestandteil…|"
            "…nicht im umfang…|…nicht im scope…|…außerhalb des umfangs…|…ausserhalb des umfangs…|außerhalb…|ausserhalb…|"
            "…ausgeschlossen…|ausschlüsse|…nicht enthalten…|…nicht vorgesehen…|…nicht geplant…|was nicht…|nicht in…|"
            "kein bestandteil…|…out of scope…|…zurückgestellt…|ausgeschlossene…|"
            "…nicht teil…|nicht anforderungen|…nicht umgesetzt…|nicht gewünscht|nicht erwünscht|unerwünscht|nicht gewollt|"
            "was wir nicht…|wollen wir nicht|machen wir nicht|wird nicht gemacht|nicht benötigt|nicht gefordert|"
            "bewusst weggelassen…|kein ziel|keine ziele|verworfen|tabu"
        ),
        Role.LATER: (
            "später|später…|zukunft|…zukünftige…|zukünftige…|ausblick|wunschkriterien|kannkriterien|kann kriterien|"
            "…erweiterungen|ausbaustufe 2|ausbaustufe 2…|optional|optionale…|nice to have|phase 2|ideen|"
            "künftige…|spätere…"
        ),
        Role.QUESTION: "…offene fragen…|…offene punkte…|ungeklärte…|zu klären|noch zu klären|klärungsbedarf|offenes|offen|noch offen|zu entscheiden|noch zu entscheiden|fragen",
        Role.CONSTRAINT: (
            "randbedingungen und annahmen|technologie stack|technologiestack|tech stack|technischer stack|…randbedingungen|…rahmenbedingungen|einschränkungen|…einschränkungen|technische vorgaben|vorgaben|"
            "technische anforderungen|…technologien|technik|plattformen|technologie|produktumgebung|restriktionen|…mengengerüst"
        ),
        Role.QUALITY: (
            "qualitätskriterien|nicht funktionsanforderungen|…nichtfunktionsanforderungen|…nichtfunktionale anforderungen|…nicht funktionale anforderungen|qualität|…qualitätsanforderungen|"
            "…qualitätsziele|leistung|datenschutz|sicherheit|zuverlässigkeit|…nichtfunktional|barrierefreiheit|"
            "benutzbarkeit|wartbarkeit|produktleistungen|…leistungsanforderungen"
        ),
        Role.DECISION: "entscheidung|entscheidungen|beschluss|beschlüsse|…beschlüsse",
        Role.CONSEQUENCES: "konsequenzen|folgen|auswirkungen",
        Role.SUMMARY: (
            "zweck des dokuments|zweck dieses dokuments|ziel des dokuments|ziel dieses dokuments|zusammenfassung|überblick|übersicht|kurzbeschreibung|beschreibung|vision|produktvision|idee|einleitung|"
            "einführung|vorwort|produktübersicht|produkteinsatz|zweck"
        ),
        Role.PLAN: "…meilensteine|…zeitplan|…projektplan|…phasen|…terminplan|…liefertermin|fahrplan|nächste schritte",
        Role.USERS: (
            "nutzer|benutzer|…zielgruppe|…zielgruppen|zielgruppe…|zielgruppen…|anwender|rollen|…benutzergruppen|beteiligte|stakeholder|"
            "teilnehmer|anwesend|akteure|personas|"
            "nutzerprofile|benutzerprofile"
        ),
        Role.CONTEXT: (
            "geschäftsmodell|projektstruktur|ordnerstruktur|verzeichnisstruktur|hintergrund…|…ausgangssituation|ausgangslage|motivation…|…beispiele|beispiel…|anhang|anhang…|risiken|"
            "risiken…|warum…|allgemeines|…annahmen|abhängigkeiten|ist zustand|istzustand|problemstellung|problem|"
            "projektbezug|kontext|anmerkungen|hinweise|besprechung|tagesordnung|notizen|"
            "installation|installation…|inbetriebnahme|…referenzen und…|…risiken|begründung|begründungen|gründe"
        ),
        Role.ASIDE: "häufige fragen|alternativen|alternativen…|verworfene…",
        Role.TEST: "testplan|teststrategie|tests|testfälle|…testfälle|qualitätssicherung|testszenarien",
        Role.HISTORY: (
            "…versionsgeschichte|…dokumenthistorie|…revisionshistorie|…änderungsnachweis|…änderungsverlauf|…änderungshistorie|änderungsprotokoll|versionshistorie|historie|status|stand|…bereits umgesetzt…|erledigt|"
            "versionsverlauf|…versionsverlauf"
        ),
        Role.CONTENTS: "inhaltsverzeichnis|inhalt|abbildungsverzeichnis|tabellenverzeichnis",
        Role.RESEARCH: "marktanalyse|marktforschung|wettbewerb|wettbewerber|wettbewerbsanalyse|…umfrageergebnisse|nutzerforschung",
        Role.ABOUT: (
            "auftraggeber|auftragnehmer|teilnehmerliste|mitgliederliste|vortragsthema|anlagen|beilagen|mitgeltende unterlagen|lizenz|autoren|autor|danksagung|quellen|literatur|referenzen|über|impressum|kontakt|literaturverzeichnis|"
            "mitgeltende dokumente|dokumentinformationen|freigabe|"
            "…nachverfolgbarkeit…|…rückverfolgbarkeit…|budget|ansprechpartner|verantwortliche|verantwortliche…|verantwortlichkeiten|projektteam|projektbeteiligte|"
            "teamregeln|teamvereinbarungen|teamvereinbarung|teamabsprachen|arbeitsvereinbarungen|arbeitsvereinbarung|spielregeln im team|zusammenarbeit im team"
        ),
        Role.GLOSSARY: "glossar|begriffe|…begriffe|definitionen|abkürzungen|abkürzungsverzeichnis|begriffserklärung",
    },
    ranked={
        Rank.MUST: "muss|muss ziele|musskriterien|muss kriterien|muss anforderungen|pflicht|pflichtkriterien|hohe priorität",
        Rank.SHOULD: "soll|soll ziele|sollkriterien|soll kriterien|soll anforderungen|mittlere priorität",
        Rank.COULD: "kann|kann ziele|wunschziele|kannkriterien|kann kriterien|wunschkriterien|kann anforderungen|optional|niedrige priorität",
    },
    modifiers=(
        "die|das|der|unsere|alle|funktionale|produkt|nutzer|system|fachliche|technische|allgemeine|wichtige|weitere|"
        "und|an|muss|soll|kann|des|detaillierte"
    ),
    lacks=(
        r"was (?:\S+ ){0,6}?(?:nicht|nichts) (?:\S+ )?(?:leistet|tut|kann|macht|enthält|bietet|umfasst|abdeckt|ist|sind|wird|werden"
        r"|dazugehört|unterstützt|ersetzt|verspricht)\b.*"
    ),
    units={
        "epic": "epos",
        "story": "nutzergeschichte|anwendungsfall",
        "requirement": "anforderung|funktion",
        "scenario": "szenario",
    },
    ranks={
        Rank.MUST: "muss…|hoch|hohe…|pflicht…|zwingend|kritisch",
        Rank.SHOULD: "soll…|mittel|mittlere…",
        Rank.COULD: "kann…|niedrig|niedrige…|optional|wunsch…|gering",
        Rank.WONT: "gestrichen|zurückgezogen|verworfen|obsolet|nicht|wird nicht…|ausgeschlossen|entfällt|keine",
    },
    columns={
        Column.ID: "kennung|nr|nummer|id nr|bezeichner",
        Column.TEXT: "anforderung|anforderungen|beschreibung|regel|kriterium|text|aussage|erwartetes ergebnis|…beschreibung",
        Column.NAME: "funktion|bezeichnung|titel|name|feld",
        Column.PRIORITY: "priorität|prioritaet|prio|wichtigkeit|verbindlichkeit|dringlichkeit",
        Column.REQUIRED: "pflicht|erforderlich|verpflichtend|obligatorisch|zwingend|notwendig|benötigt",
        Column.OPTIONAL: "optional|verzichtbar",
        Column.SCOPE: "im umfang|enthalten|im scope",
        Column.ROLE: "als|rolle|benutzer",
        Column.WANT: "möchte ich|will ich|ich möchte|ziel",
        Column.WHY: "damit|sodass|um|nutzen",
        Column.DEPENDS: "hängt ab von|abhängig von|abhängigkeiten|abhängigkeit|voraussetzung",
        Column.DONE: "stand|erledigt",
        Column.ASIDE: "begründung|bemerkung|anmerkung|quelle|aufwand|hinweis|prüfung",
        Column.RECORD: "version|datum|autor|geänderte kapitel|art der änderung|änderung|begriff|abkürzung|bedeutung",
    },
    records=(
        "akteur|akteure|zeitraum|betreuer|betreuerin|dozent|dozentin|typ|verantwortlich|projektbezeichnung|projektleiter|erstellt am|letzte änderung|aktuelle version|autor|datum|version|liefertermin|"
        "angebot an|autor des dokuments|dateiname|dokumentname|dokumenttyp|vertraulichkeit|ort, datum|"
        "projekt|auftraggeber|auftragnehmer|stand|teilnehmer|ort|begründung|hinweis|ziel und zweck des dokuments|"
        "ausgangssituation|projektbezug|zielgruppe(n)|mitwirkend|mitwirkende|projektmitglieder|dokumentenablage"
    ),
    must=(
        "muss|müssen|müsste|darf nicht|dürfen nicht|darf kein|darf keine|dürfen keine|darf keinen|erforderlich|"
        "verpflichtend|verboten|hat zu|haben zu|ist zu|sind zu|zwingend|nicht zulässig|unzulässig|niemals|nie|immer|"
        "höchstens|mindestens|darf nur|dürfen nur"
    ),
    weak="nie|niemals|immer|höchstens|mindestens",
    should="soll|sollen|sollte|sollten|empfohlen|möglichst|idealerweise",
    may="darf|dürfen|könnte|könnten|möglicherweise",
    can="optional|kann|können|bei bedarf|auf wunsch",
    forbids=r"\b(?:darf|dürfen|duerfen)\b[^,;:.]{1,120}?\b(?:nicht|niemals|kein(?:e|en|em|er|es)?)\b",
    only="darf nur|dürfen nur|kann nur|können nur|nur … darf",
    will="würde|ermöglicht|unterstützt|bietet",
    rules=(
        "ist ungültig|sind ungültig|wird ignoriert|werden ignoriert|ist nicht erlaubt|sind nicht erlaubt|ist erlaubt|"
        "wird abgelehnt|werden abgelehnt|wird gelöscht|werden gelöscht|wird angezeigt|werden angezeigt|"
        "standardmäßig|wird gespeichert|werden gespeichert|ein fehler"
    ),
    wishes=(
        "wir schlagen vor|ich schlage vor|ich möchte|wir möchten|ich will|wir wollen|ich brauche|wir brauchen|ich hätte gern|ich hätte gerne|"
        "wir hätten gern|ich wünsche|wir wünschen|es wäre|wäre schön|wünscht sich|bitte"
    ),
    nice="wäre schön|wäre nett|wäre toll|vielleicht|eventuell|optional|bei gelegenheit|irgendwann",
    conditions="wenn|falls|sobald|sofern|solange|bei|nachdem|bevor|ist",
    opens_aside=(
        "zum beispiel|z.b.|z. b.|beispiel|beispiele|hinweis|anmerkung|bisher|derzeit|aktuell|heute|momentan|"
        "ziel dieses dokuments|zweck dieses dokuments|das ziel dieses dokuments|der zweck dieses dokuments|dieses dokument|dieses lastenheft|dieser abschnitt|das vorliegende|die folgende abbildung|siehe|"
        "abbildung|wir haben|wir glauben|im allgemeinen|normalerweise|leider"
    ),
    doubts=(
        r"(?:ich bin |wir sind |bin |sind )?(?:mir |uns )?(?:noch |aber )?(?:noch )?nicht (?:ganz |wirklich )?"
        r"(?:sicher|überzeugt)\b|unsicher\b|(?:noch )?unklar,? (?:ob|wie|wann|wer|was|wo)\b|keine ahnung\b|"
        r"(?:ich|wir) (?:bezweifle\w*|zweifle\w*|weiß nicht|weiss nicht|wissen (?:noch )?nicht)\b|mal sehen\b|"
        r"(?:das )?(?:muss|bleibt) (?:sich )?(?:noch )?(?:zeigen|abzuwarten)\b"
    ),
    past="musste|mussten|wurde|wurden|war|waren|hatte|hatten|bisher|früher|gestern|damals|hat sich|haben uns|gewesen",
    first="ich|wir|uns|unser|unsere|mein|meine|mir|mich",
    stories=(r"als .{2,60}?,? (?:möchte|will|kann|brauche|muss|soll) (?:ich|wir)\b",),
    given="angenommen|gegeben|gegeben sei|gegeben ist",
    when="wenn|falls",
    then="dann|so",
    more="und|aber|oder",
    out=(
        "nicht bestandteil|nicht teil des|nicht teil der|nicht teil dieses|nicht im umfang|nicht im scope|"
        "außerhalb des umfangs|nicht vorgesehen|ist nicht geplant|sind nicht geplant|kein bestandteil|"
        "wird nicht umgesetzt|werden nicht umgesetzt|nicht gegenstand|wird zurückgestellt|"
        "werden zurückgestellt|vorerst nicht|"
        "wir bauen kein|wir bauen keine|wir bauen keinen|wir machen kein|wir machen keine|"
        "wir machen keinen|wir unterstützen kein|wir unterstützen keine|wir unterstützen keinen|"
        "wir bieten kein|wir bieten keine|wir bieten keinen"
    ),
    leaves=(
        "nicht enthalten|umfasst nicht|umfassen nicht|ausgeschlossen sind|ausgeschlossen wird|"
        "nicht umgesetzt werden|wir werden nicht|explizit ausgeschlossen"
    ),
    unneeded=(
        r"(?:ist|sind) (?:hier )?nicht (?:erforderlich|notwendig|nötig|noetig)$|(?:wird|werden) nicht (?:benötigt|benoetigt)$|"
        r"^kein\w* (?:\S+ ){1,9}(?:erforderlich|notwendig|nötig|noetig)$"
    ),
    meta=(
        r"(?:(?:jede|alle|die|diese|eine) )?(?:folgenden |funktionalen |nicht[- ]?funktionalen )*anforderung(?:en)?"
        r"(?: in diesem dokument)? (?:ist|sind|hat|haben|muss|müssen|wird|werden|trägt|tragen|enthält|besitzt|soll|sollen)\b.*"
        r"\b(?:kennung|nummer|id|eindeutige?\w*|testbar|prüfbar|überprüfbar|messbar|nachvollziehbar|gelöscht|nummeriert|"
        r"priorisiert|priorität|formuliert|beschrieben|gegliedert|kategorisiert|aufgeführt|gekennzeichnet|unterteilt)\b.*"
    ),
    noes="kein|keine|keinen|ohne",
    yet="vorerst|zunächst|in der ersten version|in v1|im mvp|anfangs",
    depends="hängt ab von|hängt von|abhängig von|setzt voraus|voraussetzung:|abhängig von:|benötigt",
    serves=(
        "setzt um|erfüllt|erfuellt|deckt ab|betrifft|bezug|anforderungen|anforderung|"
        "umgesetzte anforderungen|zugehörige anforderungen"
    ),
    everywhere=(
        "browser|browsern|windows|linux|sprache|lizenz|sekunden|millisekunden|minuten|prozent|verfügbarkeit|plattform|"
        "bibliothek|bibliotheken|abhängigkeit|abhängigkeiten|barrierefrei|dsgvo|intuitiv|verständliche|code|version|"
        "schnell|einfach|sicher|zuverlässig|offline|server|getestet|dokumentiert|nutzer gleichzeitig"
    ),
    clauses=(
        "der|die|das|welche|welcher|wo|wenn|falls|aber|und|oder|sodass|damit|weil|da|obwohl|während|nachdem|bevor|"
        "sobald|um|ohne|mit|sondern|indem|z.b.|sofern|außer"
    ),
    other="im|was",
    points=(
        "folgende grafik|folgenden grafik|nachfolgende grafik|nachfolgende übersicht|folgende abbildung|nachfolgend aufgelistet|nachfolgend beschrieben|im folgenden aufgelistet|im folgenden beschrieben|"
        "diagramm verdeutlicht|diagramm zeigt|abbildung zeigt|nachfolgende abbildung|im kapitel|in kapitel|im abschnitt|"
        "in abschnitt|hier ersichtlich|ist ersichtlich"
    ),
    reasons="weil|da|damit|sodass|um|denn",
    stop=(
        "der|die|das|den|dem|des|und|oder|ein|eine|einen|einem|einer|ist|sind|wird|werden|soll|sollen|muss|müssen|"
        "kann|können|mit|für|von|zu|im|in|am|an|auf|aus|bei|nicht|auch|nur|als|wie|es|sich|wenn|sobald|falls|vom|zum|zur|bei|durch|dass|werden|system|nutzer|benutzer|"
        "anwendung|app|möglich"
    ),
    nothing="oder|und|keine|nichts|nein|keiner|ja",
    unfilled="noch offen|zu klären|noch zu klären|folgt|wird ergänzt|entfällt|nicht zutreffend|k.a.|k. a",
)
