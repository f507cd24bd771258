"""What the gate found, as in-toto statements that other tools read; no predicate here is of our own making.

A property is named only where the gate's report says it holds, and no stronger than the report says it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bmad.model.attestation import Predicate, Statement
from bmad.model.gate import CommitKind, GateReport
from bmad.model.layout import POLICY
from bmad.model.settings import Level

_SVR = "https://in-toto.io/attestation/svr/v0.1"
_VSA = "https://slsa.dev/verification_summary/v1"
_STATEMENT = "https://in-toto.io/Statement/v1"


class Attested(NamedTuple):
    """A report of the gate on a range, and what it does not say of itself."""

    report: GateReport
    resource: str
    """The URI of the repository: `git+https://…`."""
    verifier: str
    """The URI of whoever runs the gate and vouches for what it says."""
    version: str
    """Of bmad."""
    policy: str
    """The blob of the base's policy; empty where it has none."""
    records: Mapping[str, str]
    """By path the blobs of the records that explain the range."""
    refs: Sequence[str] = ()
    """Full refs that point at the head."""


def statement(predicate: Predicate, told: Attested) -> Statement:
    """The statement about the head of a range. Source: the in-toto attestation framework, v1."""
    make = {Predicate.SVR: _svr, Predicate.VSA: _vsa}[predicate]
    kind = {Predicate.SVR: _SVR, Predicate.VSA: _VSA}[predicate]
    subject: dict[str, object] = {"name": told.resource, "digest": {"gitCommit": told.report.head}}
    if told.refs:
        subject["annotations"] = {"sourceRefs": list(told.refs)}
    return {"_type": _STATEMENT, "subject": [subject], "predicateType": kind, "predicate": make(told)}


def properties(report: GateReport) -> list[str]:
    """What a report says holds of a range, from the least to the most.

    Nothing where it is refused or empty, or where a commit was not judged. What an exemption or the lane for
    tiny changes lets pass has no story and no review, so each property says so.
    """
    if not report.ok or report.level is None or not report.commits or unjudged(report):
        return []
    but = "_BUT_EXEMPT" if report.exempt or report.trivial else ""
    least = min(report.level.rank, Level.SCOPED.rank)
    found = [f"BMAD_{level.name}{but}" for level in Level if level.rank <= least]
    if report.level.rank < Level.REVIEWED.rank:
        return found
    declared = "_DECLARED" if report.attest == "none" else ""
    own = "_BY_ITS_AUTHOR" if report.self_reviewed else ""
    found.append(f"BMAD_REVIEWED{own}{but}{declared}")
    if report.level.rank > Level.REVIEWED.rank:
        found.append(f"BMAD_{report.level.name}{but}{declared}")
    return found


def unjudged(report: GateReport) -> int:
    """How many commits of the range policy lets pass unlooked at (`gate.grandfathered`, `gate.since`)."""
    return sum(one.kind is CommitKind.GRANDFATHERED for one in report.commits)


def _svr(told: Attested) -> dict[str, object]:
    """A Simple Verification Result: the properties that passed. Source: in-toto, `svr.md` v0.1."""
    verifier: dict[str, object] = {"id": told.verifier}
    if told.policy:
        verifier["policy"] = _policy(told)
    return {"verifier": verifier, "timeCreated": told.report.as_of, "properties": properties(told.report)}


def _vsa(told: Attested) -> dict[str, object]:
    """A Source Verification Summary. Source: SLSA 1.2, source requirements.

    bmad does not control the repository, so it claims no more than that of any revision in git with a summary.
    """
    passed = properties(told.report)
    level = "SLSA_SOURCE_LEVEL_1" if passed else "SLSA_SOURCE_LEVEL_0"
    inputs = [{"uri": path, "digest": {"gitBlob": blob}} for path, blob in sorted(told.records.items())]
    return {
        "verifier": {"id": told.verifier, "version": {"bmad": told.version}},
        "timeVerified": told.report.as_of,
        "resourceUri": told.resource,
        "policy": _policy(told),
        "verificationResult": "PASSED" if passed else "FAILED",
        "verifiedLevels": [level, *(f"ORG_SOURCE_{one}" for one in passed)],
        "slsaVersion": "1.2",
        **({"inputAttestations": inputs} if inputs else {}),
    }


def _policy(told: Attested) -> dict[str, object]:
    return {"uri": f"{told.resource}@{told.report.base}#{POLICY}", "digest": {"gitBlob": told.policy}}
