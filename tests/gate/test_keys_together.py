"""Where optional keys of a policy meet: what one of them makes stricter, no other makes looser."""

from pathlib import Path

import pytest

from bmad.errors import UsageError
from bmad.model.gate import GateReport
from bmad.model.record import Accepted, Record
from bmad.model.settings import Level
from tests.gate.records import CODE, add, at, record, reviewed
from tests.gate.repo import FIND, MAPPED, Content, Repo, passes, refuses, story
from tests.signing import line_of, sign_tip, signed_record
from tests.specs import SMALL

BOT = "Bot <bot@x>"
RECORDS = "stories/records/**"
PAY = "{path: pay/intent.md, specs: pay/specs, stories: pay/stories}"
LANDED = "act: {accept: auto, lenses: [correctness]}\n"


def policy(gate: str, *, level: str = "scoped", more: str = "") -> str:
    return f"version: 1\n{LANDED}{more}gate: {{level: {level}, since: root, {gate}}}\n"


def signed(*, level: str = "scoped", gate: str = "", more: str = "") -> str:
    own = f"attest: signed, governed_change: signed, repository: notes, signers: ['{line_of('ada')}'], {gate}"
    return policy(own, level=level, more=more)


def exempt(path: str, governed: str = "") -> str:
    """An exemption for a robot, of a path that the policy governs as well."""
    granted = f"{{paths: ['{path}'], by: bot@x, reason: it may, owner: ada, until: 2030-01-01}}"
    return f"governed: ['{governed or path}'], exempt: [{granted}], "


def work(folder: Path, settings: str, more: dict[str, Content] | None = None) -> Repo:
    repo = Repo(folder / "r", {**MAPPED, "bmad.yaml": settings, **(more or {})})
    repo.branch("work")
    return repo


def land(repo: Repo) -> None:
    repo.git("update-ref", "refs/heads/main", repo.tip("work"))


CI = ".github/workflows/a.yml"
NOTE: dict[str, Content] = {"intent.md": f"{SMALL['intent.md']}\nA remark.\n"}


@pytest.mark.parametrize("by", ["bot@x", "ada@example.org"])
@pytest.mark.parametrize("path", [CI, "intent.md"])
def test_a_name_lets_nobody_change_what_has_to_be_signed(tmp_path: Path, path: str, by: str) -> None:
    """`attest`, `governed_change` and `exempt`: whoever may push writes any name; a signer's is proven."""
    files = NOTE if path in NOTE else {path: "uses: a@v2\n"}
    repo = work(tmp_path, signed(gate=exempt(path).replace("by: bot@x", f"by: {by}")))
    repo.commit("work", "Bump\n", files, author=BOT)
    if by != "bot@x":
        sign_tip(repo, "work")
        passes(repo.gate())
        return
    report = repo.gate()
    refuses(report, "G06", "G07")
    assert any("bot@x is no name of gate.signers" in one.message for one in report.every_finding)
    repo.branch("work", "main")
    repo.commit("work", "Bump\n\nPolicy: bump\n", files, author=BOT)
    sign_tip(repo, "work")
    passes(repo.gate())


def test_a_name_still_lets_a_robot_change_code(tmp_path: Path) -> None:
    repo = work(tmp_path, signed(gate=exempt("package-lock.json", "ci/**")))
    repo.commit("work", "Bump\n", {"package-lock.json": "2\n"}, author=BOT)
    passes(repo.gate())


def test_where_nothing_has_to_be_signed_it_passes_as_exempt(tmp_path: Path) -> None:
    repo = work(tmp_path, policy(exempt("intent.md")))
    commit = repo.commit("work", "Words\n", NOTE, author=BOT)
    report = repo.gate()
    passes(report)
    assert report.exempt == (commit,)


def test_a_record_that_is_governed_and_exempt_is_never_changed(tmp_path: Path) -> None:
    """Neither one that stands, nor does a commit bring one of a story that it does not name."""
    repo = work(tmp_path, policy(exempt("stories/**", RECORDS)))
    made = record(repo, FIND, repo.tip("work"), repo.commit("work", story(FIND), CODE))
    bring: dict[str, Content] = {at(FIND): made.as_json()}
    repo.commit("strange", "Record\n", bring, onto=repo.tip("work"), author=BOT)
    refuses(repo.gate("strange"), "G14")
    repo.commit("work", story(FIND, title="Record"), bring, author=BOT)
    passes(repo.gate())
    land(repo)
    other = made.model_copy(update={"accepted": Accepted(by="eve", how="person")})
    repo.commit("work", story(FIND, title="Record"), {at(FIND): other.as_json()}, author=BOT)
    refuses(repo.gate(), "G14")


@pytest.mark.parametrize("by", ["nobody", "ada"])
def test_documents_of_an_intent_that_comes_in_the_range_have_to_be_signed(tmp_path: Path, by: str) -> None:
    """`attest: signed` and several intents: by the base they are code, for the result they are what is wanted."""
    settings = signed(level="traced")
    both = f"intent: [{{path: intent.md, specs: specs, stories: stories}}, {PAY}]\n"
    repo = work(tmp_path, settings)
    repo.commit("work", "Rules\n\nPolicy: a second intent\n", {"bmad.yaml": settings + both})
    sign_tip(repo, "work")
    repo.commit("work", story(FIND), {"pay/intent.md": "# Pay\n\nPeople pay.\n"})
    if by == "ada":
        sign_tip(repo, "work")
        passes(repo.gate())
    else:
        refuses(repo.gate(), "G10")


@pytest.mark.parametrize("renamed", [True, False])
def test_a_merge_carries_nothing_into_a_document_of_an_intent_that_comes(tmp_path: Path, *, renamed: bool) -> None:
    """By the base it is code; as a document it has to be signed as it lands."""
    settings, text = signed(level="traced"), "# Pay\n\nPeople pay.\n" + "A remark.\n" * 9
    repo = work(tmp_path, settings, {"old/pay.md": text})
    both = f"intent: [{{path: intent.md, specs: specs, stories: stories}}, {PAY}]\n"
    repo.commit("work", "Rules\n\nPolicy: a second intent\n", {"bmad.yaml": settings + both})
    sign_tip(repo, "work")
    gone: dict[str, Content] = {"old/pay.md": None} if renamed else {}
    repo.commit("work", story(FIND), {**gone, "pay/intent.md": text})
    sign_tip(repo, "work")
    passes(repo.gate())
    repo.commit("main", story(FIND), {"old/pay.md": text + "And eat.\n"})
    refuses(repo.gate(), "G10", "G15") if renamed else passes(repo.gate())


@pytest.mark.parametrize("glob", ["./src/find.py", "/src/find.py", "!src/other.py", "src//find.py"])
def test_truth_of_people_that_a_glob_does_not_hold_is_no_policy(tmp_path: Path, glob: str) -> None:
    """Else it would hold nothing, and what an agent writes there would pass."""
    repo = work(tmp_path, policy("", more=f"oracle: ['{glob}']\n"))
    with pytest.raises(UsageError, match=r"oracle of bmad\.yaml"):
        repo.gate()
    sound = work(tmp_path / "sound", policy("", more="oracle: ['src/find.py']\n"))
    passes(sound.gate())
    sound.commit("work", "Rules\n\nPolicy: why\n", {"bmad.yaml": policy("", more=f"oracle: ['{glob}']\n")})
    refuses(sound.gate(), "G12")


def foreign(folder: Path, settings: str, repository: str) -> GateReport:
    repo = work(folder, settings)
    made: Record = record(
        repo, FIND, repo.tip("work"), repo.commit("work", story(FIND), CODE), repository=repository
    )
    add(repo, "work", signed_record(made))
    return repo.gate()


@pytest.mark.parametrize("level", [Level.TRACED, Level.SCOPED, Level.REVIEWED])
def test_a_signed_record_of_another_repository_counts_at_no_level(tmp_path: Path, level: Level) -> None:
    refuses(foreign(tmp_path / "fork", signed(level=level), "fork"), "G14")
    passes(foreign(tmp_path / "own", signed(level=level), "notes"))


def test_where_nothing_has_to_be_signed_a_record_is_held_against_it_from_reviewed_on(tmp_path: Path) -> None:
    passes(foreign(tmp_path, policy("repository: notes"), "fork"))


UNHELD = (
    "at level scoped only form and turn of a record count; what it says of a review, of which change and for "
    "which branch, was held against nothing"
)


@pytest.mark.parametrize("key", ["", "attest: signed"])
@pytest.mark.parametrize(("target", "codes"), [("refs/heads/main", ()), ("refs/heads/release", ("G14",))])
def test_a_pass_below_reviewed_says_what_it_did_not_ask_of_records(
    tmp_path: Path, key: str, target: str, codes: tuple[str, ...]
) -> None:
    """The branch is compared from `reviewed` up: between long-lived branches a record stays as it is."""
    for level in ("scoped", "reviewed"):
        settings = signed(level=level) if key else policy("repository: notes", level=level)
        repo = work(tmp_path / level, settings)
        made = record(repo, FIND, "main", repo.commit("work", story(FIND), CODE), target=target)
        add(repo, "work", signed_record(made, "ada") if key else made)
        report = repo.gate()
        told = [note for note in report.notes if at(FIND) in note]
        if level == "reviewed":
            refuses(report, *codes) if codes else passes(report)
            assert told == []
            continue
        passes(report)
        assert [note.partition(":")[0] for note in told] == [
            UNHELD,
            "made for another branch than refs/heads/main, which from level reviewed up is refused",
        ][: 2 if codes else 1]


def test_records_stay_where_they_are_when_a_revert_has_taken_all_of_them(tmp_path: Path) -> None:
    """`paths.records`: in another folder the next landing would be the first one, reviewed again by none."""
    settings = policy("", level="reviewed")
    repo = work(tmp_path, settings)
    reviewed(repo, FIND, CODE)
    land(repo)
    repo.commit("work", "Take back\n", {"src/find.py": MAPPED["src/find.py"], at(FIND): None})
    passes(repo.gate())
    land(repo)
    repo.commit("work", "Rules\n\nPolicy: tidy\n", {"bmad.yaml": f"{settings}paths: {{records: done}}\n"})
    refuses(repo.gate(), "G13")
    other = f"{settings}paths: {{records: stories/records}}\n"
    repo.commit("said", "Rules\n\nPolicy: say it\n", {"bmad.yaml": other}, onto=repo.tip("main"))
    passes(repo.gate("said"))


@pytest.mark.parametrize("folder", ["app/[id]", "app/i"])
def test_no_governed_file_is_joined_line_by_line_however_brackets_are_read(tmp_path: Path, folder: str) -> None:
    """`governed` and `merge=union`: the glob `app/[id]` holds both folders."""
    path, text = f"{folder}/CHANGES", "a\nb\nc\n"
    repo = work(
        tmp_path,
        policy("governed: ['app/[id]/**']"),
        {".gitattributes": "CHANGES merge=union\n", path: text, "src/CHANGES": text},
    )
    repo.commit("work", "More\n\nPolicy: mine\n", {path: f"{text}mine\n"})
    repo.commit("main", "More\n\nPolicy: theirs\n", {path: f"{text}theirs\n"})
    refuses(repo.gate(), "G15")


def test_what_is_not_governed_is_joined_beside_it(tmp_path: Path) -> None:
    path, text = "src/CHANGES", "a\nb\nc\n"
    own: dict[str, Content] = {".gitattributes": "CHANGES merge=union\n", path: text}
    repo = work(tmp_path, policy("governed: ['app/[id]/**']", level="traced"), own)
    repo.commit("work", story(FIND), {path: f"{text}mine\n"})
    repo.commit("main", story(FIND), {path: f"{text}theirs\n"})
    passes(repo.gate())


@pytest.mark.parametrize("path", ["docs/prd/sub/a.md", "docs/prd/a.markdown", "docs/prd [x]/sub/a.md"])
def test_no_file_of_an_intent_in_several_is_joined_line_by_line(tmp_path: Path, path: str) -> None:
    """`intent: docs/prd/` and `merge=union`: what an index links to may stand below its folder."""
    folder = path.split("/")[1]
    files: dict[str, Content] = {
        "bmad.yaml": f"version: 1\nintent: 'docs/{folder}/'\ngate: {{level: scoped, since: root}}\n",
        ".gitattributes": f"{path.rpartition('/')[2]} merge=union\n",
        f"docs/{folder}/index.md": "# Notes\n\n[A](sub/a.md)\n",
        path: WANTED,
    }
    repo = Repo(tmp_path / "r", files)
    repo.branch("work")
    repo.commit("work", "Mine\n", {path: f"{WANTED}\nMine.\n"})
    repo.commit(
        "other", "Others\n", {f"docs/{folder}/index.md": "# Notes\n\n[A](sub/a.md), others\n"}, onto="main"
    )
    repo.merge("other", "work")
    passes(repo.gate("other"))
    repo.commit("main", "Theirs\n", {path: f"{WANTED}\nTheirs.\n"})
    refuses(repo.gate(), "G15")


WANTED = "# A\n\nOne thing.\n"
