"""What other programs may rely on; a report may grow keys, those it has do not change."""

from typing import Annotated

import typer

from bmad.cli import output
from bmad.errors import Exit
from bmad.needs import schema, schemas


def run(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="For instance gate, trace, bmad.yaml; none lists them.")
    ] = None,
) -> int:
    output.result("\n".join(schemas()) if name is None else schema(name))
    return Exit.OK
