"""Portuguese."""

from bmad.core.wording.language import Language

PORTUGUESE = Language(
    code="pt",
    common="""
        o, os, as, e, é, são, um, uma, deve, devem, deverá, em, para, com, que, do, da, dos, das, não, no,
        na, ao, pelo, pela, quando, pode, seu
    """,
    unfinished="tbd, a definir, a determinar, a confirmar, por definir, a ser definido, fixme",
    vague="""
        amigável, amigáveis, fácil de usar, fáceis de usar, simples de usar, facilmente, intuitiv*,
        apropriad*, adequad*, suficiente*, suficientemente, razoável, razoáveis, robust*, flexível,
        flexíveis, modern*, elegante*, corretamente, adequadamente, apropriadamente, de qualidade,
        satisfatóri*, como esperado, como de costume, vários, várias, diversos, diversas, inúmeros,
        inúmeras, e/ou, estado da arte
    """,
    escape="""
        se possível, quando possível, sempre que possível, na medida do possível, se necessário, quando
        necessário, conforme necessário, conforme apropriado, se aplicável, preferencialmente, de
        preferência, idealmente, o mais breve possível, assim que possível
    """,
    open_ended="""
        etc, e assim por diante, e similares, entre outros, entre outras, incluindo mas não se limitando a,
        incluindo mas não limitado a
    """,
    quick="""
        rápido, rápida, rápidos, rápidas, rapidamente, mais rápido, eficiente*, eficientemente, escalável,
        escaláveis, ágil, alto desempenho, alta performance, alta disponibilidade, baixa latência,
        performátic*, instantaneamente, grandes quantidades, grande quantidade de, grande número de
    """,
    modals="deve, devem, deverá, deverão, deveria, deveriam, tem que, têm que",
    joins="e, mas, ;",
    relative="que, qual, cujo, onde, se, quando, porque, enquanto, para, quem, como",
    pronouns="ele, ela, eles, elas, isto, isso, este, esses",
    negations="não, nunca, jamais",
    least="pelo menos, no mínimo, ao menos, mínimo, mais de, não menos de",
    most="no máximo, máximo, menos de, não mais de, em menos de, até, dentro de",
    units="""
        milissegundo*=ms, segundo*=s, minuto*=min, hora*=h, dia*=d, semana*=wk, por cento=%, byte*=B,
        pixel*=px, caractere*=chars, tentativa*=tries, arquivo*=files, linha*=lines, usuário*=users,
        requisições=requests, vezes=times
    """,
    benefit="para que, a fim de",
    expletive="possível, necessário",
)
