"""English. After INCOSE's Guide to Writing Requirements, tables to R7, R8, R9 and R24."""

from bmad.core.wording.language import Language

ENGLISH = Language(
    code="en",
    common="""
        the, a, an, of, and, is, are, be, to, must, shall, should, with, when, then, given, for, not, in,
        on, it
    """,
    unfinished="""
        tbd, tbc, tba, tbr, fixme, to be determined, to be defined, to be decided, to be confirmed, to be
        specified, to be clarified, not yet defined, not yet decided
    """,
    vague="""
        user-friendly, user friendly, easy to use, simple to use, easily, intuitive*, appropriate,
        appropriately, adequate*, sufficiently, reasonable, reasonably, seamless*, robust, flexible,
        flexibly, modern, state of the art, state-of-the-art, elegant*, gracefully, properly, works well,
        work well, works fine, works correctly, work correctly, works as expected, work as expected, behaves
        as expected, behave as expected, as expected, nice, nicely, sensible, sensibly, suitable, suitably,
        satisfactory, acceptable level*, acceptable time*, acceptable performance, acceptable quality,
        instantly recognizable, instantly visible, high quality, high-quality, best practice*, industry
        standard*, clear error message*, clear message*, helpful message*, helpful error message*,
        meaningful, various, several, numerous, a number of, a lot of, almost always, as usual, look and
        feel, and/or
    """,
    escape="""
        as far as possible, as far as practical, as far as practicable, as much as possible, where possible,
        wherever possible, when possible, whenever possible, if possible, if practicable, where practicable,
        where feasible, if feasible, as appropriate, where appropriate, when appropriate, if appropriate, as
        needed, when needed, where needed, if needed, as necessary, when necessary, where necessary, if
        necessary, as required by the situation, to the extent possible, to the extent practical, to the
        extent necessary, to the greatest extent, as applicable, best effort, best-effort, ideally,
        preferably, as soon as possible
    """,
    open_ended="""
        etc, and so on, and so forth, and the like, and similar, among others, including but not limited to,
        including without limitation, such as but not limited to, and whatever
    """,
    quick="""
        be fast, is fast, are fast, be faster, is faster, be quick, is quick, be quicker, be slow, fast
        enough, quick enough, small enough, large enough, run fast, runs fast, run faster, load fast, loads
        fast, load faster, respond fast, responds fast, start fast, starts fast, work fast, works fast, feel
        fast, feels fast, very fast, fast response*, quick response time*, fast loading, fast load times,
        short response time*, quickly, quick to, performant, be responsive, is responsive, stay responsive,
        remain responsive, promptly, timely, low latency, low-latency, high performance, high-performance,
        high throughput, high availability, highly available, scalable, be efficient, is efficient, are
        efficient, efficiently, be lightweight, is lightweight, small memory footprint, low memory, large
        amounts of, large numbers of, large number of
    """,
    modals="must, shall, should, has to, have to, needs to, need to",
    joins="and, but, ;",
    relative="""
        that, which, who, whose, what, where, when, while, if, because, since, unless, until, as, whether,
        how
    """,
    pronouns="it, they, he, she, this, these, those",
    negations="not, never, no",
    least="""
        at least, no less than, not less than, no fewer than, minimum, a minimum of, more than, over, above
    """,
    most="""
        at most, no more than, not more than, no later than, maximum, a maximum of, less than, fewer than,
        within, under, below, up to
    """,
    units="""
        millisecond*=ms, sec=s, secs=s, second*=s, minute*=min, mins=min, hour*=h, hrs=h, day*=d, week*=wk,
        percent=%, byte*=B, pixel*=px, character*=chars, attempt*=tries, retries=tries, item*=items,
        file*=files, user*=users, request*=requests, entries=entries, line*=lines, row*=rows, times=times
    """,
    benefit="so that, in order to, in order that, user value, rationale",
    expletive="possible, necessary, required, recommended, allowed, clear",
)
