"""The prompts of a story's steps as they would be put now: each step asks here, and `bmad show --prompt` does."""

from collections.abc import Sequence

from bmad.core.act.run import Run, lacks_mark
from bmad.core.act.triage import Argued, may_be_repeated
from bmad.core.packs.budgets import Reader
from bmad.core.prompts.brief import Prompt
from bmad.core.prompts.creator import create_prompt
from bmad.core.prompts.developer import dev_prompt
from bmad.core.prompts.fixer import Repair, fix_prompt
from bmad.core.prompts.replier import reply_prompt
from bmad.core.prompts.researcher import research_prompt
from bmad.core.prompts.tester import test_prompt
from bmad.core.prompts.triager import triage_prompt
from bmad.model.review import Disposition, Finding
from bmad.pipeline.act.briefs import brief
from bmad.pipeline.act.step import Case
from bmad.pipeline.act.steps.split import may_split


def to_research(case: Case, wrong: Sequence[str] = ()) -> Prompt:
    return research_prompt(brief(case, Reader.RESEARCHER), case.run.words, wrong)


def to_create(case: Case) -> Prompt:
    return create_prompt(brief(case, Reader.CREATOR), case.run.words, splits=may_split(case))


def to_test(case: Case) -> Prompt:
    return test_prompt(brief(case, Reader.TESTER), case.run.words)


def to_develop(case: Case) -> Prompt:
    return dev_prompt(brief(case, Reader.DEVELOPER), case.run.words, tested=case.run.tested)


def to_fix(case: Case) -> Prompt:
    """With the change so far, which the one who mends it has forgotten."""
    run = case.run
    change = case.grounds.diff(run.base, run.head)
    told = repair(run)._replace(change=change, base=run.base, hypotheses=run.hypotheses)
    return fix_prompt(brief(case, Reader.FIXER), told)


def to_triage(case: Case, diff: str, raised: Sequence[Finding], complaints: Sequence[str] = ()) -> Prompt:
    """With what else is open, which a finding may repeat."""
    asked = {one.id for one in raised}
    beside = [one for one in case.run.findings.values() if may_be_repeated(one) and one.id not in asked]
    return triage_prompt(brief(case, Reader.TRIAGER), diff, raised, beside, complaints)


def to_reply(case: Case, lens: str, diff: str, disputed: Sequence[Argued]) -> Prompt:
    own = {one.finding.id for one in disputed}
    repeated = dict.fromkeys(one.stand.same_as for one in disputed if one.stand.same_as not in own)
    others = [case.run.findings[name] for name in repeated if name in case.run.findings]
    return reply_prompt(brief(case, Reader.REPLIER), lens, diff, disputed, others)


_TO_MEND = (Disposition.CONFIRMED, Disposition.JOINED)


def repair(run: Run) -> Repair:
    """What a fix of the run has to deal with."""
    confirmed = [one for one in run.findings.values() if one.disposition in _TO_MEND]
    unmarked = [one for one in run.findings.values() if lacks_mark(one)]
    return Repair(confirmed, unmarked, run.failing, run.conflicts, run.words)
