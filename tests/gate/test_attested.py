"""`gate.attest: signed` (G10): records and changes of the specification count under a signature of the base's."""

import base64
import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bmad.errors import UsageError
from bmad.git.read.history import open_history
from bmad.model.record import Record
from bmad.model.signing import COMMITS, RECORDS, Signer, commit_signed, key_of, signer
from bmad.pipeline.gate.explain import explain
from bmad.pipeline.gate.gate import GateRequest
from bmad.render.explained import text as rules
from bmad.store.formats import TextFormats
from tests.gate.records import add, record, squash
from tests.gate.repo import FIND, At, Content, Repo, codes, passes, refuses, respecified, story
from tests.signing import file_of, line_of, sign_tip, signed_record

GATE = "level: reviewed, since: root, attest: signed, governed_change: signed, repository: notes"
POLICY = (
    "version: 1\nact: {accept: auto, lenses: [correctness]}\n"
    f"gate: {{{GATE}, signers: ['{line_of('ada')}', '{line_of('bob')}']}}\n"
)
REWORDED = respecified(
    {"specs/intent.md": ("Notes are found by tag.", "Notes are found by their tag.")}, lock=False
)


def signing(folder: Repo) -> Repo:
    """A repository whose base asks for signatures."""
    folder.commit("main", "Ask for signatures\n\nPolicy: signed\n", {"bmad.yaml": POLICY})
    folder.branch("work")
    return folder


@pytest.fixture
def base(repo: Repo) -> Repo:
    return signing(repo)


def landing(repo: Repo, make: Callable[[Record], Record]) -> None:
    """A commit of the story, and its record as `make` has it."""
    before = repo.tip("work")
    head = repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    add(repo, "work", make(record(repo, FIND, before, head)))


def test_a_signed_record_passes_and_the_report_says_by_whom(base: Repo) -> None:
    landing(base, signed_record)
    report = base.gate()
    passes(report)
    assert (report.attest, report.level_reached, report.signers) == ("signed", "reviewed", ("ada@example.org",))


def test_a_squash_of_it_passes_as_well(base: Repo) -> None:
    landing(base, lambda made: signed_record(made, "bob"))
    squash(base, "work")
    report = base.gate()
    passes(report)
    assert report.signers == ("bob@example.org",)


FORGED: dict[str, Callable[[Record], Record]] = {
    "unsigned": lambda made: made,
    "by somebody else": lambda made: signed_record(made, "eve"),
    "for another purpose": lambda made: signed_record(made, namespace=COMMITS),
    "changed after it was signed": lambda made: signed_record(made).model_copy(update={"rounds": 2}),
    "with the signature of another record": lambda made: made.model_copy(
        update={"signature": signed_record(made.model_copy(update={"spec": "0"})).signature}
    ),
    "with no signature at all": lambda made: made.model_copy(update={"signature": "yes"}),
    "with a key that it only names": lambda made: made.model_copy(update={"signature": _renamed(made)}),
}


def _renamed(made: Record) -> str:
    """Eve's signature with Ada's key in the place of hers."""

    def body(text: str) -> bytes:
        return base64.b64decode("".join(text.split("\n")[1:-2]))

    ada, eve = body(signed_record(made).signature), body(signed_record(made, "eve").signature)
    mixed = base64.b64encode(ada[:65] + eve[65:]).decode()
    return f"-----BEGIN SSH SIGNATURE-----\n{mixed}\n-----END SSH SIGNATURE-----\n"


@pytest.mark.parametrize("name", FORGED)
def test_a_record_that_no_signer_signed_is_refused(base: Repo, name: str) -> None:
    landing(base, FORGED[name])
    assert "G10" in codes(base.gate())


def test_a_signed_record_of_another_repository_is_refused(base: Repo) -> None:
    landing(base, lambda made: signed_record(made.model_copy(update={"repository": "other"})))
    refuses(base.gate(), "G14")


def test_a_change_of_the_specification_is_signed_by_its_commit(base: Repo) -> None:
    base.commit("work", "Reword\n", REWORDED)
    assert "G10" in codes(base.gate())
    sign_tip(base, "work")
    assert "G10" not in codes(base.gate())


@pytest.mark.parametrize(("name", "namespace"), [("eve", COMMITS), ("ada", RECORDS)])
def test_a_signature_of_another_person_or_purpose_is_none(base: Repo, name: str, namespace: str) -> None:
    base.commit("work", "Reword\n", REWORDED)
    sign_tip(base, "work", name, namespace)
    assert "G10" in codes(base.gate())


def test_a_signature_holds_for_one_commit_alone(base: Repo) -> None:
    base.commit("work", "Reword\n", REWORDED)
    signed = base.said("cat-file", "commit", sign_tip(base, "work"))
    base.raw("work", signed.replace(b"Reword", b"Reread"))
    assert "G10" in codes(base.gate())
    base.raw("work", signed.replace(b"\n\nReword", b"\ngpgsig x\n\nReword"))
    assert "G10" in codes(base.gate()), "of two signatures nobody could say which is meant"


def test_code_needs_no_signature_of_its_commit_and_a_merge_as_git_computes_it_none(base: Repo) -> None:
    landing(base, signed_record)
    base.commit("main", "Reword\n", REWORDED)
    sign_tip(base, "main")
    base.merge("work", "main")
    assert "G10" not in codes(base.gate())


def test_a_governed_file_changes_by_a_signed_commit(base: Repo) -> None:
    files: dict[str, Content] = {".github/workflows/ci.yml": "on: push\n"}
    base.commit("work", "Run CI\n\nPolicy: run it\n", files)
    refuses(base.gate(), "G06")
    sign_tip(base, "work")
    passes(base.gate())


def test_signed_it_still_changes_alone_and_with_a_reason(base: Repo) -> None:
    base.commit("work", "Run CI\n", {".github/workflows/ci.yml": "on: push\n"})
    sign_tip(base, "work")
    refuses(base.gate(), "G06")


def test_a_signer_counts_once_the_base_names_them(base: Repo) -> None:
    base.commit(
        "work", "Trust Eve\n\nPolicy: mine\n", {"bmad.yaml": POLICY.replace(line_of("ada"), line_of("eve"))}
    )
    sign_tip(base, "work", "eve")
    assert codes(base.gate()) == {"G06"}


def test_an_audit_over_a_step_that_asked_for_none_is_not_signed(base: Repo) -> None:
    landing(base, signed_record)
    base.git("update-ref", "refs/heads/main", base.tip("work"))
    assert base.gate("main", since=base.git("rev-parse", "main~2")).attest == "signed"
    assert base.gate("main", since=base.base).attest == "none"


P256 = (
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLkJB+KA"
    "mEIf5XhfrC9kjy4OhC9HDfWnuNUsP1WbbjSZ4VtRw0ipNkdDoWQm9wcV/sdlMPGoFl4oVccZBAkbNrc="
)

FAULTY = {
    "nobody": (GATE, "needs gate.signers"),
    "anybody": (
        f"{GATE.replace('governed_change: signed, ', '')}, signers: ['{line_of('ada')}']",
        "becomes a signer",
    ),
    "anywhere": (f"{GATE.replace(', repository: notes', '')}, signers: ['{line_of('ada')}']", "gate.repository"),
    "no key": (f"{GATE}, signers: ['ada@example.org']", "NAME KEYTYPE KEY"),
    "everybody": (f"{GATE}, signers: ['* {line_of('ada').partition(' ')[2]}']", "one person"),
    "options": (f"{GATE}, signers: ['ada namespaces=\"git\" {line_of('ada').partition(' ')[2]}']", "gate.signers"),
    "another type": (f"{GATE}, signers: ['ada ssh-rsa {line_of('ada').split()[2]}']", "none of its type"),
    "half a key": (f"{GATE}, signers: ['{line_of('ada')[:-4]}']", "not whole"),
    "a type alone": (f"{GATE}, signers: ['ada ssh-ed25519 AAAAC3NzaC1lZDI1NTE5']", "not whole"),
    "another spelling": (f"{GATE}, signers: ['ada {P256[:-2]}d=']", "not spelt as OpenSSH"),
    "one key twice": (f"{GATE}, signers: ['{line_of('ada')}', 'x {line_of('ada').partition(' ')[2]}']", "twice"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_policy_that_signatures_would_prove_nothing_by_is_a_sentence(repo: Repo, name: str) -> None:
    gate, words = FAULTY[name]
    repo.commit("main", "Sign\n\nPolicy: sign\n", {"bmad.yaml": f"version: 1\ngate: {{{gate}}}\n"})
    repo.branch("work")
    repo.commit("work", story(FIND), {"src/find.py": "1\n"})
    with pytest.raises(UsageError, match=words):
        repo.gate()


EXEMPT = (
    "exempt: [{paths: ['README.md'], by: 'ada@example.org', reason: typos, owner: bob, until: 2027-01-01}], "
    f"signers: ['{line_of('ada')}']"
)


def test_an_exemption_for_a_signer_is_for_what_they_signed_whoever_is_named_as_author(repo: Repo) -> None:
    repo.commit(
        "main", "Spare\n\nPolicy: typos\n", {"bmad.yaml": f"version: 1\ngate: {{since: root, {EXEMPT}}}\n"}
    )
    repo.branch("work")
    repo.commit("work", "Mend a word\n", {"README.md": "# Our notes\n"}, author="ada <ada@example.org>")
    assert "G07" in codes(repo.gate())
    sign_tip(repo, "work")
    report = repo.gate()
    passes(report)
    assert any("exempt as signed by ada@example.org" in note for note in report.notes)


def test_a_signer_who_goes_leaves_no_exemption_to_a_name_in_silence(repo: Repo) -> None:
    """Whoever pushes may write the name of an author; a key was asked for so far."""
    repo.commit(
        "main", "Spare\n\nPolicy: typos\n", {"bmad.yaml": f"version: 1\ngate: {{since: root, {EXEMPT}}}\n"}
    )
    repo.branch("work")
    for who, told in (("bob", True), ("ada", False)):
        kept = EXEMPT.replace(line_of("ada"), line_of(who)).replace("until: 2027", "until: 2028")
        policy = {"bmad.yaml": f"version: 1\ngate: {{since: root, {kept}}}\n"}
        repo.commit("work", "Keys\n\nPolicy: ada's key is gone\n", policy, onto=repo.tip("main"))
        notes = repo.gate().notes
        assert any("ada@example.org is no signer any more, so gate.exempt lets" in one for one in notes) is told


def test_what_git_signs_is_what_is_verified(base: Repo) -> None:
    """The content that git itself signs, with headers that go on over lines."""
    base.git("config", "user.name", "Ada")
    base.git("config", "user.email", "ada@example.org")
    settings = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={file_of('ada')}")
    tip = base.git(
        *settings, "commit-tree", "-S", base.tip("work^{tree}"), "-p", base.tip("work"), "-m", "x\n\n y"
    )
    with open_history(base.root, os.environ).read() as objects:
        commit = objects.commits([tip])[tip]
        signed = commit_signed(commit)
        ada = signer(line_of("ada"))
        assert signed is not None
        assert isinstance(ada, Signer)
        assert key_of(signed.armour) == ada.key
        assert objects.verifies(signed, ada)
        assert not objects.verifies(signed._replace(content=signed.content + b" "), ada)


def test_keys_of_every_kind_are_whole() -> None:
    assert isinstance(signer(f"ada {P256}"), Signer)
    assert isinstance(signer(f"{line_of('ada')} ada@laptop"), Signer)


@pytest.mark.parametrize(
    "text", [b"", b"x", b"-----BEGIN SSH SIGNATURE-----\n!\n-----END SSH SIGNATURE-----", b"A" * 99_999]
)
def test_what_is_no_signature_names_no_key(text: bytes) -> None:
    assert key_of(text) is None


def test_the_rules_name_those_whose_signatures_count(base: Repo) -> None:
    request = GateRequest("main", "work")
    told = rules(explain(open_history(base.root, os.environ), TextFormats(), At(datetime.now(UTC)), request))
    assert "signers   ada@example.org, bob@example.org\n" in told
    assert "that one of gate.signers signed" in told
