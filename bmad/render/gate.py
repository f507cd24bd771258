"""The gate's report as text, Markdown and annotations; every word in it has been made safe to print."""

from collections.abc import Callable, Iterable, Iterator

from bmad.errors import Exit
from bmad.model.gate import (
    PROPOSED,
    UNCONFIRMED,
    CommitKind,
    CommitReport,
    GateFinding,
    GateReport,
    ReopenReport,
    Reworded,
    TinyChange,
    Untraced,
)
from bmad.model.settings import Level
from bmad.render.words import LINK, bare, inert, joined, plural

_SHORT = 12
_MOST = 5
_PROVES = {
    Level.TRACED: "every code change outside governed files is claimed by a current story whose chain ends in "
    "sentences of a versioned file (who wrote them is git's claim)",
    Level.SCOPED: "that story's territory holds each of its paths, not that the work serves the story",
}
_VERIFIED = "a record states the evidence"
_NEVER = "It never proves that the code is right."


def proves(report: GateReport) -> str:
    """What a pass proves of a range, and of which of its commits it does not: no more than was asked."""
    if not report.commits:
        return "Nothing was judged, so the pass proves nothing."
    if report.level is None:
        return ""
    told = _PROVES | {Level.REVIEWED: _reviewed(report), Level.VERIFIED: _VERIFIED}
    words = [words for asked, words in told.items() if asked.rank <= report.level.rank]
    return f"What a pass proves{_beside(report)}: {'; '.join(words)}. {_NEVER}"


def _reviewed(report: GateReport) -> str:
    """What the records are good for, which is less where an author reviewed or contexts were not kept apart."""
    contexts = "" if report.self_reviewed else " in two recorded contexts"
    shared = ", by agents that others may have told something in their configuration" if report.shared else ""
    own = ", and an author of it is among the reviewers, as the policy of the base allows"
    return (
        "what lands, beside specification and governed files, is what a record says was reviewed"
        f"{contexts}{shared}{own if report.self_reviewed else ''}, as trustworthy as who attests the record "
        f"({_attested(report)})"
    )


def _attested(report: GateReport) -> str:
    if report.attest == "none":
        return "here nobody does"
    return f"here by signature: {', '.join(report.signers)}" if report.signers else "here nothing had to be signed"


def _beside(report: GateReport) -> str:
    """The commits that go by other rules than the level, counted; empty where there are none."""
    kinds = [commit.kind for commit in report.commits]
    counted = (
        (kinds.count(CommitKind.GRANDFATHERED), "older than the policy or grandfathered"),
        (kinds.count(CommitKind.ADOPTION), "with the adoption"),
        (len(report.exempt), "with exempt paths"),
        (len(report.trivial), "of no story in the lane for tiny changes"),
        (kinds.count(CommitKind.REVERT), "with what takes back a landing"),
    )
    told = [f"{plural(number, 'commit')} {words}" for number, words in counted if number]
    return f", leaving out {', '.join(told)}" if told else ""


def text(report: GateReport) -> str:
    """For a terminal: the verdict, what was measured against what, then each refusal with its fix."""
    last = _last(report)
    return "\n".join([*_head(report), *_body(report), *(["", last] if last else []), ""])


def _head(report: GateReport) -> Iterator[str]:
    yield f"gate: {_verdict(report)}"
    yield f"  level   {report.level_reached} (attest: {report.attest})"
    yield f"  base    {report.base or '-'}{f' ({_plain(report.target)})' if report.target else ''}"
    yield f"  head    {report.head or '-'}"
    yield f"  merge   {report.merge or '-'}"
    yield f"  as of   {report.as_of}"
    if report.commits:
        yield f"  commits {len(report.commits)} ({', '.join(_kinds(report.commits))})"


def _verdict(report: GateReport) -> str:
    if report.exit is Exit.ENVIRONMENT:
        return f"cannot be judged (exit 3){'' if report.report_only else ', which is never a pass'}"
    if report.report_only:
        found = plural(len(report.every_finding), "finding")
        return f"{'nothing found' if report.ok else found} (reported only: this is no verdict)"
    return "pass" if report.ok else "refused"


def _kinds(commits: Iterable[CommitReport]) -> Iterator[str]:
    found = [commit.kind for commit in commits]
    for kind in CommitKind:
        if kind in found:
            yield f"{found.count(kind)} {kind}"


def _body(report: GateReport) -> Iterator[str]:
    if report.policy_changes or report.exempt:
        yield ""
    yield from _heads(report)
    if report.reworded:
        yield ""
        yield f"reworded in this range ({plural(len(report.reworded), 'text')} of what stood in the base)"
        for one in report.reworded:
            yield from _reworded(one)
    if report.records:
        yield f"records: {', '.join(f'{_plain(one.path)} ({one.how})' for one in report.records)}"
    for commit in report.commits:
        if commit.findings:
            named = f" {', '.join(map(_plain, commit.stories))}" if commit.stories else ""
            yield ""
            yield f"{commit.commit[:_SHORT]} {commit.kind}{named}"
            yield from _findings(commit.findings)
    if report.findings:
        yield ""
        yield "the range as a whole"
        yield from _findings(report.findings)
    if report.notes:
        yield ""
        yield from (f"note: {_plain(note)}" for note in report.notes)


def _heads(report: GateReport) -> Iterator[str]:
    if report.policy_changes:
        yield f"policy changed by: {_first(commit[:_SHORT] for commit in report.policy_changes)}"
    if report.exempt:
        yield f"with exempt paths: {_first(commit[:_SHORT] for commit in report.exempt)}"
    if report.self_authored:
        yield f"self-authored stories: {_first(report.self_authored)}"
    if report.self_reviewed:
        yield f"reviewed by their own author: {_first(map(_plain, report.self_reviewed))}"
    yield from map(tiny, report.trivial)
    if report.baseline is not None:
        yield standing(report.baseline)


def _first(names: Iterable[str]) -> str:
    """The first of some names, and how many there are beside; `--json` has all."""
    every = list(names)
    more = f" and {len(every) - _MOST} more" if len(every) > _MOST else ""
    return f"{', '.join(every[:_MOST])}{more}"


def tiny(one: TinyChange) -> str:
    """A commit of the lane for tiny changes, in words."""
    where = f"{plural(one.lines, 'line')} in {_first(one.files)}"
    return _plain(f"tiny change of no story: {one.commit[:_SHORT]}, {where}: {one.reason}")


def standing(one: Untraced) -> str:
    """What the baseline lets stay, in words: the first few files, and how many more."""
    why, at = f"({bare(one.reason)}; owner {one.owner})", one.commit[:_SHORT]
    if not one.files:
        return _plain(f"baseline: nothing is left of what was untraced at {at} {why}")
    until = f"and might until {one.until}, which is past" if one.ended else f"and may until {one.until}"
    what = plural(len(one.files), "file")
    return _plain(f"baseline: {what} untraced as at {at}, {until} {why}: {_first(one.files)}")


def asides(report: GateReport) -> Iterator[str]:
    """What is told beside refusals, a line each, where there is no place for the whole text."""
    yield from _heads(report)
    yield from (
        f"reworded: {_plain(f'{one.id} {one.part} {reads(one)}; {confirmed_by(one)}')}" for one in report.reworded
    )
    yield from (f"note: {_plain(note)}" for note in report.notes)
    if report.exit is Exit.OK or report.report_only:
        yield _last(report)


def _reworded(one: Reworded) -> Iterator[str]:
    yield f"  {_plain(one.id)} {one.part}"
    yield f"    - {_plain(was(one))}"
    yield f"    + {_plain(now(one))}"
    yield f"    {_plain(confirmed_by(one))}"


def was(one: Reworded) -> str:
    """What stood there, in words."""
    return one.old or "(nothing)"


def now(one: Reworded) -> str:
    """What stands there now, in words."""
    return "(it no longer stands)" if one.new is None else one.new or "(nothing)"


def reads(one: Reworded) -> str:
    """What became of it, in words."""
    return "reads otherwise" if one.old and one.new else "is new" if one.new else "stands no longer"


def confirmed_by(one: Reworded) -> str:
    """Who confirmed what hangs on new words, in words."""
    if one.part in UNCONFIRMED:
        return "no part of its meaning: no link hangs on it, so nobody confirms it"
    if not one.confirmed and one.part != PROPOSED:
        return "nobody confirmed what hangs on it" if one.linked else "no link hangs on it to be confirmed"
    if not one.confirmed:
        return "nobody signs for it"
    told = (f"{each.link} by {each.by} in {each.commit[:_SHORT]}: {each.why or '-'}" for each in one.confirmed)
    return f"confirmed: {joined(told)}"


def _findings(findings: Iterable[GateFinding]) -> Iterator[str]:
    for one in findings:
        yield f"  {one.code} {one.message}"
        if one.fix:
            yield f"      fix: {one.fix}"


def _last(report: GateReport) -> str:
    if report.report_only:
        return _reported(report)
    if report.exit is Exit.OK:
        return proves(report)
    refused = sum(1 for commit in report.commits if commit.findings)
    found = plural(len(report.every_finding), "finding")
    commits = f"{refused} of {plural(len(report.commits), 'commit')}"
    if not report.findings:
        return f"{found}; {commits} refused."
    return f"{found}; {f'{commits}, and ' if refused else ''}the range as a whole refused."


def _reported(report: GateReport) -> str:
    found = plural(len(report.every_finding), "finding")
    told = f"{found} that the gate would refuse" if report.every_finding else "Nothing that the gate would refuse"
    return f"{told}; reported only, so nothing was refused and nothing is proven."


def _plain(words: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in words)


def markdown(report: GateReport) -> str:
    """For a comment on a code host; nothing that the change wrote can become markup."""
    mark = {"pass": "✅", "refused": "❌"}.get(_verdict(report), "⚠️")
    judged = report.commits and report.level is not None
    mark = "ℹ️" if report.exit is Exit.OK and (report.report_only or not judged) else mark
    lines = [
        f"### {mark} bmad gate: {_verdict(report)}",
        "",
        f"Level **{report.level_reached}** (attest: {report.attest}), as of {report.as_of}.",
        "",
        f"Base `{report.base or '-'}`, head `{report.head or '-'}`, merge `{report.merge or '-'}`.",
        "",
    ]
    rows = [(commit.commit[:_SHORT], one) for commit in report.commits for one in commit.findings]
    rows += [("range", one) for one in report.findings]
    if rows:
        lines += ["| commit | code | finding | fix |", "| --- | --- | --- | --- |"]
        lines += [f"| `{where}` | {one.code} | {_cell(one.message)} | {_cell(one.fix)} |" for where, one in rows]
        lines.append("")
    if report.policy_changes:
        lines += [f"Policy changed by {', '.join(f'`{one[:_SHORT]}`' for one in report.policy_changes)}.", ""]
    if report.exempt:
        lines += [f"With exempt paths: {_first(f'`{one[:_SHORT]}`' for one in report.exempt)}.", ""]
    if report.self_authored:
        lines += [f"Self-authored stories: {', '.join(map(_cell, report.self_authored))}.", ""]
    if report.self_reviewed:
        lines += [f"Reviewed by their own author: {', '.join(map(_cell, report.self_reviewed))}.", ""]
    if report.trivial:
        lines += ["**Tiny changes of no story**", "", *(f"- {_cell(tiny(one))}" for one in report.trivial), ""]
    if report.baseline is not None:
        lines += [f"{_cell(standing(report.baseline))}.", ""]
    if report.reworded:
        lines += [
            "**Reworded in this range**",
            "",
            "| what | before | now | confirmed |",
            "| --- | --- | --- | --- |",
        ]
        lines += [_row(one) for one in report.reworded]
        lines.append("")
    if report.records:
        records = ", ".join(f"{_cell(one.path)} ({one.how})" for one in report.records)
        lines += [f"Records: {records}.", ""]
    lines += [f"Note: {_cell(note)}.\n" for note in report.notes]
    lines.append(_last(report))
    return "\n".join(lines) + "\n"


def _row(one: Reworded) -> str:
    cells = (f"{one.id} {one.part}", was(one), now(one), confirmed_by(one))
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(words: str) -> str:
    """Words in a table cell: each sign that Markdown or HTML may read is written as an entity."""
    inert = "".join(f"&#{ord(char)};" if char in "|<>&*_[]()`#~@!\\$" else char for char in _plain(words))
    return LINK.sub(lambda found: f"{found[1]}&#{ord(found[2][0])};{found[2][1:]}", inert)


def github(report: GateReport) -> str:
    """Workflow commands of GitHub Actions, one a finding, then the text with commands switched off."""
    rows = [(commit.commit[:_SHORT], one) for commit in report.commits for one in commit.findings]
    rows += [("range", one) for one in report.findings]
    lines = []
    level = "warning" if report.report_only and report.exit is Exit.OK else "error"
    for where, one in rows:
        place = f"file={_property(one.path)}," if one.path else ""
        fix = f" Fix: {one.fix}" if one.fix else ""
        lines.append(
            f"::{level} {place}title={_property(f'bmad {one.code}')}::{_data(f'{where}: {one.message}.{fix}')}"
        )
    lines += [
        f"::notice title=bmad policy::{_data(f'{one[:_SHORT]} changes the policy')}"
        for one in report.policy_changes
    ]
    lines += [
        f"::warning title=bmad reworded::{_data(f'{one.id} {one.part} {reads(one)}; {confirmed_by(one)}')}"
        for one in report.reworded
    ]
    verdict = f"{_verdict(report)}, level {report.level_reached}"
    ends = f"base {report.base or '-'}, head {report.head or '-'}"
    lines.append(f"::notice title=bmad gate::{_data(f'{verdict}; {ends}')}")
    return "\n".join([*lines, inert(text(report))])


def unanswered(words: str) -> str:
    """A workflow command of GitHub Actions that says why nothing was judged."""
    return f"::error title=bmad ci::{_data(inert(words))}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def reopening(report: ReopenReport) -> str:
    """For a terminal: what was written, and what it takes to count."""
    return (
        f"{report.story} is open again after landing {report.landing}\n"
        f"by {_plain(report.by)}: {_plain(report.why)}\n"
        "Commit the lock and land it before the new work: it counts once it stands in the base."
    )


FORMATS: dict[str, Callable[[GateReport], str]] = {
    "text": text,
    "json": GateReport.as_json,
    "github": github,
    "md": markdown,
}
