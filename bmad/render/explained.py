"""The rules of a range as text; every word has been made safe to print."""

from collections.abc import Iterator

from bmad.model.explained import ExplainReport, GovernedPath
from bmad.model.settings import GateSettings, Level
from bmad.render.words import line, plural

_SHORT = 12
_MOST = 200


def text(report: ExplainReport) -> str:
    """For a terminal: policy, level, exemptions, then governed paths and names with who reads them."""
    return "\n".join([*_rules(report), "", *_exempt(report), "", *_paths(report), "", *_names(report), ""])


def _rules(report: ExplainReport) -> Iterator[str]:
    gate = report.gate
    target = f" ({line(report.target)})" if report.target else ""
    yield f"policy    bmad.yaml of {report.base}{target}"
    if not report.policy:
        yield "          which has none: the range can only adopt bmad, and what follows are the defaults"
    yield f"head      {report.head}"
    yield f"level     {report.level} (attest: {gate.attest})"
    yield f"governed  changed {_GOVERNED[gate.governed_change]}"
    if gate.signers:
        yield f"signers   {line(', '.join(one.partition(' ')[0] for one in gate.signers), 200)}"
    if gate.attest == "signed":
        yield "          records, and commits that change the specification, count under their signatures"
    yield f"since     {gate.since or '-'}"
    own = ", ".join(gate.self_authored) or "nothing: a story lands before its code"
    yield f"a story that comes with its code may cover {line(own, 200)}"
    yield f"stories   at most {gate.max_stories} in a commit"
    review = "may" if gate.self_review else "may not"
    yield f"review    who wrote a change {review} review it"
    if report.level is Level.VERIFIED:
        yield "evidence  for each criterion: a test that failed before the change and passed after it; or the word"
        yield "          of the person who accepted it, where a requirement asks for inspection or analysis"
    if report.oracle:
        yield f"oracle    no agent may write {line(', '.join(report.oracle), 200)}"
    if gate.grandfathered:
        yield f"not judged by their id: {', '.join(one[:_SHORT] for one in gate.grandfathered)}"
    yield from _lanes(gate)
    yield from (f"note      {line(note, 400)}" for note in report.notes)


def _lanes(gate: GateSettings) -> Iterator[str]:
    lane, baseline = gate.trivial, gate.baseline
    if lane is None:
        yield "trivial   no lane for changes of no story"
    else:
        yield f"trivial   `Story: none` with `Trivial: REASON`: {line(', '.join(lane.paths), 200)}"
        yield f"          {plural(lane.lines, 'line')} in {plural(lane.files, 'file')} at most: a commit, a range"
    if baseline is not None:
        yield f"baseline  what was untraced at {baseline.commit[:_SHORT]} may stay to {baseline.until.isoformat()}"
        yield f"          {line(baseline.reason, 200)} (owner: {line(baseline.owner, 100)})"


_GOVERNED = {
    "alone": "by a commit of their own with a trailer `Policy: REASON`",
    "signed": "by a commit of their own with a trailer `Policy: REASON` that one of gate.signers signed",
    "refuse": "never through the gate",
}


def _exempt(report: ExplainReport) -> Iterator[str]:
    if not report.exempt:
        yield "no exemptions"
        return
    yield plural(len(report.exempt), "exemption")
    for one in report.exempt:
        paths = line(", ".join(one.paths), 200)
        who = "everyone (documents, and what is named by its ending)" if one.by is None else one.by
        yield f"  {paths} by {who} until {one.until}{' (ended)' if one.ended else ''}"
        yield f"      {one.reason} (owner: {one.owner})"


def _paths(report: ExplainReport) -> Iterator[str]:
    changed = [one for one in report.paths if one.changed_by]
    yield f"governed paths that the range changes: {len(changed) or 'none'}"
    yield from _told(changed)
    rest = [one for one in report.paths if not one.changed_by]
    yield f"governed paths beside them: {len(rest) or 'none'}"
    yield from _told(rest)


def _told(paths: list[GovernedPath]) -> Iterator[str]:
    for one in paths[:_MOST]:
        by = f" (by {', '.join(each[:_SHORT] for each in one.changed_by[:5])})" if one.changed_by else ""
        yield f"  {one.path}{by}"
        yield f"      since {one.why}"
    if len(paths) > _MOST:
        yield f"  and {len(paths) - _MOST} more (--json names them all)"


def _names(report: ExplainReport) -> Iterator[str]:
    yield "governed in every repository (`**/` is any folder; all that is below a name is governed, too)"
    for reader in report.readers:
        yield f"  {reader.why}:"
        yield f"      {' '.join(reader.names)}"
    own = report.gate.governed
    yield "  gate.governed of the policy names it:"
    yield f"      {line(' '.join(own), 2000) if own else '-'}"
