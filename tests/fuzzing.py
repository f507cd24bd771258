"""Documents made at random, half broken, in many languages: mapped, mapped again, mutated, and mapped once more.

`python -m tests.fuzzing --documents 10000 --seed 1` runs many; a few are in the default suite. `--below DIR` has
the Markdown files below DIR mutated, too. Nothing may fail but with an error of ours, hang, or leave a
specification that is not valid; a text that says as before changes no byte, and no id of what still stands.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bmad.core.mapping.leaving import by_hand
from bmad.errors import BmadError
from bmad.model.spec import Criterion
from bmad.pipeline.spec.work_tree import load
from bmad.store.workspace import FileWorkspace
from tests.editing import OUTLINE, named
from tests.layout import REGISTER
from tests.mapping import FORMATS, run

HEADINGS = (
    "Requirements", "Goals", "Out of scope", "User stories", "Acceptance criteria", "Constraints", "Notes",
    "Tasks", "Anforderungen", "Nicht im Umfang", "Akzeptanzkriterien", "Exigences", "Hors périmètre",
    "Requisitos", "Требования", "Вне рамок", "機能要件", "対象外", "功能需求", "不做", "المتطلبات",
    "요구사항", "Epic 1: Lend", "Story 1.2: Return", "FR-7", "Requirement 3: Sort", "Phase 2",
    "Open questions", "Decision", "Minutes", "`code`", "1. Import", "", "  ", "#", "*half", "[link](x)",
    "Importing a very long heading " * 8, "\u202eright", "Goals",
)  # fmt: skip
SENTENCES = (
    "The tool must print *lines*.", "It should be quick", "A reader may lend `a book`; never two.",
    "Sort by year", "Must it?", "We will not build a cart.", "When the disk is full, the tool stops.",
    "TBD", "e.g. this. And that.", "Die Liste muss sortiert sein.",
    "Das System darf keine Daten verlieren.", "Le système doit répondre en 2 s.",
    "El sistema debe guardar.", "O sistema deve guardar.", "Система должна хранить записи.",
    "一覧は年順に表示する。", "系统必须显示列表；可以隐藏。", "يجب أن يعمل.", "목록을 보여야 한다.",
    "As a reader, I want to lend, so that I read.", "Als Leser möchte ich leihen, damit ich lese.",
    "As a , I want", "Given a book, when it is lent, then it is gone.",
    "**FR-1**: It must hold. (depends on FR-2)", "FR-2: It must hold too. Depends on: FR-1",
    "**Label**: yes", "R1. Rows MUST NOT vanish [P1]", "~~The tool must sing.~~", "<b>must</b> & <!-- half",
    "![p](a.png)", "It must hold.", "It must hold.", "It must hold.", "Implements: FR-1", "- Epic: EPIC-1",
    "ID: STORY-abc123", "## not a heading `", "\\*\\_must\\_", "must " * 60, "a" * 300,
    "（必須）一覧を出す", "[NEEDS CLARIFICATION: who?]", "Priority: high", "Status: done",
    "https://example.org/a_b?c=d.", "T001 [P] [US1] Make src/a.py", "x\ty must z",
)  # fmt: skip
ODD = (
    "\0", "\x01", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029", "\u200b", "\u200f",
    "\u202e", "\ufeff", "\ufffd", "\u0301", "🎉", "𠮷", "\r", "\t", " ", "\n", "\n\n", "`", "``", "```",
    "~~~", "*", "**", "_", "|", "\\", "<", ">", "<!--", "-->", "[", "](", "---", "===", "#", "- ", "1. ",
    "> ", ":", "：", "。", "<<<<<<< ", "&amp;", "$$",
)  # fmt: skip
FENCES = (
    "```gherkin\nScenario: s\n  Given a\n  When b\n  Then c\n```",
    "```\nopen MUST",
    "```python\nassert True\n```",
    "~~~\n# no\n~~~",
)
HEADS = (
    "ID | Requirement | Priority",
    "As a | I want | So that",
    "Nr | Anforderung",
    "要件 | 優先度",
    "a | b",
    " | ",
)
ENDS = ("\n", "\n", "\n", "\r\n", "\r")
ENCODINGS = ("utf-8",) * 12 + ("utf-8-sig", "utf-16", "latin-1", "shift_jis")
_SECONDS = 60
"""So long may a map take; the largest document is mapped in a tenth of it."""
_MOST = 40_000
_TOLD = 200


class HungError(Exception):
    """A map that does not end."""


def made(rng: random.Random) -> str:
    """A document of a few sections, or of many."""
    parts = [rng.choice(("---\ntitle: must\n---\n", "+++\nx\n", "# Shelf\n", "Shelf\n=====\n", "", "# Shelf\n"))]
    for _ in range(rng.choice((1, 3, 6, 12))):
        parts.append(f"{'#' * rng.randint(1, 7)} {rng.choice(HEADINGS)}")
        parts += [_part(rng) for _ in range(rng.randint(0, 4))]
    return rng.choice(("\n\n", "\n\n", "\n")).join(parts)


def _part(rng: random.Random) -> str:
    kind = rng.choice(("list", "list", "list", "prose", "table", "quote", "fence", "deep", "setext", "bold"))
    said = [rng.choice(SENTENCES) for _ in range(rng.randint(1, 6))]
    match kind:
        case "list":
            return "\n".join(f"{'  ' * rng.choice((0, 0, 0, 1, 2, 5))}{_mark(rng)} {one}" for one in said)
        case "prose":
            return " ".join(said)
        case "table":
            head = rng.choice(HEADS)
            rows = [f"| {' | '.join(rng.choices(SENTENCES, k=rng.randint(1, 4)))} |" for _ in said]
            return "\n".join([f"| {head} |", "|" + "---|" * rng.choice((2, 2, 3)), *rows])
        case "quote":
            return "\n".join(f"{'>' * rng.choice((1, 2, 9))} {one}" for one in said)
        case "deep":
            return "\n".join(f"{' ' * (2 * depth)}- {one}" for depth, one in enumerate(said * rng.choice((1, 20))))
        case "setext":
            return f"{said[0]}\n{rng.choice('-=') * rng.randint(1, 5)}"
        case "bold":
            return f"**{rng.choice(HEADINGS)}**\n\n- {said[0]}"
        case _:
            return rng.choice(FENCES)


def _mark(rng: random.Random) -> str:
    return rng.choice(("-", "-", "-", "*", "+", "1.", "2)", "- [ ]", "- [x]", "•", "✅", "a)"))


def mutated(rng: random.Random, text: str, other: str) -> str:
    """A text after one edit, most of which a person would not do."""
    lines = text.split("\n")
    place = rng.randrange(len(lines))
    match rng.choice(("drop", "double", "swap", "indent", "odd", "odd", "cut", "splice", "say", "say", "word")):
        case "drop":
            del lines[place]
        case "double":
            lines.insert(place, lines[place])
        case "swap":
            far = rng.randrange(len(lines))
            lines[place], lines[far] = lines[far], lines[place]
        case "indent":
            lines[place] = rng.choice(("  ", "    ", "\t", "> ", "- ")) + lines[place]
        case "odd":
            at = rng.randint(0, len(lines[place]))
            lines[place] = lines[place][:at] + rng.choice(ODD) + lines[place][at:]
        case "cut":
            lines = lines[: max(place, 1)]
        case "splice":
            found = other.split("\n")
            start = rng.randrange(len(found))
            lines[place:place] = found[start : start + rng.randint(1, 12)]
        case "say":
            lines.insert(place, f"- {rng.choice(SENTENCES)}")
        case _:
            lines[place] = lines[place].replace("must", "should").replace("a ", "each ", 1)
    return "\n".join(lines)[:_MOST]


def tried(root: Path, seed: int, corpus: Sequence[str] = ()) -> str:
    """Map a document and its mutations; what went wrong, `refused` where none was mapped, or nothing."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    other = rng.choice(corpus) if corpus else made(rng)
    text = rng.choice(corpus) if corpus and rng.random() < 0.5 else made(rng)
    end, encoding = rng.choice(ENDS), rng.choice(ENCODINGS)
    mapped = 0
    for step in range(rng.randint(1, 4)):
        raw = text[:_MOST].replace("\n", end).encode(encoding, "replace")
        if fault := _step(root, raw):
            if fault != "refused":
                return f"seed {seed}, step {step}: {fault}"
        else:
            mapped += 1
        for _ in range(rng.choice((1, 1, 3, 9))):
            text = mutated(rng, text, other)
    return "" if mapped else "refused"


def _step(root: Path, raw: bytes) -> str:
    known = named(root) if (root / REGISTER).exists() else {}
    (root / "intent.md").write_bytes(raw)
    try:
        report = run(root, mapper=OUTLINE)
        if not report.conflicts:
            again = run(root, mapper=OUTLINE)
    except BmadError:
        return "refused"
    except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
        return traceback.format_exc(limit=-4)
    if report.conflicts:
        return f"conflict, and no hand on it: {report.conflicts[0]}"
    errors = [finding for finding in report.findings if finding.severity == "error"]
    if errors:
        return f"not valid: {errors[0]}"
    if again.written:
        return "mapped again it writes"
    return _handled(root) or _moved(known, named(root))


def _handled(root: Path) -> str:
    """What reads as if a hand had changed it, though what stands there is what was written."""
    spec = load(FileWorkspace(root), FORMATS)
    graph = spec.graph()
    for node, entries in spec.spec.lock.nodes.items():
        item = graph.nodes[node].item
        if not isinstance(item, Criterion) and (found := by_hand(item, dict(entries[-1].derived))):
            return f"{node} reads as changed by hand: {found}"
    return ""


def _moved(before: dict[str, str], after: dict[str, str]) -> str:
    lost = [quote for quote, node in before.items() if after.get(quote, node) != node]
    return f"stands as it did under another id: {lost[0]!r}" if lost else ""


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Raises: HungError where the body takes longer."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise HungError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--below", type=Path, action="append", default=[], help="mutate each document below DIR, too"
    )
    asked = parser.parse_args()
    files = sorted(path for folder in asked.below for path in folder.rglob("*.md"))
    corpus = [path.read_text(encoding="utf-8", errors="replace")[:_MOST] for path in files]
    seen = Counter[str]()
    for number in range(1, asked.documents + 1):
        seed = asked.seed + number - 1
        root = Path(tempfile.mkdtemp())
        try:
            with within(_SECONDS):
                fault = tried(root, seed, corpus)
        except HungError:
            fault = f"seed {seed}: more than {_SECONDS} s"
        finally:
            shutil.rmtree(root)
        seen["refused" if fault == "refused" else "wrong" if fault else "mapped"] += 1
        if fault and fault != "refused":
            sys.stdout.write(f"{fault}\n")
        if number % _TOLD == 0 or number == asked.documents:
            sys.stdout.write(f"{number} documents: {dict(seen)}\n")
        sys.stdout.flush()
    return 1 if seen["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
