"""French."""

from bmad.core.outline.words.language import Column, Language, Rank, Role

FRENCH = Language(
    code="fr",
    common="le|la|les|des|et|est|une|un|du|pour|dans|que|qui|avec|sur|sont|doit|pas|être|au|par",
    headings={
        Role.REQUIREMENT: (
            "objectifs fonctionnels|fonctionnelles|fonctionnels|fonctionnel|exigences|exigences…|…exigences fonctionnelles|exigence|besoins|besoins…|fonctionnalités|fonctionnalités…|"
            "fonctions|fonctions…|comportement|règles|règles…|périmètre|dans le périmètre|livrables|livrables attendus|"
            "spécifications fonctionnelles|ce que fait…|besoins fonctionnels|règles de gestion"
        ),
        Role.DESIGN: "specs techniques|dossier de conception|dossier darchitecture|conception|conception…|architecture|architecture…|solution|mise en œuvre|spécifications techniques",
        Role.STORIES: "cas dutilisation|cas dutilisation…|récits utilisateur…|récits utilisateurs|histoires utilisateur|"
        "user stories|scénarios utilisateur…|scénarios utilisateurs…|parcours utilisateur",
        Role.CRITERIA: "critère dacceptation|critères dacceptation|critères dacceptation…|scénarios dacceptation|scénarios|recette|critères",
        Role.EDGE: "cas limites|cas limites…|cas derreur|gestion des erreurs|cas particuliers",
        Role.GOAL: "objectif|objectifs|objectifs…|buts|but|critères de succès|critères de réussite|résultats attendus|"
        "résultats mesurables",
        Role.NON_GOAL: (
            "hors scope|hors du scope|hors scope…|…hors mvp…|…hors du mvp…|…hors périmètre…|…hors du périmètre…|…hors champ…|…hors scope…|non objectifs|…non objectifs…|exclusions|"
            "exclusions…|exclu…|exclus…|…ne fait pas…|ce que nous ne…|…non inclus…|reporté|reportés|reportées|reporté à…|reportée à…|reportés à…|reportées à…|fonctionnalités reportées|hors sujet|"
            "…pas inclus…|non prévu…|…non prévus…|…ne fera pas…|non voulu|non souhaité|non souhaités|pas voulu|pas souhaité|"
            "ce quon ne veut pas…|à ne pas faire|hors limites|écarté|écartés"
        ),
        Role.LATER: "plus tard|…évolutions|évolutions…|…évolutions futures…|ouvertures|améliorations futures|futur|à venir|phase 2|optionnel|souhaitable…|"
        "idées|perspectives",
        Role.QUESTION: "questions ouvertes|questions ouvertes…|questions en suspens|points ouverts|points ouverts…|sujets ouverts|points à trancher…|questions|à clarifier|points à clarifier|à décider|à trancher|à définir|en suspens|points en suspens",
        Role.CONSTRAINT: "hypothèses et contraintes|stack technique|stack technique…|stack retenue|stack|choix techniques|contraintes|contraintes…|limites|limitations|environnement technique|pile technique|technologies",
        Role.QUALITY: (
            "non fonctionnelles|non fonctionnels|non fonctionnel|exigences non fonctionnelles|exigences non fonctionnelles…|performance|performances|sécurité|fiabilité|"
            "accessibilité|qualité|qualité…|disponibilité|robustesse|maintenabilité|portabilité|évolutivité|ergonomie"
        ),
        Role.DECISION: "décision|décisions",
        Role.CONSEQUENCES: "conséquences",
        Role.SUMMARY: "résumé|aperçu|sommaire exécutif|vue densemble|présentation|description|introduction|vision|vision du projet|"
        "vision du produit|vision produit|objet",
        Role.PLAN: "prochaines étapes|étapes suivantes|phases|calendrier|planning|jalons|feuille de route|feuille de route…|étapes",
        Role.USERS: (
            "utilisateurs cibles|utilisateurs visés|cible|cibles|utilisateurs et rôles|rôles utilisateurs|acteurs et rôles|utilisateurs|public cible|acteurs|rôles|parties prenantes|profils|participants|personas|profils utilisateurs|profils dutilisateurs|profils des utilisateurs"
        ),
        Role.CONTEXT: (
            "modèle économique|modèle économique…|modèle monétaire…|modèle d’affaires|structure du projet|arborescence|structure du dépôt|contexte|contexte…|motivation|exemples|exemples…|exemple…|annexe|annexe…|annexes|risques|risques…|pourquoi…|"
            "hypothèses|hypothèses…|dépendances|dépendances…|problème|problèmes|problèmes…|problématique|existant|remarques|notes|"
            "installation|installation…|…risques|justification|justifications|raisons"
        ),
        Role.RESEARCH: "étude de marché|étude de la concurrence|analyse de la concurrence|résultats de l'enquête",
        Role.ASIDE: "faq|alternatives|alternatives…|foire aux questions",
        Role.TEST: "plan de test|plan de tests|tests|stratégie de test|cas de test",
        Role.HISTORY: "suivi des versions|historique des révisions|historique|historique des modifications|historique des versions|historique du document|…déjà réalisé…|déjà implémenté|"
        "journal des modifications|statut|avancement",
        Role.CONTENTS: "table des matières|sommaire",
        Role.ABOUT: (
            "commanditaire|maître douvrage|maîtrise douvrage|liste des participants|accords déquipe|règles déquipe|règles de léquipe|charte déquipe|accords de travail|licence|auteurs|auteur|remerciements|références|à propos|liens|bibliographie|contact|…traçabilité…|responsables|responsables…|équipe projet"
        ),
        Role.GLOSSARY: "règles décriture|règles de rédaction|conventions|conventions décriture|glossaire|définitions|terminologie|entités clés|entités|entités principales|acronymes",
    },
    ranked={
        Rank.MUST: "obligatoire|indispensable|priorité haute|doit",
        Rank.SHOULD: "devrait|important|priorité moyenne",
        Rank.COULD: "pourrait|optionnel|souhaitable|facultatif|priorité basse",
    },
    modifiers="les|le|la|fonctionnelles|fonctionnels|principales|principaux|du|de|des|et|système|produit|générales|clés|tests",
    lacks=(
        r"ce qu\S* (?:\S+ ){0,6}?(?:ne |n)(?:\S+ )?(?:fait|fera|font|couvre|fournit|comprend|inclut|gère|propose|est|prend|remplace)"
        r" pas\b.*"
    ),
    units={
        "epic": "épopée|épique",
        "story": "récit utilisateur|récit|cas dutilisation|histoire utilisateur|histoire",
        "requirement": "exigence|fonctionnalité",
        "scenario": "scénario",
    },
    ranks={
        Rank.MUST: "obligatoire|doit…|haute|élevée|indispensable|critique",
        Rank.SHOULD: "devrait…|moyenne|souhaitable",
        Rank.COULD: "pourrait…|peut…|basse|faible|optionnel…|facultatif…",
        Rank.WONT: "annulé|annulée|supprimé|supprimée|abandonné|abandonnée|exclu…|non|hors périmètre|ne sera pas…",
    },
    columns={
        Column.ID: "n°|numéro|réf|référence|identifiant",
        Column.TEXT: "détail|détails|exigence|exigences|description|règle|critère|besoin|énoncé",
        Column.NAME: "fonctionnalité|fonction|nom|titre|champ",
        Column.PRIORITY: "priorité|importance|criticité",
        Column.REQUIRED: "obligatoire|requis|requise|nécessaire|indispensable",
        Column.OPTIONAL: "optionnel|optionnelle|facultatif|facultative",
        Column.SCOPE: "dans le périmètre|inclus",
        Column.ROLE: "en tant que|rôle|acteur",
        Column.WANT: "je veux|je souhaite|je voudrais",
        Column.WHY: "afin de|afin que|pour que|pour|bénéfice",
        Column.DEPENDS: "dépend de|dépendances|prérequis",
        Column.DONE: "statut|état|fait",
        Column.ASIDE: "justification|remarque|remarques|commentaire|source|estimation",
        Column.RECORD: "version|date|auteur|modification|modifications|terme|définition|signification",
    },
    records="acteur|acteurs|acteur principal|période|encadrant|statut|auteur|date|version|projet|client|participants|branche|créé|créé le|pourquoi cette priorité|test indépendant|"
    "version du document|nom du projet|rédacteur|rédigé par|validé par|vérifié par|approuvé par|chef de projet|"
    "entrée|branche de fonctionnalité|remarque|responsable|responsable…|validateur|validation par",
    must=(
        "doit|doivent|devra|devront|il faut|obligatoire|obligatoirement|interdit|requis|requise|ne peut pas|"
        "ne peuvent pas|ne doit pas|ne doivent pas|nest pas autorisé|exigé|jamais|toujours|est tenu|il est interdit|"
        "au maximum|au plus"
    ),
    weak="jamais|toujours|au plus|au maximum|ne peut pas|ne peuvent pas",
    should="devrait|devraient|il convient|recommandé|recommandée|de préférence|idéalement",
    may="pourrait|pourraient|éventuellement",
    can="optionnel|optionnelle|facultatif|peut|peuvent|pourra|pourront|possible",
    only="ne peut que|ne peuvent que|peut uniquement|peuvent uniquement|peut seulement|peuvent seulement",
    will="sera|seront|permet|permettre|permettra",
    rules=(
        "est invalide|sont invalides|est ignoré|est ignorée|sont ignorés|nest pas permis|est refusé|est refusée|"
        "sont refusés|par défaut|est rejeté|est rejetée|est affiché|est affichée|est supprimé|est enregistré|"
        "une erreur|renvoie|retourne"
    ),
    wishes="nous proposons|je propose|je veux|nous voulons|je voudrais|nous voudrions|jaimerais|nous aimerions|il me faut|jai besoin|"
    "nous avons besoin|je souhaite|nous souhaitons|ce serait",
    nice="ce serait bien|serait sympa|serait idéal|éventuellement|peut être|si possible|un jour",
    conditions="si|quand|lorsque|lorsquun|lorsquune|dès que|après|avant|une fois",
    opens_aside="le but de ce document|lobjectif de ce document|"
    "par exemple|exemple|exemples|note|remarque|voir|ce document|cette section|actuellement|aujourdhui|"
    "historiquement|en général|généralement|la figure|nous pensons|notre équipe",
    doubts=(
        r"(?:(?:je|on|nous) )?(?:ne |n)?(?:suis |est |sommes )?pas (?:encore |vraiment |tout à fait )?"
        r"(?:sûre?s?|certaine?s?|convaincue?s?)(?!\w)|aucune idée|(?:je|on|nous) (?:doute|doutons|ne (?:sais|sait|savons) pas)\b|"
        r"(?:on verra|nous verrons)\b|(?:reste )?à voir\b"
    ),
    past="était|étaient|avait|avaient|a été|ont été|fut|hier|auparavant|avons|avions",
    first="je|nous|notre|nos|mon|ma|mes|me",
    stories=(
        (
            r"en tant qu(?:e |['’]).{1,70}?,? (?:je|nous) (?:veux|voulons|souhaite|souhaitons|peux|dois|voudrais|"
            r"désire)\b"
        ),
        r"en tant qu(?:e |['’]).{1,70}?, j['’]?(?:aimerais|ai besoin)\b",
    ),
    given="étant donné|étant donnée|étant donnés|soit",
    when="quand|lorsque|si",
    then="alors",
    more="et|mais|ou",
    out=(
        "hors périmètre|hors du périmètre|hors scope|hors champ|ne fait pas partie|ne font pas partie|"
        "non requis pour le moment|non requise pour le moment|pas requis pour le moment|"
        "pas requise pour le moment|pas prévu|pas prévue|pas prévus|ne sera pas développé|"
        "ne seront pas développés|reporté à|reportée à|reportés à|"
        "nous ne ferons pas|nous ne ferons aucun|nous ne ferons aucune|nous ne développerons pas|"
        "nous ne proposerons pas|nous ne prendrons pas en charge|on ne fera pas"
    ),
    leaves=(
        "ninclut pas|ne comprend pas|sont exclus|sont exclues|est exclu|est exclue|ne sont pas inclus|"
        "ne sont pas incluses|nous ne ferons pas"
    ),
    unneeded=r"(?:nest|ne sont) pas (?:requise?s?|nécessaires?|necessaires?)$|^aucun\w* (?:\S+ ){1,8}(?:nest |ne sont )?(?:requise?s?|nécessaires?)$",
    meta=(
        r"(?:(?:chaque|toutes les|les|ces) )?exigences?(?: de ce document| suivantes| ci-dessous)? (?:est|sont|a|ont|possède|"
        r"possèdent|doit|doivent|comporte|comprend|contient)\b.*\b(?:identifiants?|identifiées?|numéro|uniques?|vérifiables?|testables?|"
        r"mesurables?|traçables?|supprimées?|numérotées?|priorité|priorisées?|formulées?|classées?|rédigées?|regroupées?)\b.*"
    ),
    noes="pas|aucun|aucune",
    yet=(
        "pour le moment|pour linstant|initialement|en v1|dans un premier temps|dans la première version|au départ"
    ),
    depends="dépend de|dépend des|dépend du|dépend de:|nécessite|prérequis:|dépendances:",
    serves="implémente|couvre|concerne|satisfait|exigences|exigence|exigences couvertes",
    everywhere="navigateur|navigateurs|secondes|millisecondes|disponibilité|licence|bibliothèque|dépendance|rgpd|accessible|"
    "accessibilité|rapide|simple|serveur|version|utilisateurs simultanés|code|mobile|plateforme",
    clauses="qui|dont|où|si|quand|lorsque|mais|et|ou|afin|parce|car|puis|sans|avec|pour|sauf|après|avant|comme",
    points="diagramme suivant|figure suivante|figure ci dessous|schéma suivant",
    reasons="afin|parce|car|pour que|puisque",
    other="mis",
    stop="le|la|les|un|une|des|de|du|et|ou|à|au|aux|est|sont|en|dans|par|pour|que|qui|sur|avec|ne|pas|ce|se|son|sa|ses|"
    "doit|doivent|peut|peuvent|système|utilisateur|utilisateurs|application|permettre|permet",
    nothing="aucun|aucune|néant|rien|non|oui",
    unfilled="sans objet|non applicable|à définir|a définir|à compléter|à préciser|à venir",
)
