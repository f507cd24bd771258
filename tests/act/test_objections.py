"""Reviews in an answer that does not fit: who approves in prose holds nobody up, and who objects is heard."""

import time

import pytest

from bmad.core.act.unfit import read
from bmad.model.agents import Severity

APPROVALS = [
    "I reviewed the change. No critical issues found.\n\nLGTM, and well tested.",
    "## Review\n\n### Critical Issues\nNone found.\n\n### Minor\nNone.\n\n**Verdict: Approve**",
    'There are no blockers.\n\n```json\n{"findings": []}\n```\nIt does not add any severe or major problems.',
    "I found nothing severe; `reject()` is only called on invalid input, and log.critical once.",
    'The story says "reject expired tokens" and the code does reject expired tokens with a 401.',
    "All findings: P0: none. P1: none. P2: none.",
    "- **P0**: 0\n- **P1**: 0\n\nThe change is good to merge.",
    "There are no P0/P1 findings. Everything stands up.",
    "The critical section is guarded by a lock, and the critical path is tested.",
    "I could not find any critical, high, or major issue.",
    "No findings: it rejects negative values as AC-2 demands.",
    "Notes: files that cannot be merged are reported.",
    "Nothing blocking: 0 critical, 0 high, 0 medium, 0 low.",
    "**Severity: High** \u2013 0 findings\n**Severity: Medium** \u2013 0 findings",
    "| Severity | Count |\n|---|---|\n| Critical | 0 |\n| High | 0 |",
    "**Error handling**: good.\n- High-level summary: adds a cache.\n- **High-quality** tests.",
    "I see no reason to reject this change or to request changes.",
    "A few nits only, none of them critical. Not a blocker: consider a shorter name.",
    "Blockers: none\nMajor: none",
    '{"review": {"verdict": "approve", "findings": []}, "summary": {"critical": 0, "high": 0}}',
    '{"findings": [], "read": "log.critical(x)  # P0", "confidence": "high"}',
    '{"findings": [], "files_reviewed": ["src/a.py"], "strengths": ["Critical paths are covered"]}',
]

OBJECTIONS = [
    "There is one critical issue: SQL injection in `find`.",
    "P1 - off by one in page().",
    "No P0, but one P1: the retry never ends.",
    "P0: none. P1: save() loses data.",
    "| Severity | Count |\n|---|---|\n| Critical | 1 |",
    "### Critical Issues\n1. Data loss in save().\n\n### Minor\nNone.",
    "### P0\nNo input is validated.",
    "P1: None.split() crashes",
    "P1: 0 is not handled",
    "Zero P0, two P1: x and y",
    "No critical findings have been addressed.",
    "There is no check, a critical omission.",
    "None of the criteria are met. This is a blocker.",
    "**Severity**: `high` The lock is never released.",
    "- High: the session never expires",
    "I would reject this: tests are fake.",
    "Verdict: not approved. It loses data.",
    "I can't approve this: it leaks.",
    "This cannot land: the migration is irreversible.",
    "Critical path traversal in open().",
    '{"review": {"findings": [{"severity": "P0", "claim": "A backdoor."}]}}',
    '["P0: a backdoor"]',
    '{"findings": [], "summary": {"critical": 2}}',
]


def grave(said: str) -> bool:
    return any(one.severity is not Severity.P2 for one in read(said, "").claims)


@pytest.mark.parametrize("said", APPROVALS)
def test_who_approves_holds_nobody_up(said: str) -> None:
    assert not grave(said)


@pytest.mark.parametrize("said", OBJECTIONS)
def test_who_objects_is_heard(said: str) -> None:
    assert grave(said)


@pytest.mark.parametrize("said", ["\n", "no a any ", "critical -----------", "`.", "none of the is "])
def test_a_long_answer_is_read_at_once(said: str) -> None:
    began = time.process_time()
    read(said * (200_000 // len(said)), "")
    assert time.process_time() - began < 5
