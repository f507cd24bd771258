"""`bmad attest`: statements of in-toto and SLSA in signed envelopes, read by the library of their makers."""

import base64
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from pydantic import TypeAdapter
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer._key import SSlibKey

from bmad.core.attestation import properties
from bmad.errors import UsageError
from bmad.git.read.history import open_history
from bmad.model.attestation import Predicate
from bmad.model.gate import GateReport
from bmad.model.settings import Level
from bmad.pipeline.gate.attest import Attestation, AttestRequest, attest
from bmad.pipeline.gate.gate import GateRequest
from bmad.store.envelopes import envelope
from bmad.store.formats import TextFormats
from tests.gate.records import at, reviewed
from tests.gate.repo import FIND, POLICY, At, Repo, story
from tests.gate.test_attested import signing
from tests.signing import file_of, signed_record

URI = "git+https://example.org/notes"
VERIFIER = "https://example.org/gate/v1"


def attested(repo: Repo, predicate: Predicate = Predicate.SVR, **other: Any) -> Attestation:
    told = {"resource": URI, "verifier": VERIFIER, "range": GateRequest("main", "work"), **other}
    request = AttestRequest(predicate=predicate, version="0.1.0", **told)
    history = open_history(repo.root, os.environ)
    return attest(history, TextFormats(), At(datetime(2026, 11, 20, tzinfo=UTC)), request)


def public(name: str) -> SSlibKey:
    return SSlibKey.from_crypto(load_ssh_public_key(file_of(name).with_suffix(".pub").read_bytes()))


@pytest.fixture
def worked(repo: Repo) -> Repo:
    repo.branch("work")
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    return repo


def test_a_public_verifier_takes_the_envelope_of_its_signer_alone(worked: Repo) -> None:
    sealed = json.loads(envelope(attested(worked).statement, file_of("ada")))
    Envelope.from_dict(json.loads(json.dumps(sealed))).verify([public("ada")], 1)
    with pytest.raises(VerificationError):
        Envelope.from_dict(json.loads(json.dumps(sealed))).verify([public("eve")], 1)
    other = base64.b64encode(base64.b64decode(sealed["payload"]).replace(b"SCOPED", b"SEEN")).decode()
    with pytest.raises(VerificationError):
        Envelope.from_dict(sealed | {"payload": other}).verify([public("ada")], 1)


def test_a_result_names_the_commit_the_policy_and_what_passed(worked: Repo) -> None:
    told = attested(worked, ref="refs/heads/work").statement
    assert told["predicateType"] == "https://in-toto.io/attestation/svr/v0.1"
    digest = {"gitCommit": worked.tip("work")}
    annotations = {"sourceRefs": ["refs/heads/work"]}
    assert told["subject"] == [{"name": URI, "digest": digest, "annotations": annotations}]
    predicate: Any = told["predicate"]
    assert predicate["properties"] == ["BMAD_TRACED", "BMAD_SCOPED"]
    policy = worked.git("rev-parse", "main:bmad.yaml")
    assert predicate["verifier"]["policy"]["digest"] == {"gitBlob": policy}


def test_a_summary_of_a_signed_landing_names_its_record(repo: Repo) -> None:
    signing(repo)
    before = repo.tip("work")
    made = reviewed(repo, FIND, {"src/find.py": "1\n"})
    repo.git("update-ref", "refs/heads/work", before)
    head = repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    made = signed_record(made.model_copy(update={"head": head}))
    repo.commit("work", story(FIND), {at(FIND): made.as_json()})
    predicate: Any = attested(repo, Predicate.VSA).statement["predicate"]
    assert predicate["verificationResult"] == "PASSED"
    assert predicate["verifiedLevels"][0] == "SLSA_SOURCE_LEVEL_1"
    assert predicate["verifiedLevels"][-1] == "ORG_SOURCE_BMAD_REVIEWED"
    blob = repo.git("rev-parse", f"work:{at(FIND)}")
    assert predicate["inputAttestations"] == [{"uri": at(FIND), "digest": {"gitBlob": blob}}]


def test_what_is_refused_passed_nothing(repo: Repo) -> None:
    repo.branch("work")
    repo.commit("work", "No story\n", {"src/find.py": "1\n"})
    found = attested(repo, Predicate.VSA)
    predicate: Any = found.statement["predicate"]
    assert (predicate["verificationResult"], found.report.ok) == ("FAILED", False)
    assert predicate["verifiedLevels"] == ["SLSA_SOURCE_LEVEL_0"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no repository": ({"resource": None}, "Nothing says which repository"),
    "a name": ({"resource": "notes"}, "no URI of a repository"),
    "blanks in it": ({"resource": "git+https://example.org/a b"}, "no URI of a repository"),
    "a verifier that is a name": ({"verifier": "the gate"}, "no URI: name who runs this"),
    "a ref of something else": ({"ref": "refs/heads/main"}, "does not point at"),
    "a short ref": ({"ref": "work"}, "full ref"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_would_be_said_falsely_is_a_sentence(worked: Repo, name: str) -> None:
    told, words = WRONG[name]
    with pytest.raises(UsageError, match=words):
        attested(worked, **told)


def test_of_nothing_nothing_is_said(repo: Repo) -> None:
    repo.branch("work")
    with pytest.raises(UsageError, match="Nothing was judged"):
        attested(repo)


def test_of_what_was_not_judged_nothing_is_said(worked: Repo) -> None:
    """What policy lets pass unlooked at holds to no level."""
    commit = worked.commit("work", "Before the adoption\n", {"src/other.py": "2\n"})
    policy = f"version: 1\ngate: {{since: root, grandfathered: [{commit}]}}\n"
    worked.commit("main", "Let it\n\nPolicy: open at adoption\n", {"bmad.yaml": policy})
    assert worked.gate().ok
    with pytest.raises(UsageError, match="Of the commits between these ends 1 went unjudged"):
        attested(worked)
    assert attested(worked, Predicate.VSA, range=GateRequest("main", "work~1")).report.ok


def test_a_history_is_attested_as_far_as_one_policy_judged_it(worked: Repo) -> None:
    audit = GateRequest(None, "work", since="main")
    told: Any = attested(worked, range=audit).statement["predicate"]
    assert told["properties"] == ["BMAD_TRACED", "BMAD_SCOPED"]
    changed = worked.commit("work", "Allow more\n\nPolicy: tests\n", {"bmad.yaml": f"{POLICY}# more\n"})
    worked.commit("work", story(FIND), {"src/find.py": "2\n"})
    with pytest.raises(UsageError, match=f"changes in {changed[:12]}, and a statement names one policy"):
        attested(worked, range=audit)
    assert attested(worked, range=GateRequest(None, "work", since=changed)).report.ok


def test_what_is_exempt_has_no_story_and_each_property_says_so(repo: Repo) -> None:
    spared = "exempt: [{paths: ['README.md'], by: 'bot@x', reason: bumps, owner: bob, until: 2027-01-01}]"
    repo.commit(
        "main", "Spare\n\nPolicy: bumps\n", {"bmad.yaml": f"version: 1\ngate: {{since: root, {spared}}}\n"}
    )
    repo.branch("work")
    repo.commit("work", "Bump\n", {"README.md": "# 2\n"}, author="Bot <bot@x>")
    predicate: Any = attested(repo).statement["predicate"]
    assert predicate["properties"] == ["BMAD_TRACED_BUT_EXEMPT", "BMAD_SCOPED_BUT_EXEMPT"]


def test_a_key_that_cannot_sign_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key")
    for path in (tmp_path / "key", tmp_path / "none", file_of("ada").with_suffix(".pub")):
        with pytest.raises(UsageError, match=r"cannot be read|that can sign\.$"):
            envelope({}, path)


def reported(**told: object) -> GateReport:
    fields: dict[str, object] = dict.fromkeys(("base", "head", "policy_from", "target", "merge"))
    commit = {"commit": "a", "kind": "story", "verdict": "pass"}
    return TypeAdapter(GateReport).validate_python(
        {**fields, "ok": True, "as_of": "now", "commits": (commit,), **told}
    )


@pytest.mark.parametrize(
    ("told", "last"),
    [
        ({"level": Level.TRACED}, "BMAD_TRACED"),
        ({"level": Level.REVIEWED}, "BMAD_REVIEWED_DECLARED"),
        ({"level": Level.REVIEWED, "attest": "signed"}, "BMAD_REVIEWED"),
        ({"level": Level.REVIEWED, "self_reviewed": ("STORY-a",)}, "BMAD_REVIEWED_BY_ITS_AUTHOR_DECLARED"),
        ({"level": Level.VERIFIED, "attest": "signed"}, "BMAD_VERIFIED"),
    ],
)
def test_no_property_says_more_than_the_report(told: dict[str, object], last: str) -> None:
    assert properties(reported(**told))[-1] == last
    assert properties(reported(**{**told, "ok": False})) == []
    assert properties(reported(**{**told, "commits": ()})) == []
