"""English verbs that open an instruction ("Search notes by tag"), and their base forms.

A list, not a model: the mapper must give the same result everywhere. What is not in it only costs a nicer
title or, under a heading that says nothing, one bullet.
"""

# ruff: noqa: PLR2004  numbers of words and characters, each beside what it bounds

BASE = frozenset(
    """
    accept access acknowledge activate adapt add address adhere adjust adopt advertise aggregate alert
    align allocate allow announce answer append apply approve archive arrange ask assert assign associate
    attach audit authenticate authorize avoid back balance base batch begin bind block bootstrap
    broadcast browse build bundle cache calculate call cancel capture catch categorize change check
    choose clarify classify clean clear click clone close collapse collect combine commit communicate
    compare compile complete comply compose compress compute concatenate configure confirm connect
    consist construct consume contain continue control convert copy correct count cover create customize
    cut debug declare decline decode decrease decrypt deduplicate default define delay delegate delete
    deliver denote deny depend deploy deprecate derive describe deselect destroy detect determine develop
    differentiate disable disallow discard disconnect display dispatch distinguish distribute divide
    document download drag draw drop dump duplicate edit elect embed emit employ enable encode encrypt
    end enforce enqueue ensure enter enumerate erase escape establish estimate evaluate exceed exclude
    execute exit expand expect expire explain export expose express extend extract fail fall favour favor
    fetch fill filter find finish fire fit fix flag flush focus follow forbid force form format forward
    free generate get give grant group guarantee guide handle hash have help hide highlight hold honor
    honour host identify ignore implement import improve include increase increment indent index indicate
    infer inform inherit initialize initiate insert inspect install integrate interpret introduce
    invalidate invite invoke isolate issue join keep label launch lead leave let limit link list listen
    load localize locate lock log lower maintain make manage mandate map mark mask match maximize measure
    memorize merge migrate minimize minimise mirror mock modify monitor mount move name navigate
    negotiate normalize notify number obey observe obtain offer omit open operate optimize order organize
    output override own pack package paginate parse pass paste patch pause perform permit persist pick
    pin place plan play poll populate post precede prefer prefix prepare present preserve press prevent
    preview print prioritize process produce profile prohibit promote prompt propagate propose protect
    prove provide provision publish pull purge push put qualify query queue quote raise rank reach react
    read receive recognize recognise recommend reconcile record recover redirect reduce refer refresh
    refuse regard regenerate register reject relate release reload remain remember remind remove rename
    render reorder rearrange reopen repeat replace replay reply report represent reproduce request
    require reserve reset resize resolve respect respond restart restore restrict result resume retain
    retire retrieve retry return reuse reverse revert review revoke rewrite roll rotate round route run
    sanitize save scale scan schedule scope score scroll seal search secure see seed select send separate
    serialize serve set settle share ship show shut sign simplify skip snap sort spawn specify split
    stamp start state stay stop store stream strip structure submit subscribe succeed suggest summarize
    supply support suppress surface surround suspend swap switch sync synchronise synchronize tag take
    target teach tell terminate test throttle throw toggle trace track train transfer transform translate
    transmit treat trigger trim truncate trust tune turn undo uninstall unify unlock unpack unset update
    upgrade upload use utilize validate verify view wait walk warn watch wipe work wrap write yield zoom
    customise organise authorise initialise serialise normalise optimise localise prioritise summarise
    utilise sanitise categorise visualize visualise revise encapsulate decouple refactor rate bump
    tokenize parametrize hydrate reindex annotate ingest escalate calibrate enrich orchestrate
    carry say go come bring buy sell pay spend
    standardize automate accelerate design investigate gather strengthen modernize
    """.split()  # noqa: SIM905  a list of one word a line would be hundreds of lines
)

PARTICIPLE = {
    "beaten": "beat", "begun": "begin", "borne": "bear", "bought": "buy", "bound": "bind", "broken": "break",
    "brought": "bring", "built": "build", "caught": "catch", "chosen": "choose", "cut": "cut", "done": "do",
    "drawn": "draw", "driven": "drive", "fed": "feed", "felt": "feel", "forbidden": "forbid", "found": "find",
    "frozen": "freeze", "given": "give", "heard": "hear", "held": "hold", "hidden": "hide", "hit": "hit",
    "kept": "keep", "known": "know", "laid": "lay", "led": "lead", "left": "leave", "lent": "lend",
    "let": "let", "lost": "lose", "made": "make", "meant": "mean", "met": "meet", "overridden": "override",
    "paid": "pay", "put": "put", "read": "read", "reset": "reset", "rewritten": "rewrite", "run": "run",
    "seen": "see", "sent": "send", "set": "set", "shown": "show", "shut": "shut", "sold": "sell",
    "sought": "seek", "spent": "spend", "split": "split", "spoken": "speak", "stood": "stand", "taken": "take",
    "thrown": "throw", "told": "tell", "understood": "understand", "withdrawn": "withdraw", "won": "win",
    "worn": "wear", "written": "write",
}  # fmt: skip
"""Past participles that do not end in -ed."""

THIRD_IRREGULAR = frozenset({"has", "does", "goes", "is", "are"})


def base_of_participle(word: str) -> str | None:
    """`incremented` -> `increment`; None where it is no participle of a known verb."""
    word = word.lower()
    if word in PARTICIPLE:
        return PARTICIPLE[word]
    if not word.endswith("ed"):
        return None
    stem = word[:-2]
    doubled = stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem
    ied = f"{stem[:-1]}y" if stem.endswith("i") else stem
    return next((form for form in (f"{stem}e", stem, ied, doubled) if form in BASE), None)


def is_third_person(word: str) -> bool:
    """Whether `word` is a known verb as in "the tool prints"."""
    if word in THIRD_IRREGULAR:
        return True
    if not word.endswith("s"):
        return False
    forms = (word[:-1], word[:-2], f"{word[:-3]}y" if word.endswith("ies") else word[:-1])
    return any(form in BASE for form in forms)


def third_person(base: str) -> str:
    """`derive` -> `derives`, `carry` -> `carries`."""
    irregular = {"be": "is", "have": "has", "do": "does", "go": "goes"}
    if base in irregular:
        return irregular[base]
    if base.endswith("y") and base[-2:-1] not in {"a", "e", "o", "u"}:
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith(("s", "x", "z", "ch", "sh", "o")) else f"{base}s"


def base_of_third(word: str) -> str:
    """`returns` -> `return`, `carries` -> `carry`; a word that is in no list loses its ending."""
    irregular = {"is": "be", "are": "be", "has": "have", "does": "do", "goes": "go"}
    if word in irregular:
        return irregular[word]
    forms = (word[:-1], word[:-2], f"{word[:-3]}y" if word.endswith("ies") else word[:-1])
    known = next((form for form in forms if form in BASE), "")
    if known:
        return known
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word.removesuffix("s")
