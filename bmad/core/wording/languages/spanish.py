"""Spanish."""

from bmad.core.wording.language import Language

SPANISH = Language(
    code="es",
    common="""
        el, la, los, las, y, es, son, un, una, debe, deben, deberá, en, para, con, que, del, al, no, se,
        por, su, cuando, puede
    """,
    unfinished="""
        tbd, por definir, por determinar, a definir, por confirmar, pendiente de definir, fixme
    """,
    vague="""
        amigable*, fácil de usar, fáciles de usar, sencillo de usar, fácilmente, intuitivo*, intuitiva*,
        apropiad*, adecuad*, suficiente*, suficientemente, razonable*, robust*, flexible*, modern*,
        elegante*, correctamente, adecuadamente, apropiadamente, de calidad, satisfactori*, como se espera,
        como es habitual, varios, varias, diversos, diversas, numerosos, numerosas, y/o, estado del arte,
        última generación
    """,
    escape="""
        si es posible, cuando sea posible, siempre que sea posible, en la medida de lo posible, de ser
        posible, si es necesario, cuando sea necesario, según sea necesario, según corresponda, si procede,
        en su caso, preferiblemente, preferentemente, idealmente, lo antes posible
    """,
    open_ended="""
        etc, etcétera, y así sucesivamente, y similares, entre otros, entre otras, incluyendo pero no
        limitado a, incluyendo pero sin limitarse a
    """,
    quick="""
        rápido, rápida, rápidos, rápidas, rápidamente, más rápido, eficiente*, eficientemente, escalable*,
        inmediatez, ágil, ágiles, alto rendimiento, alta disponibilidad, baja latencia, instantáneamente,
        grandes cantidades, gran cantidad de, gran número de, liger*
    """,
    modals="debe, deben, deberá, deberán, debería, deberían, tiene que, tienen que",
    joins="y, pero, ;",
    relative="que, cual, cuyo, donde, si, cuando, porque, mientras, para, quien, como",
    pronouns="él, ella, ellos, ellas, esto, ello, este, estos",
    negations="no, nunca, jamás",
    least="al menos, como mínimo, por lo menos, mínimo, más de, no menos de",
    most="como máximo, a lo sumo, máximo, menos de, no más de, en menos de, hasta, dentro de",
    units="""
        milisegundo*=ms, segundo*=s, minuto*=min, hora*=h, día*=d, semana*=wk, por ciento=%, byte*=B,
        píxel*=px, caracter*=chars, intento*=tries, archivo*=files, fichero*=files, línea*=lines,
        usuario*=users, solicitud*=requests, veces=times
    """,
    benefit="para que, a fin de, con el fin de",
    expletive="posible, necesario",
)
