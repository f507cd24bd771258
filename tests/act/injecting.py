"""What others wrote, with an injection in one place of it, as every role is told of it; made of plain values.

Messages of commits are no such place: no role is told any.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from bmad.core.act.challenge import challenge
from bmad.core.act.memory import Alarm
from bmad.core.brainstorm.memory import Memory
from bmad.core.brainstorm.proposing import Proposing
from bmad.core.grouping.ordering import Ordering
from bmad.core.grouping.placing import Placing
from bmad.core.packs.budgets import Reader
from bmad.core.packs.contents import packed
from bmad.core.packs.source import Check, Left, Other, Source
from bmad.core.phrasing.questions import Phrasing
from bmad.core.phrasing.vocabulary import Vocabulary
from bmad.core.phrasing.wants import Want
from bmad.core.prompts.brief import Brief, Prompt
from bmad.core.prompts.creator import create_prompt
from bmad.core.prompts.developer import dev_prompt
from bmad.core.prompts.fixer import Repair, fix_prompt
from bmad.core.prompts.probing import Probing
from bmad.core.prompts.replier import reply_prompt
from bmad.core.prompts.researcher import research_prompt
from bmad.core.prompts.reviewer import Fix, View, review_prompt
from bmad.core.prompts.scanner import Shown, Sight, scan_prompt
from bmad.core.prompts.tester import test_prompt as tester_prompt
from bmad.core.prompts.triager import triage_prompt
from bmad.core.sorting.questions import Question
from bmad.model.agents import Severity
from bmad.model.record import Departure, Logged
from bmad.model.review import Probed
from bmad.model.tested import Hypothesis, Tried
from tests.packs.telling import TEXT, epic, project, requirement, statement, story
from tests.prompts.saying import disputed, finding

FILES = {
    "src/clock.py": "def parse(text):\n    return int(text)\n",
    "tests/test_clock.py": "# STORY-one111/AC-1\nfrom src.clock import parse\n",
}


class Work(NamedTuple):
    """A story's pack, and all that is shown beside it."""

    source: Source
    path: str = "src/clock.py"
    added: str = "    return abs(int(text))"
    failing: str = "tests: 1 failed"
    complaint: str = "The quote stands nowhere."
    departs: str = "There is no such list."
    alarm: str = "return int(text)"
    found: Mapping[str, object] = {}
    said: str = "It was built."
    suspected: str = "The sign is lost."
    ran: str = "pytest"

    @property
    def diff(self) -> str:
        """As git prints it, and as bmad reads it: what is no line feed ends no line."""
        lines = "".join(f"+{line}\n" for line in self.added.split("\n"))
        heading = f"diff --git a/{self.path} b/{self.path}\n--- a/{self.path}\n+++ b/{self.path}\n"
        return f"{heading}@@ -1 +1,{len(lines.splitlines())} @@\n-x\n{lines}"


def _source(files: Mapping[str, str] | None = None, **more: object) -> Source:
    own = story("STORY-one111", "src/clock.py", "tests/test_clock.py")
    return project({**FILES, **(files or {})}, own, **more)


def _file(path: str) -> Callable[[str], Work]:
    return lambda words: Work(_source({path: f"{FILES.get(path, '')}# {words}\n"}))


def _found(name: str) -> Callable[[str], Work]:
    return lambda words: Work(_source(), found={name: words, "ruling": ""})


def _named(words: str) -> Work:
    """A file whose name is the injection, in the pack, the diff, a finding, a conflict and a false alarm."""
    path = f"src/{words}.py".replace("\n", " ")
    own = story("STORY-one111", path, path=f"stories/STORY-one111-{words}.md".replace("\n", " "))
    return Work(project({path: "x = 1\n"}, own), path=path, found={"path": path, "ruling": ""})


PLACES: dict[str, Callable[[str], Work]] = {
    "intent": lambda words: Work(_source(above=[statement(words)], statements=[statement(words)])),
    "requirement": lambda words: Work(_source(above=[requirement(words)])),
    "epic": lambda words: Work(_source(epic=epic(words))),
    "story": lambda words: Work(_source(text=f"{TEXT}\n## Dev Notes\n\n{words}\n")),
    "another story": lambda words: Work(
        _source(others=[Other(story("STORY-two222", "src/clock.py", title=words), "not built yet")])
    ),
    "open finding": lambda words: Work(
        _source(left=[Left("F-1", "STORY-two222", "P1", "src/clock.py", 1, words, words)])
    ),
    "check": lambda words: Work(_source(checks=[Check("tests", words), Check("lint", words, passed=True)])),
    "file": _file("src/clock.py"),
    "test": _file("tests/test_clock.py"),
    "knowledge": lambda words: Work(
        _source({"docs/knowledge/STORY-two222.md": f"# Durations\n\n`parse` in src/clock.py. {words}\n"})
    ),
    "what was found out": lambda words: Work(_source(research=f"- {words}\n  - src/clock.py:1: “{words}”\n")),
    "a lesson's name": lambda words: Work(
        _source({f"docs/knowledge/{words[:60].replace('/', ' ')}.md": f"# {words}\n\n`src/gone.py`\n"})
    ),
    "AGENTS.md": _file("AGENTS.md"),
    "lock file": lambda words: Work(
        _source(
            {
                "src/clock.py": "import requests\n",
                "uv.lock": f'[[package]]\nname = "requests"\nversion = {json.dumps(words)}\n',
            }
        )
    ),
    "file name": _named,
    "diff": lambda words: Work(_source(), added=words),
    "test output": lambda words: Work(_source(), failing=words),
    "refused answer": lambda words: Work(_source(), complaint=words),
    "deviation": lambda words: Work(_source(), departs=words),
    "memory": lambda words: Work(_source(), alarm=words),
    "claim": _found("claim"),
    "fix": _found("fix"),
    "quote": _found("quote"),
    "criterion": _found("criterion"),
    "argument": _found("argument"),
    "answer": _found("answer"),
    "story's log": lambda words: Work(_source(), said=words),
    "hypothesis": lambda words: Work(_source(), suspected=words),
    "what a probe ran": lambda words: Work(_source(), ran=words),
    "field of the author": lambda words: Work(
        _source(
            above=[replace(requirement("It must."), source=words, proposed_by=words)],
            others=[
                Other(story("STORY-two222", "src/clock.py", source=words, proposed_by=words), "not built yet")
            ],
            text=f"# STORY-one111: Clock\n\n- Source: {words}\n- Proposed by: {words}\n",
        )
    ),
}
"""Where others write, and a story's work with their words there."""


def prompts(work: Work) -> dict[str, Prompt]:
    """All that is said of the work to agents, by what they are to do."""
    own = work.source.story
    departs = (Departure(rule=work.departs, reason=work.departs, step="1/dev"),) if work.departs else ()
    log = [Logged(step="1/dev", by=one, words=work.said[:600]) for one in ("creator", "tester", "developer")]
    briefs = {one: Brief(own.id, own.path, packed(work.source, one), departs, log=log) for one in Reader}
    asked = challenge(work.diff)
    view = View(work.diff, 1, 2, [work.path], asked.question, "b" * 40, asked.path)
    found = [finding(**{"ruling": "", **work.found})]
    alarms = [Alarm(Severity.P2, work.path, 7, work.alarm, work.alarm, ruled=False)]
    suspects = [Hypothesis(hypothesis=work.suspected, test=work.suspected, evidence=work.suspected)]
    repair = Repair(found, found, [work.failing], [work.path], change=work.diff, hypotheses=suspects)
    tried = [Probed(step="1/review/probe", angle="scale", tried=(Tried(ran=work.ran, result=work.ran),))]
    probe = view._replace(probing=Probing(tried, environment=True))
    files = [Shown(work.path, work.added.split("\n"), 1, 9)]
    sight = Sight(files, packed(work.source, Reader.REVIEWER), asked.question, asked.path, "b" * 40)
    fix = Fix(found, found)
    return {
        "research": research_prompt(briefs[Reader.RESEARCHER], wrong=[work.complaint] if work.complaint else []),
        "create": create_prompt(briefs[Reader.CREATOR]),
        "test": tester_prompt(briefs[Reader.TESTER]),
        "dev": dev_prompt(briefs[Reader.DEVELOPER]),
        "review": review_prompt(briefs[Reader.REVIEWER], "security", view, alarms),
        "again": review_prompt(briefs[Reader.REVIEWER], "tests", view, alarms, fix, [work.complaint]),
        "probe": review_prompt(briefs[Reader.REVIEWER], "probe", probe, alarms),
        "scan": scan_prompt(sight, "debt", found, alarms, [work.complaint] if work.complaint else []),
        "triage": triage_prompt(briefs[Reader.TRIAGER], work.diff, found),
        "reply": reply_prompt(briefs[Reader.REPLIER], "security", work.diff, [disputed(one) for one in found]),
        "fix": fix_prompt(briefs[Reader.FIXER], repair),
    }


MAPPERS: dict[str, Callable[[str], str]] = {
    "sorting": lambda words: Question((0,), words).prompt([words]),
    "placing": lambda words: Placing("Place them.", (0,), {}, words, words, 9).prompt([words]),
    "ordering": lambda words: Ordering((0,), frozenset(), {}, words, words).prompt([words]),
    "phrasing": lambda words: Phrasing((Want("story", 0, words, frozenset()),), Vocabulary(words), "m").prompt(
        [words]
    ),
    "proposing": lambda words: Proposing("a clerk", words, Memory((words,)), lambda _: ()).prompt([words]),
}
"""What a mapper or an interviewer that is a model is asked, of an intent with these words in it."""
