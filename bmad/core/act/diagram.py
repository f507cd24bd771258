"""The story's machine as a picture (Mermaid) and as a table (Markdown), both drawn from `machine.TABLE`.

Pure but for `python -m bmad.core.act.diagram`, which writes both into `docs/machine.md` of a checkout.
"""

import re
from pathlib import Path

from bmad.core.act.machine import RESTING, TABLE, WORKING, Row
from bmad.errors import UsageError
from bmad.model.act import Event, State

_UNDER_WAY = "working"
_ELSE = "otherwise"
_BACK = "where it was"
_PART = re.compile(r"(<!-- generated: (picture|table) -->\n).*?(<!-- generated: end -->\n)", re.DOTALL)


def mermaid() -> str:
    """A `stateDiagram-v2`. What holds for every state under way is drawn once, from the box around them.

    Left out, and told by the table: events after which a story stays, `respecified`, which leads from anywhere
    under way to `create`, and the one exception to a rest's end.
    """
    inner = [row for row in _drawn() if row.state in WORKING and row.to in WORKING]
    outer = [row for row in _drawn() if row not in inner]
    lines = [
        "stateDiagram-v2",
        f"    [*] --> {State.BACKLOG}",
        f'    state "under way" as {_UNDER_WAY} {{',
        *(f"        {line}" for line in _arrows(inner)),
        "    }",
        *(f"    {line}" for line in _arrows(outer)),
        *(f"    {_UNDER_WAY} --> {to}: {event}" for event, to in _anywhere().items() if to in RESTING),
        *(f"    {state} --> {_UNDER_WAY}: {Event.RESUMED}" for state in RESTING),
    ]
    return "\n".join(lines) + "\n"


def table() -> str:
    """All rows in the order in which they are asked, as a Markdown table; those of every working state once."""
    everywhere = _anywhere()
    kept = [row for row in TABLE if row.state not in WORKING or row.event not in everywhere]
    told = [(f"`{row.state}`", f"`{row.event}`", _condition(row), _goal(row)) for row in kept]
    told += [
        ("any under way", f"`{event}`", "", f"`{to}`" if to else "the same") for event, to in everywhere.items()
    ]
    lines = ["| state | event | if | then |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in told)]) + "\n"


def renewed(page: str) -> str:
    """A page with the picture and the table between its marks written anew.

    Raises: UsageError where a mark is missing.
    """
    parts = {"picture": f"```mermaid\n{mermaid()}```\n", "table": table()}
    found = [match[2] for match in _PART.finditer(page)]
    if found != list(parts):
        raise UsageError("The page needs `<!-- generated: picture -->` and then `<!-- generated: table -->`.")
    return _PART.sub(lambda match: f"{match[1]}{parts[match[2]]}{match[3]}", page)


def _anywhere() -> dict[Event, State | None]:
    """The events that every working state knows and that lead to one place; None is the state itself."""
    found: dict[Event, State | None] = {}
    for event in Event:
        rows = [row for row in TABLE if row.event is event and row.state in WORKING]
        goals = {None if row.to is row.state else row.to for row in rows}
        if [row.state for row in rows] == list(WORKING):
            same_or_create = len(goals) == 1 or goals == {None, State.CREATE}
            if same_or_create:
                found[event] = next((goal for goal in goals if goal is not None), None)
    return found


def _drawn() -> list[Row]:
    everywhere = _anywhere()
    return [
        row
        for row in TABLE
        if row.to is not None
        and row.to is not row.state
        and row.event is not Event.RESUMED
        and not (row.state in WORKING and row.event in everywhere)
    ]


def _arrows(rows: list[Row]) -> list[str]:
    """One arrow a pair of states; an event without a condition is only its name."""
    labels: dict[tuple[State, State], list[str]] = {}
    for row in rows:
        if row.to is not None:
            label = f"{row.event} [{row.when}]" if row.when else str(row.event)
            labels.setdefault((row.state, row.to), []).append(label)
    return [f"{state} --> {to}: {', '.join(words)}" for (state, to), words in labels.items()]


def _condition(row: Row) -> str:
    alone = sum((one.state, one.event) == (row.state, row.event) for one in TABLE) == 1
    return row.when or ("" if alone else _ELSE)


def _goal(row: Row) -> str:
    if row.to is None:
        return _BACK
    return "the same" if row.to is row.state else f"`{row.to}`"


if __name__ == "__main__":
    machine = Path(__file__).parent.parent.parent.parent / "docs" / "machine.md"
    machine.write_text(renewed(machine.read_text(encoding="utf-8")), encoding="utf-8")
