"""French."""

from bmad.core.wording.language import Language

FRENCH = Language(
    code="fr",
    common="""
        le, la, les, des, du, et, est, sont, un, une, doit, doivent, dans, pour, avec, que, qui, en, au,
        aux, sur, ne, pas, peut, par
    """,
    unfinished="""
        tbd, à définir, à déterminer, à préciser, à confirmer, à compléter, fixme, reste à définir
    """,
    vague="""
        convivial*, intuitif, intuitifs, intuitive, intuitives, facile à utiliser, faciles à utiliser,
        simple à utiliser, simple d'utilisation, facile d'utilisation, facilement, approprié*, adéquat*,
        adapté*, suffisant, suffisante, suffisants, suffisantes, suffisamment, raisonnable*, robuste*,
        flexible*, souple*, moderne*, ergonomique*, élégant*, correctement, proprement, de qualité,
        convenable*, satisfaisant*, comme prévu, comme attendu, comme d'habitude, divers, diverses,
        plusieurs, de nombreux, de nombreuses, et/ou, état de l'art, fluide*
    """,
    escape="""
        si possible, autant que possible, dans la mesure du possible, si nécessaire, au besoin, le cas
        échéant, si besoin, lorsque possible, quand c'est possible, de préférence, idéalement, dès que
        possible, selon les besoins
    """,
    open_ended="""
        etc, et ainsi de suite, et similaires, entre autres, notamment mais pas uniquement, y compris mais
        sans s'y limiter
    """,
    quick="""
        rapide, rapides, rapidement, plus rapide, performant*, efficace*, efficacement, réactif, réactive,
        instantanément, promptement, évolutif, évolutive, haute disponibilité, haute performance, faible
        latence, temps de réponse court*, grandes quantités, grand nombre de, léger, légère
    """,
    modals="doit, doivent, devra, devront, devrait, devraient, faut",
    joins="et, mais, ;",
    relative="qui, que, dont, où, lequel, laquelle, si, lorsque, quand, car, parce, tandis, afin",
    pronouns="il, elle, ils, elles, ceci, cela, ça",
    negations="pas, jamais",
    least="au moins, au minimum, minimum, plus de, pas moins de",
    most="au plus, au maximum, maximum, moins de, pas plus de, en moins de, jusqu'à, dans les",
    units="""
        milliseconde*=ms, seconde*=s, sec=s, minute*=min, heure*=h, jour*=d, semaine*=wk, pourcent=%,
        octet*=B, pixel*=px, caractère*=chars, tentative*=tries, fichier*=files, ligne*=lines,
        utilisateur*=users, requête*=requests, fois=times
    """,
    benefit="afin de, afin que, afin d', pour que",
    expletive="possible, nécessaire, faut",
)
