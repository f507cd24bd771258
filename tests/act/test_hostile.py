"""Agents and checks that misbehave: a named state, a sentence, a clean machine, and the others' work goes on.

Each story's agent does what the story's name says (`hostile_agent.py`), all stories of a kind in one run of the
installed program; then the agents are mended, and `bmad act STORY` carries each to its end.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.act.agent_world import needs_landlock
from tests.act.hostile_world import KEY, Hostile
from tests.act.repos import git
from tests.program import Ended

CREATORS = {
    "Create hangs": ("timeout", "was still at work after 3 seconds"),
    "Create nothing": ("no-change", "has no territory: name the paths"),
    "Create not JSON": ("bad-answer", "it is no JSON"),
    "Create deletes git": ("broke-git", "The file .git of the worktree"),
    "Create another story": ("out-of-bounds", "may change here, but so did stories/STORY-"),
    "Create criteria": ("out-of-bounds", "another set of acceptance criteria now; only a person changes that"),
    "Create governed territory": ("out-of-bounds", "the territory `bmad.yaml` matches bmad.yaml"),
    "Create whole territory": ("out-of-bounds", "the territory `**` matches"),
    "Create strays": ("out-of-bounds", "may change here, but so did src/create-strays/code.py, src/strange.py"),
    "Create encodes": ("broke-git", "cannot be committed"),
}
DEVELOPERS = {
    "Dev hangs with a daemon": ("timeout", "was still at work after 3 seconds"),
    "Dev floods": ("flood", "printed more than 16 MiB"),
    "Dev nothing": ("no-change", "The developer changed nothing and ended with 0; see "),
    "Dev no answer": ("no-change", "The developer changed nothing and ended with 0; see "),
    "Dev fifo": ("no-change", "The developer changed nothing and ended with 0; see "),
    "Dev not JSON": ("bad-answer", "it is no JSON"),
    "Dev deletes git": ("broke-git", "The file .git of the worktree"),
    "Dev replaces git": ("broke-git", "was replaced by a folder"),
    "Dev deletes everything": ("broke-git", "The file .git of the worktree"),
    "Dev encodes": ("broke-git", "cannot be committed"),
}
REVIEWERS = {
    "Review hangs": ("timeout", "The agent `reviewer` was still at work after 3 seconds"),
    "Review floods": ("flood", "The agent `reviewer` printed more than 16 MiB"),
    "Review not JSON": ("bad-answer", "The agent `reviewer` gave an answer that does not count"),
    "Review no answer": ("no-answer", "wrote no answer to `$BMAD_RESULT`"),
    "Triage not JSON": ("bad-answer", "The agent `developer` gave an answer that does not count"),
    "Triage no answer": ("no-answer", "wrote no answer to `$BMAD_RESULT`"),
}
CHECKED = {
    "Dev strays": ("territory", "src/strange.py"),
    "Dev obeys": ("classes", "bmad.yaml is governed"),
    "Dev links": ("files", "src/dev-links/link has mode 120000"),
    "Dev nests": ("files", "src/dev-nests/inner has mode 160000"),
    "Dev filters": ("classes", ".gitattributes is governed"),
    "Dev verify hangs": ("tests", "; The check `tests` was still at work after 3 seconds"),
    "Dev verify floods": ("tests", "printed more than 16 MiB"),
}
HARMLESS = ["Honest", "Dev executable", "Dev prints its key", "Dev verify litters", "Dev half nests"]
HARMLESS += ["Dev foreign bytes", "Review misquotes", "Triage wrong ids"]
CONFINED = {
    "Dev writes outside": ("no-change", "The developer changed nothing"),
    "Dev moves refs": ("no-change", "The developer changed nothing"),
    # refused its write, it dies of its own traceback, where the others shrug it off
    "Dev adds a hook": ("unfinished", "did not finish: it ended with exit code 1"),
}
UNWATCHED = {
    "Dev moves refs": ("outside", "refs/bmad/kept/other, refs/heads/bmad/next"),
    "Dev adds a hook": ("outside", "git: hooks/post-checkout"),
    "Dev keeps a ref": ("outside", "refs/bmad/kept/mine"),
    "Dev switches": ("broke-git", "was switched to the branch elsewhere"),
    "Dev detaches": ("broke-git", "to a commit (detached)"),
    "Dev hangs with a daemon": ("timeout", "was still at work"),
}
FOLDED = ["Dev commits", "Dev rewrites", "Review writes as a reader", "Triage writes as a reader"]


class Ran(NamedTuple):
    """What one `bmad act` over all stories came to, before anything was mended."""

    world: Hostile
    ended: Ended
    stories: dict[str, Any]
    inbox: dict[str, Any]
    landed: set[str]
    left: list[str]
    differs: str


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for worlds that several tests look at, and the person's own git settings."""
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
        (folder / "gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n", encoding="utf-8")
        yield folder


def run(world: Hostile) -> Ran:
    ended = world.bmad("act")
    left, differs, landed = world.left(), world.differs(), world.landed()
    stories = {one["title"]: one for one in world.json("act", "--dry-run")["stories"]}
    inbox = {one["title"]: one for one in world.json("inbox")["items"]}
    return Ran(world, ended, stories, inbox, landed, left, differs)


@pytest.fixture(scope="module")
def creators(outside: Path) -> Ran:
    return run(Hostile(outside / "creators", ["Honest", *CREATORS], creator=True))


@pytest.fixture(scope="module")
def developers(outside: Path) -> Ran:
    return run(Hostile(outside / "developers", ["Honest", *DEVELOPERS]))


@pytest.fixture(scope="module")
def reviewers(outside: Path) -> Ran:
    return run(Hostile(outside / "reviewers", ["Honest", *REVIEWERS]))


@pytest.fixture(scope="module")
def checked(outside: Path) -> Ran:
    return run(Hostile(outside / "checked", [*HARMLESS, *CHECKED]))


@pytest.fixture(scope="module")
def confined(outside: Path) -> Ran:
    return run(Hostile(outside / "confined", ["Honest", *CONFINED]))


@pytest.fixture(scope="module")
def unwatched(outside: Path) -> Ran:
    return run(
        Hostile(
            outside / "unwatched",
            ["Honest", *UNWATCHED, *FOLDED],
            sandbox="none",
            lenses=["correctness", "security"],
        )
    )


def has_failed(ran: Ran, name: str, fault: str, words: str) -> None:
    """The story failed with that fault and sentence, and whoever asks is told so and what to do."""
    world, stand, item = ran.world, ran.stories[name], ran.inbox[name]
    assert stand["state"] == "failed"
    assert words in stand["waits_for"], stand["waits_for"]
    assert stand["waits_for"].endswith(".")
    assert f"! failed    {world.id(name)}  {name}" in ran.ended.out
    assert (item["kind"], item["words"]) == ("failed", stand["waits_for"])
    assert item["commands"] == [f"bmad act {world.id(name)}"]
    failed = [line for line in ran.ended.err.splitlines() if "-> failed" in line]
    [told] = [line for line in failed if line.startswith(world.id(name))]
    assert f"-> failed    {fault}: " in told


def is_clean(ran: Ran, done: set[str]) -> None:
    """The others' work went on, and nothing else is left of the run."""
    assert ran.ended.code == 4, ran.ended
    assert ran.left == []
    assert ran.differs == ""
    assert ran.landed == {ran.world.id(name) for name in done}


def carries_on(ran: Ran, names: list[str]) -> None:
    """With honest agents `bmad act STORY…` carries the stories to their end."""
    world = ran.world
    world.mend()
    ended = world.bmad("act", *map(world.id, names))
    assert ended.code == 0, ended
    assert {world.id(name) for name in names} <= world.landed()
    assert (world.left(), world.differs()) == ([], "")


@pytest.mark.parametrize("name", CREATORS)
def test_a_creator_that_misbehaves_has_failed(creators: Ran, name: str) -> None:
    has_failed(creators, name, *CREATORS[name])


@pytest.mark.parametrize("name", DEVELOPERS)
def test_a_developer_that_misbehaves_has_failed(developers: Ran, name: str) -> None:
    has_failed(developers, name, *DEVELOPERS[name])


@pytest.mark.parametrize("name", REVIEWERS)
def test_a_reviewer_or_triage_that_misbehaves_has_failed(reviewers: Ran, name: str) -> None:
    has_failed(reviewers, name, *REVIEWERS[name])


@pytest.mark.parametrize("name", UNWATCHED)
def test_without_a_sandbox_what_is_bmads_own_is_seen_to_be_touched(unwatched: Ran, name: str) -> None:
    has_failed(unwatched, name, *UNWATCHED[name])


@pytest.mark.parametrize("name", ["Dev hangs with a daemon", "Dev floods", "Dev deletes git", "Dev not JSON"])
def test_the_log_tells_fault_and_words_and_what_was_kept(developers: Ran, name: str) -> None:
    world = developers.world
    event = next(one for one in world.happened(name) if one["event"] == "failed")
    kept = event["content"]["kept"]
    fault, words = DEVELOPERS[name]
    assert event["content"]["fault"] == fault
    assert words in event["content"]["words"]
    assert event["state"] == "failed"
    assert kept == f"refs/bmad/kept/{world.id(name)}/1-dev"
    assert git(world.home, "show", f"{kept}:src/{world.slug(name)}/half.py") == "HALF = 1"
    assert f"unfinished work: {kept}" in world.bmad("log", world.id(name)).out


def test_files_that_git_cannot_read_are_kept_as_they_are(developers: Ran) -> None:
    world = developers.world
    event = next(one for one in world.happened("Dev encodes") if one["event"] == "failed")
    kept = Path(event["content"]["kept"])
    assert kept == world.home / ".bmad" / "kept" / world.id("Dev encodes") / "1-dev"
    assert (kept / "src" / "dev-encodes" / "code.py").read_text(encoding="utf-8") == "VALUE = '1/dev' \n"
    assert not (kept / ".git").exists()


def test_after_a_bad_creator_all_is_clean_and_a_mended_one_ends_it(creators: Ran) -> None:
    is_clean(creators, {"Honest"})
    told = git(creators.world.home, "log", "--format=%(trailers:key=Story,valueonly)", "main").split()
    assert set(told) == {creators.world.id("Honest")}
    carries_on(creators, ["Create hangs", "Create deletes git", "Create another story", "Create encodes"])


def test_after_a_bad_developer_all_is_clean_and_a_mended_one_ends_it(developers: Ran) -> None:
    is_clean(developers, {"Honest"})
    carries_on(developers, ["Dev floods", "Dev not JSON", "Dev deletes everything", "Dev encodes"])


def test_after_a_bad_reviewer_all_is_clean_and_a_mended_one_ends_it(reviewers: Ran) -> None:
    is_clean(reviewers, {"Honest"})
    carries_on(reviewers, ["Review hangs", "Review not JSON", "Triage not JSON"])


@pytest.mark.parametrize("name", CHECKED)
def test_what_a_check_finds_is_fixed_or_goes_to_a_person(checked: Ran, name: str) -> None:
    world, (check, words) = checked.world, CHECKED[name]
    stand, item = checked.stories[name], checked.inbox[name]
    assert (stand["state"], stand["round"]) == ("arbitrate", 2)
    assert words in item["words"]
    assert f"bmad arbitrate {world.id(name)} --more 2 --why WHAT-TO-DO" in item["commands"]
    assert f"bmad cancel {world.id(name)}" in item["commands"]
    rounds = [one for one in world.happened(name) if one["event"] == "checks-failed"]
    assert [one["round"] for one in rounds] == [1, 2]
    for one in rounds:
        failed = [run["name"] for run in one["content"]["checks"] if not run["ok"]]
        assert failed[0] == check


def test_what_is_harmless_lands_beside_it(checked: Ran) -> None:
    is_clean(checked, set(HARMLESS))
    world = checked.world
    listed = git(world.home, "ls-tree", "-r", "main", "src")
    assert "100755" in next(line for line in listed.splitlines() if line.endswith("run.sh"))
    assert "litter.txt" not in git(world.home, "ls-tree", "-r", "--name-only", "main").splitlines()
    assert world.record("Review misquotes")["dropped"] == 2
    assert world.record("Review misquotes")["findings"] == []
    assert [one["disposition"] for one in world.record("Triage wrong ids")["findings"]] == ["fixed"]


def test_rules_and_checks_are_those_of_the_target_whatever_a_story_says(checked: Ran) -> None:
    """The text in the intent and in the agent's answer asks for other rules; the ones that stand count."""
    world = checked.world
    told = [one["content"] for one in world.happened("Dev obeys") if one["event"] == "checks-failed"]
    own = ["territory", "classes", "files", "kept-tests", "secrets"]
    assert all([run["name"] for run in one["checks"]] == own for one in told)
    assert git(world.home, "diff", "--name-only", "HEAD", "--", "bmad.yaml", "stories") == ""
    assert "verify: []" not in (world.home / "bmad.yaml").read_text(encoding="utf-8")
    log = git(world.home, "log", "-1", "--format=%B", f"bmad/{world.id('Dev obeys')}")
    assert f"Story: {world.id('Dev obeys')}" in log
    assert "SYSTEM" not in log


def test_a_key_is_nowhere(checked: Ran) -> None:
    world = checked.world
    log = world.home / ".bmad" / "logs" / world.id("Dev prints its key") / "1-dev.log"
    assert log.read_text(encoding="utf-8").endswith("\nmy key is [redacted]\n")
    found = world.everything()
    assert b"You build the story" in found
    assert KEY.encode() not in found


def test_a_person_lets_it_go_on_or_ends_it(checked: Ran) -> None:
    world = checked.world
    world.mend()
    cancelled, *others = ["Dev strays", "Dev obeys", "Dev nests", "Dev links", "Dev verify hangs"]
    assert world.bmad("cancel", world.id(cancelled), "--why", "no more").code == 0
    for name in others:
        assert world.bmad("arbitrate", world.id(name), "--more", "2", "--why", "Take it all back.").code == 0
    ended = world.bmad("act")
    assert ended.code == 4, "two more wait to be arbitrated"
    assert f"x cancelled {world.id(cancelled)}" in ended.out
    assert world.landed() == {world.id(name) for name in (*HARMLESS, *others)}
    assert (world.left(), world.differs()) == ([], "")


def test_much_is_left_in_few_words(outside: Path) -> None:
    """Ten thousand files out of the territory, and one of 100 MiB within it, which a person has to look at."""
    ran = run(Hostile(outside / "large", ["Honest", "Dev many files", "Dev large file"], timeout=60))
    is_clean(ran, {"Honest"})
    unshown = "1 change that no reviewer was shown: it is right (--for developer)"
    assert unshown in ran.inbox["Dev large file"]["words"]
    large = ran.world.id("Dev large file")
    assert ran.world.bmad("arbitrate", large, "--for", "developer", "--why", "All of it is zeros.").code == 0
    assert ran.world.bmad("act", large).code == 0
    words = ran.inbox["Dev many files"]["words"]
    assert "litter/0, litter/1, " in words
    assert "and 9995 more. Undo these changes." in words
    assert (ran.world.home / "src" / "dev-large-file" / "large.bin").stat().st_size == 100 << 20


@needs_landlock
def test_a_confined_agent_reaches_nothing_outside(confined: Ran) -> None:
    world = confined.world
    is_clean(confined, {"Honest"})
    for name, (fault, words) in CONFINED.items():
        has_failed(confined, name, fault, words)
    refs = git(world.home, "for-each-ref", "--format=%(refname)").splitlines()
    own = [f"refs/heads/bmad/{world.id(name)}" for name in ("Honest", *CONFINED)]
    assert sorted(refs) == sorted([*own, "refs/heads/main"])
    assert "Sneak in" not in git(world.home, "log", "--all", "--format=%s")
    assert sorted(path.name for path in world.control.iterdir()) == []
    assert not (world.home / ".git" / "hooks" / "post-checkout").exists()
    carries_on(confined, [*CONFINED])


def test_without_a_sandbox_git_of_the_agents_own_is_folded_into_the_step(unwatched: Ran) -> None:
    is_clean(unwatched, {"Honest", *FOLDED})
    world = unwatched.world
    log = git(world.home, "log", "--format=%s", "main").splitlines()
    assert "My own words" not in log
    assert "Other words" not in log
    assert "All anew" not in log
    listed = git(world.home, "ls-tree", "-r", "--name-only", "main").splitlines()
    assert "src/dev-commits/more.py" in listed
    assert [path for path in listed if "sneaked" in path or path == "src/new.py"] == []
    text = git(world.home, "show", "main:src/review-writes-as-a-reader/code.py")
    assert text == "VALUE = '1/dev'"


def test_without_a_sandbox_a_mended_agent_ends_it(unwatched: Ran) -> None:
    carries_on(unwatched, ["Dev moves refs", "Dev adds a hook", "Dev detaches"])
