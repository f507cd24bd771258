"""`python -m tests.documents.pictures` takes the pictures anew: the live board in tmux, the explorer in Chromium.

Both show the demonstration; nothing in them was drawn by hand. Needs `tmux` and `chromium`.
"""

import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from bmad.cli.demo import Stage, set_up
from tests.documents.consoles import ROOT
from tests.program import inside

PICTURES = ROOT / "docs" / "pictures"
_COLUMNS, _LINES = 112, 18
_SVG = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""
"""As rich has it, without the fonts that it would fetch."""


def board(folder: Path) -> str:
    """What `bmad act` shows at a terminal once it can do no more without a person."""
    command = shlex.join([sys.executable, "-P", "-m", "bmad", "act"])
    name = f"bmad-picture-{time.time_ns()}"
    size = ["-x", str(_COLUMNS), "-y", str(_LINES)]
    subprocess.run(
        ["tmux", "new-session", "-d", "-s", name, *size, "-c", folder, f"{command}; sleep 5"], check=True
    )
    shown = ""
    while True:
        pane = subprocess.run(
            ["tmux", "capture-pane", "-e", "-p", "-t", name], capture_output=True, text=True, check=False
        )
        if pane.returncode != 0 or "see: bmad inbox" in pane.stdout:
            break
        shown = pane.stdout if "STORY-" in pane.stdout else shown
        time.sleep(0.05)
    subprocess.run(["tmux", "kill-session", "-t", name], check=False, capture_output=True)
    console = Console(record=True, width=_COLUMNS, file=open("/dev/null", "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    console.print(Text.from_ansi(shown.rstrip()))
    svg = console.export_svg(title="bmad act", theme=MONOKAI, code_format=_SVG, unique_id="board")
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def explorer(folder: Path, to: Path) -> None:
    """The page of `bmad report --format html` for the last landing."""
    page = folder.parent / "report.html"
    page.write_text(
        inside("report", "--base", "main~1", "--head", "main", "--format", "html", cwd=folder).out,
        encoding="utf-8",
    )
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,980"]
    subprocess.run(["chromium", *options, f"--screenshot={to}", page.as_uri()], check=True, capture_output=True)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bmad-pictures-") as place:
        folder = Path(place) / "board"
        folder.mkdir()
        set_up(Stage(folder))
        (PICTURES / "board.svg").write_text(board(folder), encoding="utf-8")
        demo = Path(place) / "demo"
        inside("demo", "--dir", str(demo), cwd=Path(place))
        explorer(demo, PICTURES / "explorer.png")


if __name__ == "__main__":
    main()
