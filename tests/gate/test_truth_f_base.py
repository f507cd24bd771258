"""The base where nobody names one: never the branch itself, and always told."""

import pytest

from bmad.errors import UsageError
from bmad.git.read.bases import Ref, choose, no_base
from tests.gate.repo import FIND, Repo, passes, refuses, story

ONE, TWO = "1" * 40, "2" * 40
ORIGIN = "refs/remotes/origin"
CODE = {"src/find.py": "x = 1\n"}


def branch(name: str, upstream: str = "", *, remote: str = "origin", id_: str = TWO) -> Ref:
    followed = f"refs/remotes/{remote}/{upstream}" if upstream and remote != "." else f"refs/heads/{upstream}"
    return Ref(
        f"refs/heads/{name}",
        id_,
        "",
        followed if upstream else "",
        remote if upstream else "",
        f"refs/heads/{upstream}" if upstream else "",
    )


def refs(*names: str, head: str = "", here: dict[str, str] | None = None) -> dict[str, Ref]:
    found = {f"refs/remotes/{name}": Ref(f"refs/remotes/{name}", ONE, "", "", "", "") for name in names}
    if head:
        remote = head.split("/", maxsplit=1)[0]
        name = f"refs/remotes/{remote}/HEAD"
        found[name] = Ref(name, ONE, f"refs/remotes/{head}", "", "", "")
    found |= {f"refs/heads/{name}": branch(name, id_=id_) for name, id_ in (here or {}).items()}
    return found


@pytest.mark.parametrize(
    ("own", "known", "wanted"),
    [
        (branch("work", "work"), refs("origin/main", "origin/work", head="origin/main"), "origin/main"),
        (branch("work", "work"), refs("origin/main", "origin/work"), "origin/main"),
        (branch("work", "work"), refs("origin/main", "origin/master", "origin/work"), None),
        (branch("work"), refs("origin/trunk"), "origin/trunk"),
        (branch("work", "release"), refs("origin/main", "origin/release", head="origin/main"), "origin/release"),
        (branch("main", "main"), refs("origin/main", head="origin/main"), "origin/main"),
        (branch("main", "main"), refs("origin/main", "origin/develop"), "origin/main"),
        (
            branch("work", "work", remote="fork"),
            refs("fork/work", "origin/main", head="origin/main"),
            "origin/main",
        ),
        (branch("work", "work"), refs("origin/work"), None),
        (None, refs("origin/main", head="origin/main"), "origin/main"),
        (None, refs(), None),
    ],
)
def test_f_a_branch_is_measured_against_what_it_works_towards(
    own: Ref | None, known: dict[str, Ref], wanted: str | None
) -> None:
    base = choose(own, known)
    assert (base and base.ref.name) == (wanted and f"refs/remotes/{wanted}")
    if base is not None:
        assert base.ref.name in base.notes[0]
        assert (
            own is None
            or base.ref.name != f"{ORIGIN}/{own.name.removeprefix('refs/heads/')}"
            or "main" in own.name
        )


def test_f_what_a_push_of_the_main_branch_is_judged_by_is_told() -> None:
    known = refs("origin/main", "origin/work", head="origin/main", here={"main": TWO})
    push = f"--since {ORIGIN}/main"
    told = {name: choose(own, known) for name, own in (("ahead", branch("main", "main")), ("same", None))}
    told |= {"work": choose(branch("work", "work"), known), "even": choose(branch("main", "main", id_=ONE), known)}
    has = {name: any(push in note for note in base.notes) for name, base in told.items() if base is not None}
    assert has == {"ahead": True, "same": False, "work": False, "even": False}


def test_f_the_other_base_is_offered() -> None:
    known = refs("origin/main", "origin/work", head="origin/main", here={"main": TWO})
    base = choose(branch("work", "work"), known)
    assert base is not None
    assert "--base refs/remotes/origin/work" in base.notes[1]
    assert "--base refs/heads/main" in base.notes[2]
    base = choose(branch("work", "release"), known | refs("origin/release"))
    assert base is not None
    assert "--base refs/remotes/origin/main" in base.notes[1]


def test_f_a_branch_that_follows_a_local_one_is_measured_against_it() -> None:
    base = choose(branch("work", "main", remote="."), refs(here={"main": ONE}))
    assert base is not None
    assert base.ref.name == "refs/heads/main"


def test_f_without_any_base_a_local_main_is_offered() -> None:
    assert "`--base main`" in no_base(branch("work"), refs(here={"main": ONE}))
    assert "`--base HEAD~1`" in no_base(branch("main"), refs(here={"main": ONE})), "there is no origin to name"
    assert "`--base HEAD~1`" in no_base(None, refs(here={"main": ONE, "master": ONE}))
    assert "`--base refs/remotes/fork/main`" in no_base(branch("main"), refs("fork/a", "fork/main"))


def test_f_a_pushed_branch_is_not_measured_against_itself(repo: Repo) -> None:
    repo.git("remote", "add", "origin", "https://forge.example/o/r")
    repo.git("update-ref", f"{ORIGIN}/main", repo.base)
    repo.git("symbolic-ref", "HEAD", "refs/heads/work")
    repo.git("config", "branch.work.remote", "origin")
    repo.git("config", "branch.work.merge", "refs/heads/work")
    repo.commit("work", "Untraced\n", CODE)
    repo.git("update-ref", f"{ORIGIN}/work", repo.tip("work"))
    report = repo.gate(None, None)
    refuses(report, "G01")
    assert report.target == f"{ORIGIN}/main"
    assert f"{ORIGIN}/main was taken" in report.notes[0]
    assert f"--base {ORIGIN}/work" in report.notes[1]
    repo.git("update-ref", f"{ORIGIN}/main", repo.tip("work"))
    repo.commit("work", story(FIND), {"src/find.py": "x = 2\n"})
    report = repo.gate(None, None)
    passes(report)
    assert "refs/heads/main here is another commit" in report.notes[2]
    assert not [note for note in repo.gate().notes if "no base" in note]


def test_f_nothing_to_go_by_asks_for_a_base(repo: Repo) -> None:
    repo.git("symbolic-ref", "HEAD", "refs/heads/work")
    with pytest.raises(UsageError, match="--base main"):
        repo.gate(None, None)
