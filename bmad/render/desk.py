"""The acceptance desk in plain lines: what waits, and one story whole, long texts folded behind a number.

No colour and no cursor: it reads the same over ssh, in a log and to a screen reader.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bmad.model.desk import Asked, DeskFinding, DeskItem, DeskReport, Proof, TryReport
from bmad.model.record import CheckRun
from bmad.model.review import Disposition, Kind
from bmad.model.trace import TracedStatement
from bmad.render.margin import wrapped
from bmad.render.spending import spending
from bmad.render.words import bare, joined, plural, visible

NARROWEST = 32
_LONG, _WORDY = 480, 240
"""Characters from which on a text of the specification, and what was said by those who worked, is folded."""
_FILES, _SIGNS = 12, 3


_BREAK = re.compile(r"\s*[\r\n]\s*")


class Block(NamedTuple):
    """A heading, or a text below one, set in by `depth`; what is longer than `fold` is folded."""

    text: str
    depth: int = 0
    heading: bool = False
    fold: int = _LONG


def overview(report: DeskReport, width: int = 80) -> str:
    """What waits, a few lines each, riskiest first."""
    if not report.items:
        return waits(report)
    rows = [*_rows(waits(report), 0, width)]
    for number, item in enumerate(report.items, 1):
        rows += ["", *_rows(f"{number:>2}  {item.story}  {one_line(item.title)}", 0, width, hang=10)]
        rows += _rows(summary(item), 4, width)
        rows += _rows(figures(item), 4, width)
    rows += [row for note in report.notes for row in ("", *_rows(note, 0, width))]
    return "\n".join(rows)


def waits(report: DeskReport) -> str:
    """How many stories wait, as a sentence."""
    count = len(report.items)
    if not count:
        return "Nothing waits to be accepted."
    order = ", riskiest first" if count > 1 else ""
    return f"{plural(count, 'story')} {'waits' if count == 1 else 'wait'} to be accepted{order}."


def as_text(report: DeskReport, width: int = 80) -> str:
    """The overview and every story whole, for whoever reads it without a terminal."""
    parts = [overview(report, width)]
    for item in report.items:
        parts += [sheet(item, width, every=True)]
        commands = [f"$ {one_line(command)}" for command in item.commands]
        parts += ["\n".join(commands)] if commands else []
    return "\n\n".join(parts)


def summary(item: DeskItem) -> str:
    """The gravest signs, and how many more there are."""
    signs = _joined(one.words for one in item.signs)
    told = [visible(words) for words in signs[:_SIGNS]]
    more = len(signs) - _SIGNS
    told += [f"{more} more"] if more > 0 else []
    return joined(told) if told else "nothing speaks against it by the rule"


def _joined(signs: Iterable[str]) -> list[str]:
    """Signs in their order, those of findings that became the same told as one, with their number."""
    counts = Counter(_FINDING.sub(r"\1 \2", words) for words in signs)
    return [
        f"{count} {words}" if count > 1 and words.startswith("P") else words for words, count in counts.items()
    ]


_FINDING = re.compile(r"^(P\d) F-\w+ (.*)$")


def figures(item: DeskItem) -> str:
    """Its kind, size, rounds and cost."""
    told = ["preparation"] if item.kind == "plan" else [_size(item), f"round {item.rounds} of {item.allowed}"]
    return "; ".join([*told, _cost(item)])


def _size(item: DeskItem) -> str:
    return f"{plural(len(item.files), 'file')} +{item.added} -{item.removed}"


def _cost(item: DeskItem) -> str:
    """What it cost and how long it took; of what nobody told or measured only that."""
    took = [f"{_duration(item.seconds)} of work"] if item.seconds else []
    return ", ".join([spending(item.spent) or "cost not told", *took])


def _duration(seconds: float) -> str:
    """Hours, minutes and seconds, the two largest; never none of them."""
    minutes, rest = divmod(max(round(seconds), 1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def sheet(item: DeskItem, width: int = 80, *, every: bool = False) -> str:
    """A story whole; of long texts the beginning and a number, or every one as it is."""
    rows = [*_rows(f"{item.story}  {one_line(item.title)}", 0, width), "=" * min(width, 72)]
    number = 0
    for block in blocks(item):
        if block.heading:
            rows += ["", *_rows(block.text, 0, width)]
            continue
        short = folded(block)
        number += short is not None
        if short is None or every:
            rows += _rows(one_line(block.text), block.depth, width)
        else:
            rows += _rows(f"{short} [+{number}]", block.depth, width)
    return "\n".join(rows)


def folds(item: DeskItem) -> list[str]:
    """The texts of a story that are folded, in the order of their numbers."""
    return [block.text for block in blocks(item) if not block.heading and folded(block) is not None]


def unfolded(item: DeskItem, numbers: Sequence[int], width: int = 80) -> str:
    """Folded texts in full, by their numbers from 1 on."""
    texts = folds(item)
    return "\n".join(row for number in numbers for row in _rows(_numbered(number, texts), 0, width))


def _numbered(number: int, texts: Sequence[str]) -> str:
    return f"[+{number}] {one_line(texts[number - 1])}"


def folded(block: Block) -> str | None:
    """The beginning of a text that is too long, up to a word; None where it is not."""
    plain = one_line(block.text)
    if len(plain) <= block.fold:
        return None
    return plain[: block.fold].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def one_line(text: str) -> str:
    """A text on one line, so that no line of it passes for one of bmad's; what is hidden in it is made visible."""
    return visible(_BREAK.sub(" ", text.strip()))


def _rows(text: str, depth: int, width: int, hang: int = 4) -> Iterator[str]:
    """A text in rows of at most `width` columns, set in.

    What goes on stands further in than any line begins, so that no part of a text passes for a line of bmad's.
    """
    room = max(width, NARROWEST) - depth
    first, *rest = wrapped(text, room)
    yield f"{' ' * depth}{first}".rstrip()
    if rest:
        left = text[len(first) :].strip()
        yield from (f"{' ' * (depth + hang)}{row.strip()}".rstrip() for row in wrapped(left, room - hang))


def tried(report: TryReport) -> str:
    """What was tried and where, or what was taken away."""
    if not report.folder:
        told = [f"removed the worktree in which {story} was tried" for story in report.removed]
        return "\n".join([*told, visible(report.words)])
    return f"{report.story} stands in {visible(report.folder)}, at {report.commit[:12]}\n{visible(report.words)}"


def blocks(item: DeskItem) -> Iterator[Block]:
    """All that is known of a story, in the order in which a person needs it."""
    yield from _why(item)
    yield from _asked(item)
    yield from _done(item)
    yield from _found(item)
    yield from _said(item)


def _why(item: DeskItem) -> Iterator[Block]:
    yield Block("What speaks against it", heading=True)
    for one in item.signs:
        yield Block(f"- {one.words}", 2)
    if not item.signs:
        yield Block("- nothing by the rule; look all the same", 2)


def _asked(item: DeskItem) -> Iterator[Block]:
    yield Block("What was asked", heading=True)
    told: set[str] = set()
    for one in item.asked:
        for statement in one.statements:
            if statement.id not in told:
                told.add(statement.id)
                yield Block(f"“{one_line(statement.quote)}”", 2)
                yield Block(f"{statement.id}  {_place(statement)}", 4)
        yield Block(one.id if _repeats(one) else f"{one.id}  {one.title}", 4)
    if not item.asked and not item.unread:
        yield Block("no requirement, and so no sentence of the intent", 2)
    for proof in item.criteria:
        yield Block(f"{proof.id.rpartition('/')[2]}  {proof.text}", 2)
        yield Block(_proven(proof), 4)
    for text in item.planned:
        yield Block(text, 2)
    if item.kind == "plan":
        yield Block(f"may change {', '.join(item.territory) or 'nothing yet: it has no territory'}", 4)
    for text in item.assumptions:
        yield Block(f"assumed, not in the intent: {text}", 2, fold=_WORDY)
    if item.unread:
        yield Block(f"not all of it could be read: {item.unread}", 2)


def _repeats(one: Asked) -> bool:
    """Whether the title of a requirement says what a sentence of the intent says in the same words."""
    title = _letters(one.title)
    return any(title in _letters(statement.quote) for statement in one.statements)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _place(statement: TracedStatement) -> str:
    if statement.lines is None:
        return f"{statement.path}, where these words do not stand any more"
    return f"{statement.path}:{statement.lines[0]}"


def _proven(proof: Proof) -> str:
    return f"{'proven' if proof.proven else 'NOT PROVEN'}: {proof.words}"


def _done(item: DeskItem) -> Iterator[Block]:
    if item.kind == "plan":
        yield Block("What it cost so far", heading=True)
        yield Block(_cost(item), 2)
        return
    stands = "" if item.kind == "work" else ", which stands on bmad/next and lands with all that does"
    yield Block(f"What was done{stands}", heading=True)
    yield Block(f"{_size(item)}, to land on {item.onto}", 2)
    for one in item.files[:_FILES]:
        lines = "no lines" if one.added is None else f"+{one.added} -{one.removed}"
        yield Block(f"{one.path}  {lines}", 4)
    if len(item.files) > _FILES:
        names = ", ".join(one.path for one in item.files[_FILES:])
        yield Block(f"and {len(item.files) - _FILES} more: {names}", 4, fold=_WORDY)
    for who in item.wrote or ():
        yield Block(f"written by {who.who} ({', '.join(who.roles)})", 2)
    for who in item.reviewed:
        through = f", through {', '.join(who.roles)}" if who.roles else ""
        yield Block(f"reviewed by {who.who}{through}", 2)
    if not item.reviewed:
        yield Block("reviewed by nobody", 2)
    yield Block(_shown(item), 2)
    if item.rebased:
        yield Block("put on another base since it was reviewed; the change reads the same", 2)
    yield Block(_checks(item.checks), 2)
    if item.mutants is not None:
        tried = item.mutants
        left = f", {tried.left} more were not tried" if tried.left else ""
        yield Block(f"mutants of its lines: {tried.tried} tried, {tried.survived} lived{left}", 2)
    yield Block(f"round {item.rounds} of {item.allowed}; {_cost(item)}", 2)


def _shown(item: DeskItem) -> str:
    hidden = [
        one for one in item.findings if one.kind is Kind.UNSHOWN and one.disposition is not Disposition.FIXED
    ]
    if hidden:
        return f"not shown to any reviewer: {'; '.join(map(_hidden, hidden))}"
    if not item.parts:
        return "shown to nobody"
    what = "what came since the one before" if item.partial else "all of it"
    return f"its last review was shown {what}, in {plural(item.parts, 'part')}"


def _hidden(one: DeskFinding) -> str:
    ruled = f", of which {one.ruled_by} said: {bare(one.ruling)}" if one.ruled_by else ""
    return f"{one.path or 'a part'} ({bare(one.why)}){ruled}"


def _checks(checks: Sequence[CheckRun]) -> str:
    told = [f"{one.name} {'passed' if one.ok else 'FAILED'}" for one in checks if one.exit is not None]
    own = [one.name if one.ok else f"{one.name} FAILED" for one in checks if one.exit is None]
    ran = f"checks that ran: {', '.join(told)}" if told else "no `verify` command ran"
    return f"{ran}; bmad's own: {', '.join(own)}" if own else ran


def _found(item: DeskItem) -> Iterator[Block]:
    found = [one for one in item.findings if one.kind is not Kind.UNSHOWN]
    mended = [one for one in found if one.disposition is Disposition.FIXED]
    left = [one for one in found if one.disposition is not Disposition.FIXED]
    if not found:
        if item.kind != "plan":
            yield Block("What reviewers found: nothing", heading=True)
        return
    yield Block(f"What reviewers found: {_tally(mended)} mended, {_tally(left)} not", heading=True)
    for one in left:
        yield from _finding(one)
    for one in mended:
        yield Block(f"{one.severity} {one.id}  {_at(one)}  mended", 2)
        yield Block(f"claim: {one.claim}", 4, fold=80)


def _tally(found: Sequence[DeskFinding]) -> str:
    counts = Counter(one.severity.value for one in found)
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


def _finding(one: DeskFinding) -> Iterator[Block]:
    told_as = f" (told as {one.told_as})" if one.told_as else ""
    yield Block(f"{one.severity}{told_as} {one.id}  {_at(one)}: {_became(one)}", 2)
    said = (
        ("claim", one.claim),
        ("but", one.why),
        ("developer", one.argument),
        ("reviewer", one.answer),
        (one.ruled_by, one.ruling),
    )
    if one.quote:
        yield Block(f"> {one_line(one.quote)}", 4, fold=_WORDY)
    yield from (Block(f"{who}: {words}", 4, fold=_WORDY) for who, words in said if words)
    if one.mark:
        yield Block(f"it left a mark at {one.mark}", 4)
    if one.gone:
        yield Block("what it quotes does not stand in the work any more", 4)


def _at(one: DeskFinding) -> str:
    if one.kind is Kind.FINDING and not one.path:
        return "demanded by a person"
    place = f"{one.path}:{one.line}" if one.line else one.path or "no place"
    return f"{place} ({one.lens})"


def _became(one: DeskFinding) -> str:
    if one.left_open:
        return "lands open"
    if one.same_as and one.disposition is Disposition.JOINED:
        return f"repeats {one.same_as}"
    by = f" by {one.ruled_by}" if one.ruled_by else ""
    return f"dismissed{by}" if one.disposition is Disposition.FALSE_POSITIVE else f"{one.disposition}{by}"


def _said(item: DeskItem) -> Iterator[Block]:
    if item.log or item.deviations:
        yield Block("What those who did it say (their word; nobody checked it)", heading=True)
    for one in item.deviations:
        yield Block(f"{one.step} departs from {bare(one.rule)}: {one.reason}", 2, fold=_WORDY)
    for entry in item.log:
        kind = "" if entry.kind == "summary" else f", {entry.kind}"
        yield Block(f"{entry.step}, the {entry.by}{kind}: {entry.words}", 2, fold=_WORDY)
    if item.verdicts:
        yield Block("What people said of it before", heading=True)
    for verdict in item.verdicts:
        why = f": {verdict.why}" if verdict.why else ""
        yield Block(f"round {verdict.round}, {verdict.by} {verdict.said} it{why}", 2, fold=_WORDY)
