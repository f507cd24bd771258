"""The diff that `--dry-run` shows is a patch: git makes of the texts before it the texts that would be written."""

import difflib
import random
import subprocess
from pathlib import Path

from bmad.model.ends import ends
from bmad.pipeline.map.diffs import diff


def applied(root: Path, before: dict[str, str], patch: str) -> dict[str, str]:
    """What `git apply` makes of files."""
    for path, text in before.items():
        (root / path).write_text(text, encoding="utf-8")
    subprocess.run(["git", "apply", "--unidiff-zero", "-"], cwd=root, input=patch.encode(), check=True)
    return {path.name: path.read_text(encoding="utf-8") for path in root.iterdir() if path.is_file()}


def edited(rng: random.Random, lines: list[str]) -> list[str]:
    found = list(lines)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(found))
        found[at : at + rng.randrange(2)] = [f"new {rng.random()}\n"]
    return found


def test_a_diff_of_long_files_is_a_patch_that_git_applies(tmp_path: Path) -> None:
    rng = random.Random(7)  # noqa: S311 - no secret
    for number, size in enumerate((1, 30, 9_000)):
        lines = [f"{rng.randrange(40)}\n" if rng.random() < 0.8 else "\n" for _ in range(size)]
        before = {"changed.md": "".join(lines), "gone.md": "a\nb\n"}
        after: dict[str, str | None] = {"gone.md": None, "new.md": "x\n"}
        after["changed.md"] = "".join(edited(rng, lines))
        root = tmp_path / str(number)
        root.mkdir()
        assert applied(root, before, diff(before, after)) == {p: t for p, t in after.items() if t is not None}


def test_a_diff_reads_as_difflib_writes_it() -> None:
    rng = random.Random(3)  # noqa: S311 - no secret
    lines = [f"{rng.randrange(9_000)}\n" for _ in range(9_000)]
    for _ in range(20):
        new = edited(rng, lines)
        expected = "".join(difflib.unified_diff(lines, new, "a/p", "b/p"))
        assert diff({"p": "".join(lines)}, {"p": "".join(new)}) == expected
    for old, text in (({}, "a\n"), ({}, "a\nb\n"), ({"p": "a\nb\n"}, None), ({"p": "a\n"}, "a\n")):
        told = ("a/p" if old else "/dev/null", "b/p" if text is not None else "/dev/null")
        whole = difflib.unified_diff(
            old.get("p", "").splitlines(keepends=True), (text or "").splitlines(keepends=True), *told
        )
        assert diff(old, {"p": text}) == "".join(whole)


def test_only_what_ends_a_line_for_git_ends_one(tmp_path: Path) -> None:
    before = {"odd.md": "a\u2028b\nc\x0cd\n", "gone.md": "e\x85f\n"}
    after: dict[str, str | None] = {"odd.md": "a\u2028b\nc\x0ce\n", "gone.md": None, "new.md": "g\x1ch\n"}
    assert applied(tmp_path, before, diff(before, after)) == {p: t for p, t in after.items() if t is not None}


def test_what_is_the_same_from_either_end() -> None:
    rng = random.Random(5)  # noqa: S311 - no secret
    for _ in range(2_000):
        one, other = ("".join(rng.choice("ab") for _ in range(rng.randrange(7))) for _ in range(2))
        head = max(at for at in range(min(len(one), len(other)) + 1) if one[:at] == other[:at])
        left, rest = one[head:], other[head:]
        tail = max(at for at in range(min(len(left), len(rest)) + 1) if left.endswith(rest[len(rest) - at :]))
        assert ends(one, other) == ends(list(one), list(other)) == ends(list(one), tuple(other)) == (head, tail)
