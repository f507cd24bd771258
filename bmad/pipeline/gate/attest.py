"""`bmad attest`: the gate's verdict on a range as a statement that others can verify."""

import re
from typing import NamedTuple

from bmad.core.attestation import Attested, properties, statement, unjudged
from bmad.errors import UsageError
from bmad.model.attestation import Predicate, Statement
from bmad.model.gate import GateReport
from bmad.model.layout import POLICY
from bmad.pipeline.gate.gate import GateRequest, gate
from bmad.ports.files import Formats
from bmad.ports.history import Clock, History, Objects

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_PLACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[!-~]+")


class AttestRequest(NamedTuple):
    """A range as `bmad gate` has it, and who says what about which repository."""

    range: GateRequest
    predicate: Predicate
    verifier: str
    version: str
    resource: str | None = None
    """The URI of the repository; by default `gate.repository` of the base, where that is one."""
    ref: str | None = None
    """A full ref that points at the head."""


class Attestation(NamedTuple):
    """The statement, and the report that it was made of."""

    statement: Statement
    report: GateReport


def attest(history: History, formats: Formats, clock: Clock, request: AttestRequest) -> Attestation:
    """Judge a range and say what was found.

    Raises: UsageError where nothing says which repository it is, the verifier is no URI, the ref points elsewhere,
    or nothing was judged.
    """
    if not _URI.fullmatch(request.verifier):
        raise UsageError(f"`{request.verifier}` is no URI: name who runs this as https://HOST/PATH.")
    report = gate(history, formats, clock, request.range)
    if report.head is None or report.base is None:
        raise UsageError("There is no range to speak of: name both ends, --base and --head.")
    if report.ok and (left := unjudged(report)):
        raise UsageError(
            f"Of the commits between these ends {left} went unjudged (gate.grandfathered, gate.since), so nothing "
            "holds of all of it. Name a base that has them."
        )
    if report.ok and not properties(report):
        raise UsageError("Nothing was judged by a policy between these ends, so there is nothing to say.")
    with history.read() as objects:
        resource = request.resource or _named(objects, formats, report.base)
        if not _PLACE.fullmatch(resource):
            what = f"`{resource}` is no URI of a repository" if resource else "Nothing says which repository it is"
            raise UsageError(
                f"{what}: name it with --resource git+https://HOST/PATH, or as gate.repository in bmad.yaml of "
                "the base."
            )
        blobs = _blobs(objects, report.head, [one.path for one in report.records])
        policy = _blobs(objects, report.base, [POLICY]).get(POLICY, "")
        if request.range.since is not None:
            _see_that_it_is_one(objects, report, policy)
        told = Attested(
            report, resource, request.verifier, request.version, policy, blobs, _refs(objects, request.ref, report)
        )
    return Attestation(statement(request.predicate, told), report)


def _see_that_it_is_one(objects: Objects, report: GateReport, policy: str) -> None:
    """Raises: UsageError where an audit judged its steps by several policies, of which a statement names one."""
    at = next(
        (one for one in report.policy_changes if _blobs(objects, one, [POLICY]).get(POLICY, "") != policy), None
    )
    if at is not None:
        raise UsageError(
            f"{POLICY} changes in {at[:12]}, and a statement names one policy: attest what came before it "
            f"(--head {at[:12]}~1), and what comes after it (--since {at[:12]}), each by itself."
        )


def _named(objects: Objects, formats: Formats, base: str) -> str:
    blob = _blobs(objects, base, [POLICY]).get(POLICY)
    settings = formats.settings(objects.blobs([blob])[blob].decode()) if blob else None
    return (settings.gate.repository or "") if settings is not None else ""


def _blobs(objects: Objects, commit: str, paths: list[str]) -> dict[str, str]:
    """The blobs of those of the paths that the commit holds."""
    tree = objects.commits([commit])[commit].tree
    raw = {path: path.encode("utf-8", "surrogateescape") for path in paths}
    listed = objects.files(tree, sorted({one.rpartition(b"/")[0] for one in raw.values()}))
    return {path: listed[name].id for path, name in raw.items() if name in listed}


def _refs(objects: Objects, ref: str | None, report: GateReport) -> tuple[str, ...]:
    if ref is None:
        return ()
    if not ref.startswith("refs/"):
        raise UsageError(f"`{ref}` is no full ref: write refs/heads/{ref}.")
    if objects.tips(ref, ref).head != report.head:
        raise UsageError(f"{ref} does not point at {report.head}, and the statement would say so.")
    return (ref,)
