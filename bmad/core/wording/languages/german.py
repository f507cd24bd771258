"""German. After the SOPHIST rules (Rupp, Requirements-Engineering und -Management) and INCOSE's tables."""

from bmad.core.wording.language import Language

GERMAN = Language(
    code="de",
    common="""
        der, die, das, und, ist, sind, ein, eine, einen, muss, müssen, soll, sollen, wird, werden, mit, von,
        zu, für, auf, nicht, wenn, dem, den, im, kann, können, als, bei
    """,
    unfinished="""
        tbd, tbc, tba, noch offen, noch zu klären, noch zu definieren, noch festzulegen, wird noch geklärt,
        wird noch definiert, zu bestimmen, fixme
    """,
    vague="""
        benutzerfreundlich*, anwenderfreundlich*, nutzerfreundlich*, bedienerfreundlich*, intuitiv*,
        angemessen*, ausreichend*, hinreichend*, geeignet*, sinnvoll*, vernünftig*, einfach zu bedienen*,
        leicht zu bedienen*, einfach bedienbar*, leicht bedienbar*, übersichtlich*, ansprechend*, modern,
        moderne, modernes, modernen, robust, robuste*, flexibel, flexible*, nahtlos*, reibungslos*,
        zeitgemäß*, verständlich*, ordnungsgemäß*, ordentlich, sauber, wie erwartet, wie gewohnt, wie
        üblich, hochwertig*, schön, nach stand der technik, stand der technik, diverse*, verschiedenste*,
        zahlreiche*, mehrere, einige, und/oder
    """,
    escape="""
        soweit möglich, so weit wie möglich, soweit sinnvoll, soweit nötig, soweit erforderlich, wo möglich,
        wenn möglich, falls möglich, wenn nötig, falls nötig, bei bedarf, falls erforderlich, wenn
        erforderlich, nach möglichkeit, möglichst, gegebenenfalls, ggf, nach ermessen, im rahmen des
        möglichen, idealerweise, bestenfalls, vorzugsweise, so bald wie möglich, sobald wie möglich
    """,
    open_ended="""
        usw, etc, u. ä, u.ä, u. a, und so weiter, und so fort, und dergleichen, und ähnliche*, unter
        anderem, insbesondere aber nicht nur, und vieles mehr
    """,
    quick="""
        schnell, schneller, schnelle antwort*, zügig*, performant*, kurze antwortzeit*, kurze ladezeit*,
        zeitnah*, unverzüglich, umgehend, effizient*, skalierbar*, leistungsfähig*, hohe verfügbarkeit,
        hochverfügbar*, ressourcenschonend*, speicherschonend*, große datenmengen, große mengen
    """,
    modals="muss, müssen, soll, sollen, sollte, sollten, darf, dürfen",
    joins="und, aber, sowie, ;",
    relative="""
        welche, welcher, welches, dass, ob, wenn, falls, weil, wo, wie, damit, sobald,
        während
    """,
    pronouns="er, dies, dieser, diese, dieses, jene, jener",
    negations="nicht, nie, niemals, kein, keine, keinen, keiner, keinem, keines",
    least="mindestens, wenigstens, minimal, nicht weniger als, mehr als, über",
    most="""
        höchstens, maximal, nicht mehr als, weniger als, innerhalb von, bis zu, unter, in unter
    """,
    units="""
        millisekunde*=ms, sekunde*=s, sek=s, minute*=min, stunde*=h, std=h, tag*=d, woche*=wk, prozent=%,
        byte*=B, pixel*=px, zeichen=chars, versuche*=tries, datei*=files, zeile*=lines, nutzer*=users,
        benutzer*=users, anfragen=requests, mal=times
    """,
    benefit="damit, um, sodass",
)
