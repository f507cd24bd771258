"""What other programs may rely on; a report may grow keys, those it has do not change."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.errors import Exit
from bmad.needs import schema


def run(name: Annotated[str, typer.Argument(metavar="NAME", help="For instance gate, trace, bmad.yaml.")]) -> int:
    output.result(schema(name))
    return Exit.OK
