"""A trace as text: from the line up to the sentence that a person wrote."""

from collections.abc import Sequence

from bmad.model.trace import BlameReport, TraceChain, TracedLine, TraceReport
from bmad.render.words import line, visible

_SHORT = 12
_WIDTH = 96


def traced(report: TraceReport) -> str:
    """Lines first where there are any, then each chain."""
    parts = [_lines(report)] if report.lines else []
    parts += [_chain(chain, report) for chain in report.chains]
    return "\n\n".join(parts) if parts else "nothing is traced to it yet"


def blamed(report: BlameReport) -> str:
    """A file's lines, each with its commit, story, requirement and statement; then what these are."""
    if not report.lines:
        return f"{visible(report.path)} has no lines"
    number = max(len(str(entry.line)) for entry in report.lines)
    names = [(_stories(entry), _ids(entry.requirements), _ids(entry.statements)) for entry in report.lines]
    widths = [max(map(len, column)) for column in zip(*names, strict=True)]
    rows = []
    for entry, own in zip(report.lines, names, strict=True):
        ids = "  ".join(f"{name:<{width}}" for name, width in zip(own, widths, strict=True))
        rows.append(f"{entry.line:>{number}}  {told(entry)}  {ids}  {_text(entry)}".rstrip())
    legend = [f"{name}  {line(title, 90)}" for name, title in (report.stories | report.titles).items()]
    for statement in report.statements:
        at = f":{statement.lines[0]}" if statement.lines else " (not there now)"
        legend.append(f"{statement.id}  {visible(statement.path)}{at}  “{line(statement.quote, 90)}”")
    return "\n".join([*rows, *(["", *legend] if legend else [])])


def _ids(names: Sequence[str]) -> str:
    """The first of some ids, and how many there are beside it."""
    return f"{names[0]}{f' +{len(names) - 1}' if len(names) > 1 else ''}" if names else "-"


def _lines(report: TraceReport) -> str:
    width = max(len(str(entry.line)) for entry in report.lines)
    story = max(len(_stories(entry)) for entry in report.lines)
    return "\n".join(_line(entry, width, story) for entry in report.lines)


def told(entry: TracedLine) -> str:
    """A line's commit, story, and how sure that is, in columns of one width."""
    return f"{_commit(entry):<{_SHORT}}  {_SURE[entry.sure]:<{_WIDEST}}"


_SURE = {"exact": "exact", "trailer": "by trailer", "record": "by record", "one-of": "one of", None: ""}
_WIDEST = 10


def _commit(entry: TracedLine) -> str:
    if entry.older:
        return "older"
    return entry.commit[:_SHORT] if entry.commit else "uncommitted"


def _stories(entry: TracedLine) -> str:
    """The line's story; of a commit of several those that it may be of."""
    return entry.story or " or ".join(entry.stories) or "-"


def _line(entry: TracedLine, width: int, story: int) -> str:
    return f"{entry.line:>{width}}  {told(entry)}  {_stories(entry):<{story}}  {_text(entry)}".rstrip()


def _text(entry: TracedLine) -> str:
    text = visible(entry.text.expandtabs(4))
    return f"{text[:_WIDTH]} …" if len(text) > _WIDTH else text


def _chain(chain: TraceChain, report: TraceReport) -> str:
    rows: list[str] = []
    if chain.commit:
        rows.append(f"commit {chain.commit[:_SHORT]}  {visible(chain.title or '')}")
        if chain.story is None:
            why = (
                _TAKES_BACK.format(chain.takes_back[:_SHORT])
                if chain.takes_back
                else _WHY[chain.kind or "untraced"]
            )
            rows.append(f"  {why}{f': {visible(chain.trivial)}' if chain.trivial else ''}")
    elif chain.kind == "before-adoption":
        rows.append("older than the adoption of bmad here")
    else:
        rows.append("no commit yet")
    if chain.story:
        how = ", by the record that came with it" if chain.by == "record" else ""
        rows.append(f"  story        {chain.story}  {line(chain.story_title or '(gone)', 70)}{how}")
    rows += [f"  requirement  {node}  {line(report.titles.get(node, ''), 70)}" for node in chain.requirements]
    for statement in chain.statements:
        place = (
            f"{statement.path}:{statement.lines[0]}" if statement.lines else f"{statement.path} (not there now)"
        )
        rows.append(f"  intent       {statement.id}  {visible(place)}")
        rows += [f"    “{line(statement.quote, 400)}”"]
    if chain.suspect:
        rows.append(f"  suspect: something above has changed; settle: bmad confirm {chain.story} --why REASON")
    rows += [f"  broken: {visible(problem)}" for problem in chain.problems]
    rows += [f"  file         {visible(path)}" for path in chain.files]
    return "\n".join(rows)


_TAKES_BACK = "names no story, and says that it takes back {}; whether it does, and so needs none: bmad gate tells"
_WHY = {
    "story": "names no story",
    "spec": "changes the specification only, which needs no story",
    "policy": "changes governed files only, which needs no story",
    "merge": "a merge: it carries what it merges",
    "empty": "changes nothing",
    "trivial": "says that it is a tiny change of no story",
    "untraced": "names no story: untraced, unless it takes back what landed or is exempt (bmad gate tells)",
    "before-adoption": "is older than the adoption of bmad here",
}
