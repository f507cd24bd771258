"""Git calls it where `.gitattributes` says `merge=bmad`; `bmad init` and `bmad hooks install` set that up.

Documents merge by heading, item, field, criterion and list item. What both sides say otherwise of one thing is
left between git's marks, and the exit code is 1.
"""

from pathlib import Path
from typing import Annotated

import typer

from bmad.errors import Exit
from bmad.pipeline.spec.merge_driver import merge_files


def run(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The document before both (%O).")],
    ours: Annotated[Path, typer.Argument(metavar="OURS", help="Ours, which is written (%A).")],
    theirs: Annotated[Path, typer.Argument(metavar="THEIRS", help="Theirs (%B).")],
    mark: Annotated[int, typer.Argument(metavar="MARK", min=1, max=100, help="Length of a mark (%L).")] = 7,
) -> int:
    return Exit.OK if merge_files(base, ours, theirs, mark) else Exit.FOUND
