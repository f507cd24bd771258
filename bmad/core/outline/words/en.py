"""English."""

from bmad.core.outline.words.language import Column, Language, Rank, Role

ENGLISH = Language(
    code="en",
    common="the|and|of|to|is|are|with|for|that|must|shall|be|in|on|it|an|as",
    headings={
        Role.REQUIREMENT: (
            "functional objectives|functional goals|musts|…requirements|…requirement|…features|…feature list|…functionality|…functions|…capabilities|…capability|"
            "behavior|behaviour|…behaviors|…behaviours|rules|…business rules|must haves|scope|in scope|…in scope|"
            "what it does|what it should do|what it must do|what it has to do|what it shall do|what the app does|what the system does|how it works|how it should work|"
            "mvp|mvp…|…mvp|minimum viable product|deliverables|…deliverables|what we want|what we need|"
            "what i want|what i need|wishlist|wishes|user needs|needs|functional|tasks|backlog|product backlog|"
            "must have features|core experience|specification details|the rules|…specs|todo|to do|"
            "requested changes|…change requests|requests|…requests|describe the solution youd like…|…the solution youd like…|proposed solution…"
        ),
        Role.DESIGN: (
            "design document|…design document|architecture document|…architecture document|…redesign proposal|design|…design|design details|detailed design|technical design|proposed solution|proposed changes|"
            "proposed change|solution|implementation|implementation details|implementation plan|architecture|…architecture|technical approach|approach|"
            "technical details|system design|proposal|…proposal|api design|user experience|ui|user interface"
        ),
        Role.SPECIFICATION: "reference level…|guide level…|specification|…specification",
        Role.STORIES: (
            "…user stories|…stories|user scenarios|user scenarios…|…use cases|use cases…|jobs to be done|"
            "user stories…|epics and stories|stories and epics|epics|epic list|…job stories"
        ),
        Role.CRITERIA: (
            "acceptance|…acceptance criteria|acceptance criteria…|…acceptance scenarios|…acceptance tests|"
            "acceptance conditions|criteria|scenarios|scenario|…scenarios|definition of done|done when|"
            "conditions of satisfaction|…success scenarios|acceptance checks"
        ),
        Role.EDGE: "…edge cases|edge cases…|…corner cases|…error cases|exceptions|…error handling|failure cases",
        Role.GOAL: (
            "aim|…goals|…goal|…objectives|…objective|aims|…outcomes|…success criteria|…success metrics|success measures|"
            "success looks like|…success indicators|goals…|key results|kpis"
        ),
        Role.NON_GOAL: (
            "non goal|nongoal|…discarded|discarded…|…abandoned|abandoned…|explicitly discarded|not wanted|not wanted…|…not wanted|"
            "unwanted|undesired|not desired|not needed|dont want|we dont want|what we dont want…|things we dont want…|"
            "we wont…|not to do|ruled out|off limits|out of bounds…|outside the boundaries|off scope|no nos|not for us|"
            "not in the plan|not on the list|not our job|"
            "…non goals…|…nongoals…|…non objectives|…non requirements|…non features|…out of scope…|…outside scope…|"
            "…outside the scope…|…outside of scope…|…outside of the scope…|…beyond scope…|…beyond the scope…|"
            "…not in scope…|…not in this release…|…not in this version…|…not in mvp…|…not in the mvp…|…not in v1…|"
            "wont|wont…|…wont have…|…wont do…|will not…|…will not do…|…we will not…|not goals|not planned…|"
            "not included…|not supported…|unsupported…|…exclusions|exclusions…|excluded…|…excluded|anti goals|"
            "no gos|no go|…post mvp…|…deferred…|…parking lot…|parked…|…descoped…|rejected features|"
            "what it does not…|what this does not…|what we are not…|what this is not…|what it is not…|"
            "what the app does not…|deliberately left out…|deliberately not…|intentionally left out…|"
            "intentionally excluded…|explicitly excluded…|explicitly not…|never|do not|donts|dont|"
            "features not…|…not doing…|things we wont…|left out…|omitted…|…non scope…|scope exclusions|"
            "future out of scope|off the table|…not covered…|…not included…|out|not now|…not building…|anti requirements|"
            "…excluded…|…not part of…|cut|cut features|dropped|dropped features|not required|not required…|scope: out|"
            "scope: excluded|scope excluded|no goals|avoid|things to avoid|…patterns to avoid|…anti patterns…|…antipatterns…"
        ),
        Role.LATER: (
            "later|later…|future|future…|…future work|…future features|…future enhancements|…future improvements|"
            "…future ideas|…future considerations|stretch|stretch…|nice to have|nice to haves|…nice to have…|"
            "someday|maybe|ideas|…ideas|backlog ideas|phase 2|phase 2…|phase two|phase 3…|phase three|version 2|v2|"
            "v2…|v1 1|v1 1…|next release|next version|next steps for the product|could have…|growth features|"
            "vision features|if time permits|bonus|bonus features|bonus feature|bonus tasks|bonus task|bonus goals|bonus requirements|extras|optional…|vnext|v next|"
            "next quarter|next quarter…|nice for later|…for later|unscheduled"
        ),
        Role.QUESTION: (
            "question|…open questions…|…unresolved questions…|…outstanding questions…|…open issues…|open points|open points…|open decisions…|open items|"
            "open decisions|…open topics|questions|…questions to…|needs clarification|…clarifications…|"
            "to be decided|to be determined|to be discussed|to be clarified|tbd|unresolved|unknowns|"
            "pending decisions|questions and answers needed|still open|left open|undecided|to decide|still to decide"
        ),
        Role.CONSTRAINT: (
            "constraints and assumptions|constraint|limits|operating environment|…constraints|constraints…|limitations|restrictions|…technical constraints|tech stack|…tech stack|"
            "technology stack|technology|technologies|stack|technical requirements|platform|platforms|"
            "supported platforms|supported browsers|compatibility|environment|technical assumptions|"
            "…coding standards|…code style|ground rules|guardrails|boundaries|conventions to follow"
        ),
        Role.QUALITY: (
            "…non functional requirements…|…nonfunctional requirements…|…non functional|…nonfunctional|nfr|nfrs|"
            "…quality requirements|…quality attributes|quality|performance|…performance requirements|"
            "security requirements|…usability requirements|privacy|reliability|availability|scalability|"
            "portability|accessibility|maintainability|observability|robustness|speed|qualities|"
            "performance and scalability|…quality goals|system qualities|cross cutting requirements|"
            "…cross cutting concerns"
        ),
        Role.DECISION: "decision|decisions|…design decisions|design decisions…|…decision outcome|decision outcome…|resolution|…decisions made|agreed",
        Role.CONSEQUENCES: "consequences|…consequences|implications|impact|positive consequences",
        Role.SUMMARY: (
            "summary|executive summary|abstract|overview|…overview|tldr|tl;dr|synopsis|in short|in brief|purpose|"
            "vision|…vision|mission|elevator pitch|description|input|the idea|idea|product summary|product brief|"
            "introduction|intro|about this project|what is this|what|concept|pitch|"
            "what is it|what is this"
        ),
        Role.PLAN: (
            "…phases|…phase plan|…milestones|…roadmap|…timeline|…schedule|…rollout…|…release plan|…iterations|"
            "…sprints|delivery plan|…implementation order|work plan|development plan|implementation steps|development steps|development workflow|project plan|…next steps|"
            "action items|…action items|estimates|effort"
        ),
        Role.USERS: (
            "target customers|target customer|target market|target groups|user types|user classes|users|…users|…audience|…audiences|…personas|actors|…user groups|customers|who is it for|"
            "who its for|who this is for|who is this for|for whom|roles|user roles|…stakeholders|user classes…|"
            "target users…|team|attendees|participants|present|"
            "…user journeys|user journeys…|journeys|journey…|user journey…|…journey"
        ),
        Role.CONTEXT: (
            "mission context|project context|product context|positioning|problem statement and…|reasons|reasons…|reasoning|justification|justifications|…background|background…|…motivation|motivation…|rationale|rationale…|…rationale|why|why…|preface|foreword|context|"
            "problem|problem…|…problem statement|the problem|current state…|current situation…|status quo|"
            "current structure|current architecture|current implementation|current behavior|current behaviour|current design|existing system|"
            "…project structure|…repository structure|repo structure|…folder structure|…directory structure|…file structure|"
            "…directory layout|…project layout|…repository layout|"
            "examples|…examples|example|example…|appendix|appendix…|appendices|annex…|risks|risks…|…risks|"
            "installation|install…|how to add…|how to submit…|how to contribute…|how to propose…|getting started|get started|quick start…|quickstart|tutorial|usage|contributing…|"
            "discussion|discussion…|related work|…assumptions|assumptions…|dependencies|external dependencies|dependencies and…|"
            "caveats|notes|notes…|technical notes|dev notes|design notes|implementation notes|meeting notes|support|inspiration|lessons…|benefits|comparison…|"
            "market…|competitive…|opportunity|business opportunity|business opportunities|pain points|business case|business model|"
            "research|findings|observations|situation|general description|product perspective|document purpose|"
            "history and…|state of the art|user impact|value proposition|monetization|pricing|"
            "why this matters|how to teach this|how we teach this|adoption strategy|graduation criteria…|…graduation|version skew strategy|"
            "upgrade / downgrade strategy|upgrade strategy|infrastructure needed…|troubleshooting|"
            "production readiness…|feature enablement and rollback|rollout, upgrade and rollback planning|"
            "monitoring requirements|mitigations|risks and mitigations|agenda|minutes|differentiators|key insights|"
            "is your feature request related to a problem…|additional context…|…insights…|…pain points…|is your feature request…"
        ),
        Role.RESEARCH: (
            "market research|market research…|market analysis|market overview|competitive analysis|competitor analysis|"
            "…competitor analysis|competitors|competition|competitive landscape|user research|user research…|"
            "survey results|…survey results|survey findings|inspiring products…|…products analysis"
        ),
        Role.ASIDE: (
            "faq|faqs|faq…|frequently asked…|q&a|…alternatives…|alternatives|alternatives…|rejected ideas|rejected…|"
            "considered…|drawbacks|drawbacks…|prior art|prior art…|tradeoffs|trade offs|…trade offs|"
            "pros and cons…|options considered|…considered options|…directions explored|…options explored|unused ideas|copyright|backwards compatibility|"
            "describe alternatives youve considered…|…alternatives youve considered…"
        ),
        Role.TEST: (
            "demo script|demonstration script|…test plan|test plan…|…testing strategy|testing|tests|…test strategy|test cases|…test cases|"
            "verification|verification…|validation|qa plan|…testing plan|test coverage|testing requirements|"
            "unit tests|integration tests|e2e tests|prerequisite testing updates"
        ),
        Role.HISTORY: (
            "release history|change history|record of changes|changelog|change log|…change log|…revision history|…version history|history|…document history|release notes|"
            "implementation history|project history|implemented|already implemented|…already implemented…|"
            "whats new|changes|changes since…|document history|status|…project status|…document status|…implementation status|progress|current status|done|completed|"
            "delivered|…delivered|shipped|…shipped|what was delivered"
        ),
        Role.CONTENTS: "table of contents|contents|toc|index|list of figures|list of tables",
        Role.ABOUT: (
            "applicable documents|reference documents|…reference documents|requirement conventions|requirement convention|requirements conventions|numbering convention|numbering conventions|product name|project name|domain name|tagline|slogan|working title|division of labor|division of labour|division of work|work distribution|attribution|attributions|list of participants|participant list|license|licence|licensing|copyright|legal|author|authors|contributors|maintainers|acknowledgements|"
            "acknowledgments|credits|thanks|sponsors|references|references…|…references|bibliography|further reading|more information|further information|"
            "see also|related|related decisions|working agreements|working agreement|…working agreements|team agreements|team agreement|team norms|team rules|team charter|ways of working|…ways of working|how we work together|related links|related documents|linked adrs|related adrs|linked documents|linked issues|linked specs|linked tickets|related issues|links|resources|…sign off…|…signoff…|"
            "…questionnaire…|…checklist|checklist|approvals|approval|document control|document information|"
            "document info|metadata|contact|about the author|about the authors|feedback|community|code of conduct|"
            "execution status|status of this memo|status of this document|review checklist|sources|attachments|about|"
            "…coverage map…|…traceability…|…requirements coverage…|client|client name|client names|client name(s)|company|contact info|contact information|contact details|budget|deadline|deadlines|document format|documentation format|ongoing maintenance|"
            "legend|priority legend|priority definitions|priority levels|footnotes|useful links…|…useful links|…links and resources|…resources|responsible persons|project team|team members|document owners"
        ),
        Role.NEUTRAL: (
            "background job…|background task…|background sync…|background process…|background worker…|"
            "background service…|background color…|background colour…|background music…|background image…|"
            "background update…|background mode…|background play…|background removal…|background location…|"
            "background refresh…|background upload…|background download…|background execution…|history view…|"
            "comparison view…|comparison mode…|problem details…|risk score…|risk assessment…|usage limits…|"
            "usage metering…|usage tracking…|market data…|research mode…"
        ),
        Role.GLOSSARY: (
            "glossary|…glossary|terminology|terminology…|…terminology|abbreviations…|definitions|…definitions|terms|terms and…|acronyms|"
            "abbreviations|definitions…|conventions|conventions used…|document conventions|notational conventions|"
            "requirements language|requirement language|keywords|key words|key entities|notation|nomenclature|"
            "entities"
        ),
    },
    ranked={
        Rank.MUST: (
            "must have|must haves|must have…|must|must (p0)|p0|p0…|p1|p1…|high priority|essential|required|mandatory|"
            "critical"
        ),
        Rank.SHOULD: "should have|should haves|should have…|should|medium priority|p2|p2…|important",
        Rank.COULD: (
            "could have|could haves|could have…|could|nice to have…|nice to haves|low priority|p3|p3…|p4|optional|"
            "optional…|would be nice"
        ),
    },
    modifiers=(
        "the|our|my|a|an|all|core|key|main|functional|product|user|business|system|software|added|modified|removed|"
        "detailed|feature|high|level|basic|essential|general|initial|project|app|application|primary|secondary|"
        "specific|list|of|and|other|additional|new|proposed|technical|measurable|quality|mvp|v1|stakeholder|"
        "customer|external|design|development|overall|current|must|have|should|could|nice|to|possible|specification|"
        "out|scope|non|acceptance|open|success|mandatory|optional|top|desired|planned|solution|intended|what|this|"
        "for|version|release|first|in|important|global|summary|overview|implementation|minimum|requirements|features|"
        "requirement"
    ),
    lacks=(
        r"what (?!happens|if|we know)(?:\S+ ){0,8}?(?:does|do|is|are|will|can|wo|ca|is|are) ?(?:not|nt) (?:\S+ )?"
        r"(?:provide|do|include|cover|support|offer|contain|build|ship|solve|handle|promise|guarantee|replace|be|change"
        r"|address|deliver|implement|store|collect|manage|try|attempt|part|in scope|included|covered|supported|planned)\b.*"
        r"|what (?!happens|if)(?:\S+ ){1,4}?(?:is|are) ?(?:not|nt)"
    ),
    units={
        "epic": "epic",
        "story": "user story|story|us|use case|uc|job story|job",
        "requirement": "requirement|req|feature|rule|fr|nfr|task|spec|capability",
        "scenario": "scenario|scenario outline|example|test case|acceptance scenario",
        "phase": "phase|milestone|sprint|iteration|stage|step",
    },
    ranks={
        Rank.MUST: "must…|p0…|p1…|high…|critical…|required…|essential…|mandatory…|1|m|blocker|highest|mvp|yes|x",
        Rank.SHOULD: "should…|p2…|medium…|recommended…|2|s|med|important|normal|moderate",
        Rank.COULD: "could…|may|p3…|p4…|low…|optional…|nice…|3|4|c|lowest|want|later|future|phase 2…|phase 3…|v2|v3|minor",
        Rank.WONT: "cancelled|canceled|withdrawn|obsolete|dropped|superseded|wont…|wont have|wont do|will not…|w|excluded|out|out of scope|not planned|rejected|deferred…|none|never",
    },
    columns={
        Column.ID: "id|#|no|nr|ref|reference|key|number|req id|requirement id|story id|fr|us|identifier|ids",
        Column.TEXT: (
            "requirement|requirements|…requirement|user story|story|rule|rules|statement|behavior|behaviour|"
            "criterion|…criterion|acceptance criteria|expected result|expected behavior|expected behaviour|"
            "description|details|shall statement|specification|what|constraint|scenario|expected|task|detail|"
            "…description|functionality|function|acceptance criterion|definition"
        ),
        Column.NAME: "feature|name|title|summary|capability|use case|item|field|command|endpoint|component|screen|area|epic",
        Column.PRIORITY: "priority|prio|moscow|level|importance|necessity|must/should|severity|rank|phase|release",
        Column.REQUIRED: "required|mandatory|obligatory|compulsory|must have|needed|essential",
        Column.OPTIONAL: "optional|nice to have",
        Column.SCOPE: "in scope|scope|included|mvp|in mvp|v1|in v1|in|planned",
        Column.ROLE: "as a|as an|as a/an|as|role|actor|persona|user|who",
        Column.WANT: "i want|i want to|i want to…|want|i need|i can|goal|i would like",
        Column.WHY: "so that|so that…|so i can|because|benefit|why|in order to|value",
        Column.DEPENDS: "depends on|depends|dependencies|dependency|blocked by|requires|prerequisite|prerequisites|after",
        Column.DONE: "status|done|state|progress|implemented",
        Column.ASIDE: (
            "rationale|reason|notes|note|comment|comments|source|points|story points|estimate|effort|owner|size|"
            "checks|verification|verify|test|tests|example|examples|trace|traces|remarks|covers|verification method|"
            "risk|complexity|category|type"
        ),
        Column.RECORD: (
            "version|date|author|authors|change|changes|changed by|revision|description of change|approved by|"
            "reviewer|editor|term|abbreviation|acronym|meaning|risk|mitigation|likelihood|probability"
        ),
    },
    records=(
        "actor|actors|primary actor|primary actors|period|rat|status|author|authors|date|created|updated|last updated|version|owner|owners|reviewer|reviewers|"
        "feature branch|branch|input|input…|start date|rfc pr|rust issue|issue|feature name|tracking issue|deciders|"
        "category|link|links|…reference|…references|why this priority|independent test|rationale|reason|background|reference|"
        "references|see also|source|estimate|story points|points|effort|size|document|project|prepared by|type|"
        "created by|approved by|client|team|epic|sprint|labels|tags|assignee|attendees|present|participants|"
        "location|time|next meeting|replaces|superseded by|supersedes|created at|target release|revision|"
        "spec version|phase|milestone|risk|complexity|demo|checkpoint|problem|context|verification method|verification"
    ),
    must=(
        "must|mustnt|shall|shallnt|required|mandatory|prohibited|forbidden|has to|have to|need to|needs to|cannot|"
        "can not|cant|may not|not allowed|disallowed|never|always|is required|are required|no more than|"
        "at most|under no circumstances|not acceptable|must not|shall not|is responsible for|are obliged"
    ),
    weak="never|always|cannot|can not|cant|at most|no more than",
    should="should|shouldnt|ought to|recommended|preferably|ideally|is encouraged|are encouraged|discouraged",
    may="may|could|might|if possible|perhaps",
    can="can|optional|optionally|able to|allowed|permitted|are free to",
    only=(
        "may only|can only|may be only|only … may|may contain only|can contain only|only be|may at most|only if|"
        "only when|only one"
    ),
    will="will|wont|would|is going to|are going to|gets|needs|need|supports|allows|provides|lets|enables|ensures",
    rules=(
        "invalid|is not permitted|are not permitted|not permitted|is permitted|are permitted|is not valid|is valid|"
        "are valid|defaults to|default to|is ignored|are ignored|may only|is an error|are errors|is rejected|"
        "are rejected|is refused|are refused|is illegal|undefined|is equivalent|are equivalent|is not supported|"
        "is supported|are supported|is optional|is discarded|are discarded|is treated as|are treated as|"
        "is interpreted as|are interpreted as|generates an error|raises|returns|throws|an error is|fails|"
        "exits with|is implied|takes precedence|by default|is limited to|are limited to|is accepted|are accepted|"
        "is case sensitive|are case sensitive|case insensitive|is disabled|is enabled|is denied|is deleted|"
        "are deleted|is shown|are shown|is hidden|is stored|are stored|is sent|are sent|is saved|are saved|"
        "is reserved|are reserved|is considered|are considered|is allowed|are allowed|is empty|is terminated|"
        "consists of|not be"
    ),
    wishes=(
        "we propose|i propose|we also propose|need a|need an|needs a|needs an|i want|we want|i need|we need|id like|i would like|we would like|wed like|id love|i would love|wed love|"
        "i wish|we wish|i expect|we expect|i hope|please|lets|let us|they want|users want|wants|want to|wants to|"
        "it would be|would be nice|would be great|would be good|would be cool|it needs|make it|make sure|i prefer|"
        "he wants|she wants|asked for|asks for|should be able|must be able|agreed to|we agreed|decided to|"
        "we decided|we go with|the idea is|it has to"
    ),
    nice=(
        "would be nice|would be great|would be cool|nice to have|if possible|id love|i would love|wed love|optional|"
        "maybe|perhaps|if there is time|if time permits|eventually|some day|someday|as a bonus|could also|at some point"
    ),
    orders=(
        "use|make|ensure|add|create|provide|support|allow|show|display|keep|store|save|send|remove|delete|update|"
        "include|return|handle|do|dont|never|always|avoid|let|enable|implement|build|write|read|list|validate|check|"
        "verify|log|print|reject|accept|set|run|start|stop|open|close|load|export|import|generate|render|put|try|"
        "specify|prevent|require|limit|filter|sort|search|track|notify|offer|follow|preserve|treat|replace|remember|"
        "expose|respond|encrypt|hash|cache|retry|migrate|deploy|test|document|give|pick|choose|view|edit|upload|"
        "download|share|sync|manage|assign|record|fail|exit|call|format|parse|draw|introduce|extend|rename|move|split|merge|publish|install|"
        "configure|schedule|detect|warn|report|refuse|deny|block|skip"
    ),
    conditions="if|when|whenever|while|where|unless|until|once|after|before|upon|as soon as|for each|for every",
    opens_aside=(
        "for example|for instance|eg|e.g.|example|examples|such as|i.e.|historically|"
        "unfortunately|traditionally|see|for more|because|thanks|thank you|"
        "the reason|the rationale|the idea behind|rationale|background|previously|"
        "the goal of this document|the purpose of this document|the aim of this document|the scope of this document|this document|this section|this chapter|this specification describes|this spec describes|this page|"
        "the figure|the following figure|figure|the diagram|the table below|the following table|the figure below|"
        "as described|as mentioned|as noted|as stated|as shown|in this document|in this section|imagine|suppose|"
        "recall|consider|today|currently|right now|at the moment|so far|sometimes|often|most people|"
        "some people|we believe|we think|we chose|we keep|our team|our current|i think|i believe|"
        "it is worth|why|there is an example|let us know|check out|click here|"
        "this is because|feel free|visit|contact|independent test|it turns out|interestingly|"
        "here is|here are|an example of|a list of|the following is|the following are an|below is|below are|this proposal|this rfc|this kep|hi|hello|thanks|looking"
    ),
    opens_note=(
        "note that|note|nb|this means|in other words|that is|remember that|keep in mind|in general|generally|typically|usually|"
        "in practice|many|this pep defines|this pep standardizes"
    ),
    doubts=(
        r"(?:and |but |so )?(?:(?:im|i am|were|we are|she is|he is|they are) )?(?:still |really |honestly )?not "
        r"(?:quite |really |entirely |so )?(?:sure|certain|convinced)\b|unsure\b|no idea\b|"
        r"(?:i|we) (?:doubt|wonder|(?:still )?(?:dont|do not) (?:yet )?know)\b|who knows\b|hard to say\b|"
        r"(?:lets|let us|well|we will) see\b|remains to be seen\b"
    ),
    past=(
        "was|were|had|did|didnt|wasnt|werent|has been|have been|had been|previously|formerly|yesterday|"
        "last week|last month|last year|ago|so far|has added|was added|began|became|went|came|said|asked|told|took|talked|spoke|thinks|worries|"
        "gave|thought|worked|showed|found|reported|mentioned|noted|discussed|happened|felt|complained"
    ),
    second="you|your|yours|youre|youve",
    first="i|we|us|our|my|me|ours|ive|im|weve",
    stories=(
        (
            r"as (?:an?|the) .{1,90}?[,\s]\s*(?:i|we)(?:['’]d| would)?\s+(?:really )?(?:do not want|don['’]t want|want|"
            r"need|like|wish|expect|can|must|should|will|have|would like|am able|could|shall|prefer)\b"
            r"(?: to be able)?(?: to\b)?"
        ),
        r"as .{1,60}?, (?:i|we)(?:['’]d| would)? (?:want|need|like|wish|expect|can|must|should|will)\b(?: to\b)?",
        r"in order to .{1,90}?, as an? .{1,60}?,? (?:i|we) (?:want|need)\b(?: to\b)?",
        r"when .{1,90}?, i (?:want|need)\b(?: to\b)?",
    ),
    given="given",
    when="when|if|while|where",
    then="then",
    more="and|but|or",
    out=(
        "out of scope|out-of-scope|outside the scope|outside of the scope|outside scope|not in scope|"
        "beyond the scope|not part of this|not part of the mvp|not part of the project|"
        "not part of the product|not part of v1|not part of the first|not planned|not in v1|not in the mvp|"
        "not in this release|not in this version|not in the first version|not required for now|"
        "not needed for now|not required at this stage|not needed at this stage|deferred to|postponed to|"
        "is deferred|are deferred|is postponed|will not be built|will not be implemented|wont be implemented|"
        "will not be supported|wont be supported|a non-goal|non-goals|not a goal|"
        "we will not build|we will not do|we will not support|we will not offer|we will not add|we wont build|we wont do|"
        "we wont support|we wont offer|we wont add|we are not building|we are not going to build"
    ),
    leaves=(
        "project does not include|product does not include|version does not include|release does not include|"
        "mvp does not include|scope does not include|system does not include|app does not include|"
        "this does not include|not included|will not build|not building|we will not|we wont|we are not|"
        "explicitly excluded|is excluded|are excluded|scope excludes|does not cover|will not be done|"
        "not be part of"
    ),
    unneeded=(
        r"(?:is|are) not (?:required|needed|necessary)(?: here| at all)?$|"
        r"^(?:there is )?no (?:\S+ ){1,8}(?:is |are )?(?:required|needed|necessary)$"
    ),
    meta=(
        r"(?:(?:each|every|all|the|these|our) )?(?:of the |the |following |functional |non[- ]functional |individual )*"
        r"requirements?(?: ids?)?(?: in this document| below| here| listed)* (?:is|are|has|have|must|shall|should|will|"
        r"can|may|includes?|contains?|gets?|carries|follows?|uses?|describing)\b.*\b(?:ids?|identifiers?|unique\w*|testable|"
        r"verifiable|measurable|traceable|atomic|(?:re)?numbered|deleted|reused|withdrawn|priority|prioriti[sz]ed|"
        r"categori[sz]ed|grouped|classified|moscow|short description|formulated|written|worded|phrased|labell?ed|tagged)\b.*"
    ),
    noes="no",
    yet=(
        "for now|in the first version|in v1|initially|at this stage|in this version|in this release|"
        "in the mvp|at first|yet"
    ),
    depends="depends on|depends on:|depending on|dependent on|requires|blocked by|dependencies:|depends|builds on",
    serves=(
        "implements|covers|serves|fulfils|fulfills|satisfies|realizes|realises|addresses|traces to|"
        "traces|requirements|requirement|requirements covered|related requirements|linked requirements|"
        "frs covered|covered requirements|user story|user stories|stories|story"
    ),
    everywhere=(
        "python|java|javascript|typescript|rust|go|node|react|browser|browsers|chrome|firefox|safari|edge|ios|"
        "android|linux|macos|windows|desktop|mobile|offline|dependency|dependencies|library|libraries|framework|"
        "license|licence|licensed|open source|mit|gpl|accessible|accessibility|wcag|gdpr|responsive|latency|"
        "uptime|availability|memory|ram|cpu|coverage|tests|tested|documented|documentation|docker|postgres|"
        "postgresql|sqlite|mysql|aws|cloud|server|hosting|budget|deadline|team|language|code|codebase|standard|"
        "standards|performance|fast|simple|maintainable|scalable|reliable|secure|users|concurrent|seconds|ms|"
        "milliseconds|second|minutes|mb|gb|kb|percent|version|versions|newer|compatible|utf|unicode|stdlib|stack"
    ),
    clauses=(
        "which|who|whose|where|when|while|if|unless|until|but|and|or|so|then|since|because|although|whereas|"
        "after|before|including|except|with|without|for example|e.g.|i.e.|such as|as well as|so that|otherwise|"
        "in order to|even if|even when|provided|regardless|rather than|as long as|once"
    ),
    points=(
        "following diagram|following figure|diagram below|figure below|diagram above|figure above|is described below|"
        "are described below|is listed below|are listed below|is described in|are described in"
    ),
    reasons="because|since|so that|so as to|in order to|in order that|as this|which means|due to",
    stop=(
        "the|and|for|with|that|this|from|into|are|is|be|been|was|were|has|have|had|can|may|must|shall|should|will|"
        "would|could|not|all|any|each|every|their|its|it|they|them|a|an|of|to|in|on|at|by|as|or|if|when|then|than|"
        "system|user|users|app|application|tool|able|allow|allows|support|supports|provide|provides|using|use|used|"
        "via|per|when|after|before|within|also|only|more|one|two|other|such|so|no|do|does|their|your|you|we|i|my|"
        "want|given|who|which|what|how|there|these|those|own|out|up"
    ),
    nothing="or|and|none|nil|no|nothing|nothing yet|-|yes",
    unfilled="n/a|na|not applicable|tbd|to be defined|to be completed|to be added|coming soon",
)
