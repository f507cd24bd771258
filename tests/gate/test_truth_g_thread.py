"""A report for a thread tells the gate's notes, and no name in it is more than a name."""

import re
from itertools import product
from pathlib import Path

import pytest

from bmad.render.report import code
from tests.gate.repo import FIND, MAPPED, Repo, passes, story
from tests.program import inside

TICKS = [
    row for size in range(1, 5) for row in ("`" * size, f"`{'`' * size} a `", f"{'`' * size}` b {'`' * size}")
]
MARKUP = "@team <b>x"


def spans(text: str) -> str:
    """Text without its code spans, as CommonMark (6.1) reads them: a row of ticks closes one of its own length."""
    found, at = "", 0
    rows = [*re.finditer("`+", text)]
    for opening in rows:
        if opening.start() < at:
            continue
        closing = (one for one in rows if one.start() >= opening.end() and len(one[0]) == len(opening[0]))
        end = next(closing, None)
        if end is None:
            continue
        found, at = found + text[at : opening.start()], end.end()
    return found + text[at:]


@pytest.mark.parametrize(("before", "after"), list(product(TICKS, ["", "`", "``"])))
def test_a_code_span_ends_where_it_ends(before: str, after: str) -> None:
    made = f"- {code(f'src/{before} {MARKUP} {after}.py')} and `more`"
    assert spans(made) == "-  and "


@pytest.mark.parametrize("name", ["src/a.py", "app/[id]/page.tsx", "src/it's.py"])
def test_a_name_without_ticks_stands_between_two(name: str) -> None:
    assert code(name) == f"`{name}`"


def test_a_file_is_no_markup_in_a_report(repo: Repo) -> None:
    repo.commit("work", story(FIND), {f"src/a`` {MARKUP} ``.py": "1\n"})
    done = inside("report", "--base", "main", "--head", "work", "--repo", str(repo.root), cwd=repo.root)
    [line] = [one for one in done.out.splitlines() if one.startswith("- `") and "team" in one]
    assert spans(line) == "- "


BOT = "exempt: [{paths: [pins.json], by: bot@x, reason: bumps, owner: ada, until: 2030-01-01}]"


def test_a_report_tells_what_the_gate_lets_pass(tmp_path: Path) -> None:
    policy = f"version: 1\ngate: {{level: scoped, since: root, {BOT}}}\n"
    repo = Repo(tmp_path / "r", {**MAPPED, "bmad.yaml": policy})
    repo.branch("work")
    words = ("report", "--base", "main", "--head", "work", "--repo", str(repo.root))
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    assert "**Notes**" not in inside(*words, cwd=repo.root).out, "there is nothing to tell"
    repo.commit("work", "Bump\n", {"pins.json": "1\n"}, author="Bot <bot@x>")
    passes(repo.gate())
    told = inside(*words, cwd=repo.root).out
    notes = told.partition("**Notes**\n\n")[2].partition("\n\n")[0].splitlines()
    assert [one for one in notes if one.startswith("- exempt as written by bot@\u200bx")]
