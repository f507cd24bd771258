"""The adoption: the base has no policy, so only what sets one up can be judged."""

from bmad.core.gate.facts import CommitFacts, Step
from bmad.core.gate.foretold import confirmed_ahead, reopened_ahead
from bmad.core.gate.links import stays_governed
from bmad.core.gate.net import unmerged
from bmad.core.gate.parts import Entry, Verdict
from bmad.core.gate.policy import policy_fault
from bmad.core.gate.spec import invalid, unreadable
from bmad.core.gate.words import printable, told, undecidable
from bmad.core.paths import Classifier, PathClass, classifier
from bmad.core.trailers import message_fault
from bmad.model.commits import ABSENT, Change
from bmad.model.gate import CommitKind, CommitReport, GateFinding
from bmad.model.layout import POLICY, may_be_intent

_ALLOWED = frozenset({PathClass.GOVERNED, PathClass.SPEC})
_OWN = "leave it as it is, and name places for bmad's own documents: `paths` and `intent` of bmad.yaml"
_FIX = "land the adoption first, in a change of its own: bmad.yaml, specs and .gitignore (bmad init)"

_SUCH = "such a file (CLAUDE.md -> AGENTS.md)"


def judge_adoption(step: Step) -> tuple[list[Verdict], list[GateFinding]]:
    """Governed files, spec files and `.gitignore` pass; anything else cannot be judged without a policy."""
    if not step.commits:
        return [], []
    if step.after.policy.fault:
        message = f"{POLICY} of the result cannot be read: {told(step.after.policy.fault)}"
        return [], [undecidable(message, POLICY, "mend it")]
    if step.after.settings is None:
        message = f"neither the base nor the result has a {POLICY}, so there is nothing to judge by"
        return [], [undecidable(message, POLICY, "run bmad init")]
    classify = classifier(step.after.layout)
    verdicts = [_judge(facts, classify) for facts in step.commits]
    links = {(one.path, one.new_blob) for facts in step.commits for one in _links(facts, classify)}
    if step.conflicts:
        return verdicts, unmerged(step)
    net = [Entry(one, classify.of(one)) for one in step.net if (one.path, one.new_blob) not in links]
    findings = [_finding(one, "changes before there is a policy") for one in net if _is_strange(one)]
    fault = policy_fault(step.after.settings)
    if fault is not None:
        findings.append(undecidable(f"{POLICY} of the result: {told(fault)}", POLICY, "mend it"))
    findings += _taken(step)
    findings += unreadable(step.after, "the result")
    if not findings:
        findings += [*invalid(step.after), *confirmed_ahead(step.before, step)]
        findings += reopened_ahead(step.before, step.after)
    return verdicts, findings


def _taken(step: Step) -> list[GateFinding]:
    """An intent is Markdown, and no spec file stood there before: that one would change without a policy."""
    layout = step.after.layout
    for path in (place.intent for place in layout.places):
        if not may_be_intent(path):
            message = f"the result names {printable(path)} as the intent, which is no Markdown file"
            return [undecidable(message, POLICY, "name a file that ends in .md or .markdown")]
    stood = (one.path.decode("utf-8", "surrogateescape") for one in step.net if one.old_mode != ABSENT)
    return [
        undecidable(
            f"{printable(path)}, a spec file of the result, stood in the base already and changes", path, _OWN
        )
        for path in stood
        if layout.is_spec(path)
    ]


def _is_strange(entry: Entry) -> bool:
    return not entry.regular or (entry.at.klass not in _ALLOWED and entry.path != ".gitignore")


def _finding(entry: Entry, otherwise: str) -> GateFinding:
    """What is wrong with a path, and what helps."""
    why, fix = otherwise, _FIX
    if not entry.regular and entry.at.klass in _ALLOWED:
        why, fix = "is no plain file", "put the text itself there"
        if entry.at.klass is PathClass.GOVERNED:
            why, fix = f"{why}, and no symlink to a governed one of the tree", f"link it to {_SUCH}, or {fix}"
    return undecidable(f"{printable(entry.path)} {why}", entry.path, fix)


def _links(facts: CommitFacts, classify: Classifier) -> list[Change]:
    """The symlinks of a commit that are as good as plain files, such as a `CLAUDE.md` that is `AGENTS.md`."""
    good = {path for path, to in facts.links.items() if stays_governed(path, to, classify)}
    return [one for one in facts.changes if one.path in good]


def _judge(facts: CommitFacts, classify: Classifier) -> Verdict:
    entries = [Entry(change, classify.of(change)) for change in facts.changes]
    good, none = _links(facts, classify), f"changes, and the base has no {POLICY} to judge it by"
    strange = [one for one in entries if one.change not in good and _is_strange(one)]
    findings = [_finding(one, none) for one in strange[:50]]
    fault = message_fault(facts.commit)
    if fault is not None:
        findings.append(undecidable(f"the commit cannot be judged: {fault}"))
    if len(facts.commit.parents) > 2:  # noqa: PLR2004 - git computes merges of two
        findings.append(undecidable("a merge of more than two parents cannot be judged"))
    kind = CommitKind.ADOPTION
    if not entries:
        kind = CommitKind.MERGE if len(facts.commit.parents) > 1 else CommitKind.EMPTY
    report = CommitReport(
        commit=facts.id,
        kind=kind,
        verdict="refused" if findings else "pass",
        findings=tuple(findings),
    )
    return Verdict(report, tuple(entries))
