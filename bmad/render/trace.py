"""A trace as text: from the line up to the sentence that a person wrote."""

from bmad.model.trace import TraceChain, TracedLine, TraceReport
from bmad.render.words import line, visible

_SHORT = 12
_WIDTH = 96


def traced(report: TraceReport) -> str:
    """Lines first where there are any, then each chain."""
    parts = [_lines(report)] if report.lines else []
    parts += [_chain(chain, report) for chain in report.chains]
    return "\n\n".join(parts) if parts else "nothing is traced to it yet"


def _lines(report: TraceReport) -> str:
    width = max(len(str(entry.line)) for entry in report.lines)
    story = max(len(_stories(entry)) for entry in report.lines)
    return "\n".join(_line(entry, width, story) for entry in report.lines)


def _stories(entry: TracedLine) -> str:
    """The line's story; of a commit of several those that it may be of."""
    return entry.story or " or ".join(entry.stories) or "-"


def _line(entry: TracedLine, width: int, story: int) -> str:
    text = visible(entry.text.expandtabs(4))
    cut = f"{text[:_WIDTH]} …" if len(text) > _WIDTH else text
    return f"{entry.line:>{width}}  {entry.commit[:_SHORT]}  {_stories(entry):<{story}}  {cut}".rstrip()


def _chain(chain: TraceChain, report: TraceReport) -> str:
    rows: list[str] = []
    if chain.commit:
        rows.append(f"commit {chain.commit[:_SHORT]}  {visible(chain.title or '')}")
        if chain.story is None:
            rows.append(f"  {_WHY[chain.kind or 'untraced']}")
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


_WHY = {
    "story": "names no story",
    "spec": "changes the specification only, which needs no story",
    "policy": "changes governed files only, which needs no story",
    "merge": "a merge: it carries what it merges",
    "empty": "changes nothing",
    "untraced": "names no story: untraced, unless it takes back what landed or is exempt (bmad gate tells)",
    "before-adoption": "is older than the adoption of bmad here",
}
