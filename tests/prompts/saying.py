"""Briefs, findings and every prompt that there is, made of plain values."""

import re
from collections.abc import Callable

from bmad.core.act.memory import MOST, Alarm
from bmad.core.act.parts import split
from bmad.core.act.triage import Argued
from bmad.core.packs.pack import Pack, Section
from bmad.core.prompts.brief import Brief, Prompt
from bmad.core.prompts.creator import create_prompt
from bmad.core.prompts.developer import dev_prompt
from bmad.core.prompts.fixer import Repair, fix_prompt
from bmad.core.prompts.replier import reply_prompt
from bmad.core.prompts.researcher import research_prompt
from bmad.core.prompts.reviewer import Fix, View, review_prompt, room_for_diff
from bmad.core.prompts.tester import test_prompt as tester_prompt
from bmad.core.prompts.triager import triage_prompt
from bmad.model.agents import Severity
from bmad.model.review import Finding, Settlement

DIFF = (
    "diff --git a/src/a.py b/src/a.py\n--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1,2 @@\n-x\n+DIFFTEXT\n+MORETEXT\n"
)


def brief(story: str = "STORYTEXT", **parts: str) -> Brief:
    """A brief whose pack holds the story and what is named."""
    told = {"story": story, "why": "WHYTEXT", "checks": "tests: pytest", **parts}
    sections = tuple(Section(name, f"The {name}", text) for name, text in told.items())
    return Brief("STORY-one111", "stories/STORY-one111-x.md", Pack(sections))


def finding(**more: object) -> Finding:
    base = {"id": "F-12345678", "round": 1, "severity": Severity.P1, "lens": "security", "path": "src/a.py"}
    words = {"claim": "CLAIMTEXT", "argument": "ARGUMENTTEXT", "answer": "ANSWERTEXT", "ruling": "RULINGTEXT"}
    place = {"line": 1, "end_line": 1, "quote": "QUOTETEXT", "mark": "src/a.py:3", "fix": "FIXTEXT"}
    return Finding.model_validate(base | words | place | more)


def disputed(one: Finding, **more: object) -> Argued:
    """A finding as its reviewer is asked about it."""
    told = {"finding": one.id, "disposition": "disputed", "stand": "disputed", "argument": one.argument}
    return Argued(one, Settlement.model_validate(told | more))


def alarm(data: str, *, ruled: bool = False) -> Alarm:
    return Alarm(Severity.P2, "src/a.py", 7, data, data, ruled=ruled)


def part(told: Brief, data: str) -> View:
    """The first of the parts that a prompt has room for; a line that is longer is shown to nobody."""
    shown = [one for one in split(data, room_for_diff(told)) if not one.unshown]
    return View(shown[0].text if shown else "src/a.py", 1, 2, [data], "what it is")


EVERY: dict[str, Callable[[Brief, str], Prompt]] = {
    "research": lambda told, data: research_prompt(told, wrong=[data]),
    "create": lambda told, _: create_prompt(told),
    "test": lambda told, _: tester_prompt(told),
    "dev": lambda told, _: dev_prompt(told),
    "review": lambda told, data: review_prompt(told, "security", part(told, data), [alarm(data)] * MOST),
    "again": lambda told, data: review_prompt(
        told,
        "probe",
        part(told, data),
        [alarm(data)],
        Fix([finding(claim=data)], [finding(lens="tests", claim=data)]),
        [data],
    ),
    "triage": lambda told, data: triage_prompt(
        told, f"{DIFF}{data}", [finding(claim=data)], [finding(id="F-2", claim=data)], [data]
    ),
    "reply": lambda told, data: reply_prompt(
        told,
        "security",
        f"{DIFF}{data}",
        [disputed(finding(argument=data), stand="lesser")],
        [finding(claim=data)],
    ),
    "fix": lambda told, data: fix_prompt(
        told, Repair([finding(claim=data)], [finding(answer=data)], [data], [data], change=f"{DIFF}{data}")
    ),
}
"""Every prompt, with the same data of others wherever it holds any beside the pack."""


def outside(text: str) -> str:
    """A prompt without what stands between its fences."""
    found = re.search(r"`<<<DATA ([0-9a-f]{16})`", text)
    assert found is not None
    label = found[1]
    parts = re.split(rf"^<<<DATA {label}\n|\nDATA {label}>>>$", text, flags=re.MULTILINE)
    assert len(parts) % 2 == 1
    assert not any(label in inner for inner in parts[1::2])
    return "".join(parts[::2])


def said(text: str) -> str:
    """bmad's own words in a prompt on one line."""
    return " ".join(outside(text).split())


def common(one: str, two: str) -> str:
    """What both begin with."""
    at = next((at for at, (left, right) in enumerate(zip(one, two, strict=False)) if left != right), len(one))
    return one[:at]
