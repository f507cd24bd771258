"""Real commits with both hooks: what git stores, what is refused, and what passes beside it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bmad.core.hook_scripts import HOOKS
from bmad.git.checkout import GitCheckout
from bmad.git.pending_commit import _asks_to_amend, _cleanup, _is_verbose, committing
from bmad.git.work.repository import _index, open_repository
from bmad.pipeline.setup.hooks import Wishes, install, uninstall
from bmad.pipeline.spec.validate import validate
from bmad.wiring import open_app
from tests.program import Ended
from tests.specs import SMALL, lock_for, write

STORE, FIND = "STORY-store1", "STORY-find01"
TRAILER = f"Story: {STORE}"


class Repo:
    """A repository that has adopted bmad; its commits run the hooks."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.home = home
        (home / "gitconfig").write_text(
            "[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n", encoding="utf-8"
        )

    def run(self, *words: str, editor: str = "", env: dict[str, str] | None = None) -> Ended:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environ |= {"HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_EDITOR": "true"}
        environ |= {"GIT_CONFIG_GLOBAL": str(self.home / "gitconfig")} | (env or {})
        if editor:
            (self.home / "editor").write_text(f"#!/bin/sh\n{editor}\n", encoding="utf-8")
            (self.home / "editor").chmod(0o755)
            environ["GIT_EDITOR"] = str(self.home / "editor")
        done = subprocess.run(words, cwd=self.root, env=environ, capture_output=True, check=False)
        out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in out + err, err
        return Ended(done.returncode, out, err)

    def git(self, *words: str) -> str:
        done = self.run("git", *words)
        assert done.code == 0, (words, done)
        return done.out.strip()

    def bmad(self, *words: str, env: dict[str, str] | None = None) -> Ended:
        return self.run(sys.executable, "-m", "bmad", *words, env=env)

    def loose(self, message: str) -> None:
        """Commit without hooks."""
        self.git("add", "--all")
        self.git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", message)

    def change(self, path: str = "src/store.py") -> None:
        """Stage a change that no earlier one was."""
        full = self.root / path
        full.parent.mkdir(exist_ok=True)
        old = full.read_text(encoding="utf-8") if full.exists() else ""
        full.write_text(f"{old}x = {len(old)}\n", encoding="utf-8")
        self.git("add", path)

    def commit(self, *words: str, editor: str = "", settings: tuple[str, ...] = ()) -> Ended:
        options = [word for setting in settings for word in ("-c", setting)]
        return self.run("git", *options, "commit", "--quiet", *words, editor=editor)

    def message(self) -> str:
        return self.git("log", "-1", "--format=%B")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    repo = Repo(tmp_path_factory.mktemp("hooks"), tmp_path_factory.mktemp("home"))
    repo.git("init", "--quiet")
    write(repo.root, SMALL | {"specs/trace.lock": lock_for(SMALL), "bmad.yaml": "gate: {since: root}\n"})
    repo.loose("Adopt and map")
    assert repo.bmad("hooks", "install").code == 0
    repo.git("tag", "base")
    repo.git("config", "branch.feature/x.bmadStory", STORE)
    return repo


@pytest.fixture
def repo(made: Repo) -> Iterator[Repo]:
    """On the story's branch, at the adoption."""
    kept = (made.root / ".git/config").read_bytes()
    yield made
    (made.root / ".git/config").write_bytes(kept)
    made.run("git", "merge", "--abort")
    made.run("git", "rebase", "--abort")
    made.run("git", "revert", "--quit")
    made.run("git", "cherry-pick", "--quit")
    made.git("switch", "--quiet", "--force", "main")
    made.git("reset", "--quiet", "--hard", "base")
    made.git("clean", "--quiet", "--force", "-d")


NEW_AT = "stories/STORY-new001-again.md"
NEW = SMALL["stories/STORY-store1-store-a-note.md"].replace(STORE, "STORY-new001")


def test_a_commit_tells_of_a_story_that_its_lock_names_and_it_does_not_hold(repo: Repo) -> None:
    """`git commit -am` after a map that makes a story; the gate refuses it where it stays so."""
    lock = "specs/trace.lock"
    write(repo.root, {NEW_AT: NEW, lock: lock_for({**SMALL, NEW_AT: NEW}), "intent.md": f"{SMALL['intent.md']}\n"})
    assert not untracked(repo), "as long as git holds nothing that names it"
    done = repo.commit("-a", "-m", "Ask for more")
    assert done.code == 0
    assert (
        f"{lock} of this commit says that STORY-new001 stands, and no document of it is in the commit" in done.err
    )
    assert untracked(repo) == ["not tracked yet, and the lock that git holds names STORY-new001"]
    repo.git("add", NEW_AT)
    done = repo.commit("--amend", "-m", "Ask for more")
    assert (done.code, done.err) == (0, "")
    assert not untracked(repo)


def untracked(repo: Repo) -> list[str]:
    """What is said of the new story's document, which git does not hold."""
    app = open_app(repo.root)
    found = validate(app.workspace, app.formats).findings
    return [one.message for one in found if (one.code, one.path, one.line) == ("V12", NEW_AT, 1)]


def on_story(repo: Repo, path: str = "src/store.py") -> None:
    repo.git("switch", "--quiet", "--force-create", f"bmad/{STORE}", "base")
    repo.change(path)


def test_a_fixup_is_of_the_story_of_the_commit_that_it_fixes_up(repo: Repo) -> None:
    """Off the branch of any story, as the commit is that it is squashed into."""
    repo.change()
    assert repo.commit("-m", "Store", "-m", f"{TRAILER}\nCo-authored-by: Bo <bo@x>").code == 0
    repo.change()
    done = repo.commit("--fixup", "HEAD")
    assert (done.code, repo.message()) == (0, f"fixup! Store\n\n{TRAILER}"), done.err
    repo.change()
    assert repo.commit("--squash", "HEAD~1", "-m", "More of it.").code == 0
    assert repo.message() == f"squash! Store\n\nMore of it.\n\n{TRAILER}"


def test_a_fixup_guesses_no_story(repo: Repo) -> None:
    """Two commits of one title and other stories, words that are no trailer."""
    for message in (f"Work\n\n{TRAILER}", f"Work\n\nStory: {FIND}", f"Told\n\n{TRAILER}\n\nIt was so."):
        repo.change("src/both.py")
        repo.git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", message)
    repo.change()
    for fixed in ("HEAD~1", "HEAD"):
        done = repo.commit("--fixup", fixed)
        assert done.code == 1
        assert "No story was taken over from the commit that it fixes up" in done.err
    assert repo.commit("--fixup", "HEAD~1", "-m", TRAILER).code == 0
    assert repo.message() == f"fixup! Work\n\n{TRAILER}"
    repo.git("reset", "--quiet", "--soft", "HEAD~1")
    repo.git("switch", "--quiet", "--create", f"bmad/{STORE}")
    assert repo.commit("--fixup", "HEAD~1").code == 0
    assert repo.message() == f"fixup! Work\n\n{TRAILER}", "the branch's, where the commit does not say"


TITLED = 'printf "Keep notes\\n" | cat - "$1" >"$1.new" && mv "$1.new" "$1"'


@pytest.mark.parametrize(
    "settings",
    [
        (),
        ("core.commentChar=;",),
        ("core.commentChar=auto",),
        ("core.commentString=//",),
        ("commit.verbose=true",),
        ("commit.verbose=true", "core.commentChar=%"),
        ("commit.cleanup=scissors",),
        ("commit.cleanup=whitespace", "commit.status=false"),
        ("commit.cleanup=strip", "commit.status=false"),
        ("trailer.story.command=echo STORY-evil", "trailer.separators=%", "trailer.where=start"),
        ("trailer.story.cmd=touch evil; echo", "trailer.ifexists=replace"),
    ],
)
def test_h_an_edited_message_gets_one_trailer_whatever_git_is_told(repo: Repo, settings: tuple[str, ...]) -> None:
    on_story(repo)
    done = repo.commit(editor=TITLED, settings=settings)
    assert (done.code, repo.message()) == (0, f"Keep notes\n\n{TRAILER}"), done
    assert not (repo.root / "evil").exists()


@pytest.mark.parametrize("flag", ["--cleanup=whitespace", "--clean=verbatim"])
def test_h_a_flag_that_keeps_comments_puts_the_trailer_behind_them(repo: Repo, flag: str) -> None:
    on_story(repo)
    done = repo.commit(flag, editor=TITLED)
    assert (done.code, repo.message().endswith(f"#\n\n{TRAILER}")) == (0, True), done
    repo.change()
    told = repo.commit(flag, editor=f'printf "T\\n\\n{TRAILER}\\n\\n# kept\\n" >"$1"')
    assert (told.code, "needs a story" in told.err) == (1, True), told


def test_h_a_mark_that_begins_the_trailer_does_not_hide_it(repo: Repo) -> None:
    on_story(repo)
    done = repo.commit(editor=TITLED, settings=("core.commentChar=S",))
    assert (done.code, repo.message()) == (0, f"Keep notes\n\nstory: {STORE}"), done


def test_h_a_message_that_is_kept_as_it_is_gets_the_trailer(repo: Repo) -> None:
    on_story(repo)
    done = repo.commit(editor=TITLED, settings=("commit.cleanup=verbatim", "commit.status=false"))
    assert (done.code, repo.message()) == (0, f"Keep notes\n\n\n{TRAILER}"), done


@pytest.mark.parametrize(
    ("words", "settings", "then"),
    [
        (("-m", "T"), (), f"T\n\n{TRAILER}"),
        (("-m", "T", "-m", "a\n---\nb"), (), f"T\n\na\n---\nb\n\n{TRAILER}"),
        (("-m", "T", "-m", "#12 is no comment"), (), f"T\n\n#12 is no comment\n\n{TRAILER}"),
        (("-m", "T", "-m", "#12 is one"), ("commit.cleanup=strip",), f"T\n\n{TRAILER}"),
        (("-m", "T", "--cleanup=verbatim"), (), f"T\n\n{TRAILER}"),
        (("-m", "T", "-m", "a\n# b", "--cleanup", "strip"), ("commit.cleanup=verbatim",), f"T\n\na\n\n{TRAILER}"),
        (("-m", "T", "--signoff"), (), f"T\n\nSigned-off-by: Ada <ada@example.org>\n{TRAILER}"),
        (("-m", "T\r\n\r\nwords\r"), (), f"T\n\nwords\n\n{TRAILER}"),
        (("-m", "T", "-m", "prose\n\f\nAssisted-by: x"), (), f"T\n\nprose\n\f\nAssisted-by: x\n\n{TRAILER}"),
        (("-m", "T"), ("i18n.commitEncoding=ISO-8859-1",), f"T\n\n{TRAILER}"),
    ],
)
def test_h_a_given_message_gets_one_trailer(
    repo: Repo, words: tuple[str, ...], settings: tuple[str, ...], then: str
) -> None:
    on_story(repo)
    done = repo.commit(*words, settings=settings)
    assert (done.code, repo.message()) == (0, then), done


CUT = "------------------------ >8 ------------------------"


@pytest.mark.parametrize(
    ("words", "settings", "then"),
    [
        ((), ("commit.verbose=true",), f"T\n\n{TRAILER}"),
        (("-v",), (), f"T\n\n{TRAILER}"),
        (("-e", "-qv"), (), f"T\n\n{TRAILER}"),
        ((), (), f"T\n\n# {CUT}\n+x\n\n{TRAILER}"),
        (("-e", "--no-verbose"), ("commit.verbose=2",), f"T\n\n+x\n\n{TRAILER}"),
        (("-e",), ("commit.cleanup=scissors",), f"T\n\n{TRAILER}"),
    ],
)
def test_h_scissors_cut_where_git_cuts(
    repo: Repo, words: tuple[str, ...], settings: tuple[str, ...], then: str
) -> None:
    """As in the message of a commit that came to nothing, which is given again."""
    on_story(repo)
    (repo.home / "kept").write_text(f"T\n\n# {CUT}\n+x\n", encoding="utf-8")
    done = repo.commit("-F", str(repo.home / "kept"), *words, settings=settings)
    assert (done.code, repo.message()) == (0, then), done


@pytest.mark.parametrize(
    ("words", "settings", "told"),
    [
        (("-m", "T", "-m", TRAILER, "-m", "# kept, since no editor was opened"), (), "needs a story"),
        (("-m", "T", "-m", f"prose\n\f\n{TRAILER}"), (), "line 3 is no trailer"),
        (("-m", "Größe", "-m", TRAILER), ("i18n.commitEncoding=ISO-8859-1",), "not as UTF-8"),
        (("-m", "T", "-m", f"Story: {FIND}", "-m", TRAILER), (), "Line 3 names STORY-find01"),
        (("-m", "T", "-m", "Story: STORY-none"), (), "STORY-none is no story"),
    ],
)
def test_h_what_the_gate_would_not_read_is_refused_before(
    repo: Repo, words: tuple[str, ...], settings: tuple[str, ...], told: str
) -> None:
    repo.change()
    done = repo.commit(*words, settings=settings)
    assert (done.code, told in done.err) == (1, True), done
    assert repo.commit("-m", "T", "-m", TRAILER).code == 0


@pytest.mark.parametrize("words", [(), ("--cleanup=scissors",), ("-v", "-s")])
def test_h_an_empty_message_stays_empty(repo: Repo, words: tuple[str, ...]) -> None:
    on_story(repo)
    done = repo.commit(*words)
    assert (done.code, "empty commit message" in done.err) == (1, True), done
    assert repo.commit("-m", "").code == 1
    assert repo.message() == "Adopt and map"


def test_h_an_untouched_template_aborts_and_an_edited_one_gets_the_trailer(repo: Repo) -> None:
    on_story(repo)
    template = repo.home / "template"
    template.write_text("Why:\n\nwords\n---\n\n# and this\n", encoding="utf-8")
    setting = f"commit.template={template}"
    done = repo.commit(settings=(setting,))
    assert (done.code, "did not edit" in done.err) == (1, True), done
    assert "did not edit" in repo.commit("-t", str(template), "-v").err
    done = repo.commit(settings=(setting,), editor='sed -i "s/Why/Why: to keep/" "$1"')
    assert (done.code, repo.message()) == (0, f"Why: to keep:\n\nwords\n---\n\n{TRAILER}"), done


def test_h_an_amend_is_judged_against_what_it_replaces(repo: Repo) -> None:
    repo.change()
    assert repo.commit("-m", "T", "-m", TRAILER).code == 0
    for words in (("--amend", "-m", "T"), ("--amend", "--reset-author", "-m", "T")):
        done = repo.commit(*words)
        assert (done.code, "needs a story" in done.err) == (1, True), done
    assert repo.commit("--amend", editor='printf "Reworded\\n" >"$1"').code == 1
    assert repo.commit("--amend", "-m", "Reworded", "-m", TRAILER).code == 0
    assert repo.commit("--amend", "--no-edit").code == 0
    assert repo.commit("--allow-empty", "-m", "Nothing").code == 0


def test_h_an_amend_on_the_storys_branch_gets_the_trailer_again(repo: Repo) -> None:
    on_story(repo)
    repo.commit("-m", "T")
    assert repo.commit("--amend", "-m", "Reworded").code == 0
    assert repo.message() == f"Reworded\n\n{TRAILER}"
    assert repo.run("git", "commit", "--amend", "--quiet", env={"GIT_EDITOR": ":"}).code == 0
    assert repo.message() == f"Reworded\n\n{TRAILER}"


def test_h_rewording_in_a_rebase_fills_the_trailer_in(repo: Repo) -> None:
    on_story(repo)
    repo.loose("Nameless")
    repo.change()
    repo.loose("Another")
    done = repo.run("git", "rebase", "--quiet", "--force-rebase", "base")
    assert done.code == 0, done
    assert repo.git("log", "--format=%(trailers:key=Story,valueonly)", "base..").split() == [STORE, STORE]


def test_h_a_conflicted_pick_or_revert_gets_the_trailer(repo: Repo) -> None:
    on_story(repo)
    repo.commit("-m", "One")
    repo.change()
    repo.commit("-m", "Two")
    repo.git("switch", "--quiet", "--create", "side", "base")
    write(repo.root, {"src/store.py": "other = 1\n"})
    repo.loose("Side work")
    repo.git("switch", "--quiet", f"bmad/{STORE}")
    for verb, name in (("cherry-pick", "side"), ("revert", "HEAD~1")):
        assert repo.run("git", verb, name).code == 1
        repo.change()
        done = repo.commit()
        assert done.code == 0, done
        assert repo.git("log", "-1", "--format=%(trailers:key=Story,valueonly)") == STORE, repo.message()
        repo.git("reset", "--quiet", "--hard")


def test_h_a_plain_revert_needs_no_trailer_and_an_edited_one_does(repo: Repo) -> None:
    repo.change()
    repo.commit("-m", "One", "-m", TRAILER)
    done = repo.run("git", "revert", "--edit", "HEAD")
    assert done.code == 0, done
    assert "This reverts" in repo.message()
    assert repo.run("git", "revert", "--no-commit", "HEAD").code == 0
    repo.change()
    told = repo.commit("-m", "Revert", "-m", f"This reverts commit {repo.git('rev-parse', 'HEAD')}.")
    assert (told.code, "needs a story" in told.err) == (1, True), told


def test_h_a_merge_into_the_storys_branch_names_it(repo: Repo) -> None:
    on_story(repo)
    repo.commit("-m", "One")
    repo.git("switch", "--quiet", "main")
    write(repo.root, {"README.md": "words\n"})
    repo.loose("Words")
    repo.git("switch", "--quiet", f"bmad/{STORE}")
    assert repo.run("git", "merge", "--quiet", "--no-edit", "main").code == 0
    assert repo.message() == f"Merge branch 'main' into bmad/{STORE}\n\n{TRAILER}"


def test_h_the_index_that_is_committed_is_judged(repo: Repo) -> None:
    on_story(repo)
    repo.commit("-m", "One")
    repo.change("src/find.py")
    repo.change()
    done = repo.commit("-m", "Just one of two", "src/store.py")
    assert done.code == 0, done
    assert "outside the territory" in repo.commit("-m", "The other").err
    repo.git("reset", "--quiet")
    (repo.root / "src/store.py").write_text("z = 1\n", encoding="utf-8")
    assert repo.commit("-a", "-m", "All that is tracked").code == 0


def test_h_what_is_staged_is_read_from_the_index_that_a_hook_gets(repo: Repo) -> None:
    repo.change()
    repo.change("src/find.py")
    pre = repo.root / ".git/hooks/pre-commit"
    pre.write_text("#!/bin/sh\necho $GIT_INDEX_FILE >.git/named\n", encoding="utf-8")
    pre.chmod(0o755)
    environ = {"PATH": os.environ["PATH"], "HOME": str(repo.home)}
    names = []
    for words in (("src/store.py",), ("-a",)):
        repo.commit("-m", "T", "-m", TRAILER, *words)
        named = (repo.root / ".git/named").read_text(encoding="utf-8").strip()
        names.append(_index(named, repo.root, repo.root / ".git").name)
    pre.unlink()
    assert names[0].startswith("next-index-")
    assert names[1] == "index.lock"
    own = repo.root / ".git/index"
    assert _index("", repo.root, own.parent) == own
    other = repo.home / "other/.git"
    other.mkdir(parents=True)
    (other / "HEAD").touch()
    assert _index(str(other / "index"), repo.root, own.parent) == own
    chosen = repo.home / "chosen"
    chosen.write_bytes(own.read_bytes())
    repo.run("git", "rm", "--cached", "--quiet", "src/find.py", env={"GIT_INDEX_FILE": str(chosen)})
    head = repo.git("rev-parse", "HEAD")
    assert open_repository(repo.root, environ | {"GIT_INDEX_FILE": str(chosen)}).staged(head) is None
    made = open_repository(repo.root, environ).staged(head)
    assert made is not None
    assert repo.git("ls-tree", "-r", "--name-only", made, "src").split() == ["src/find.py", "src/store.py"]


def test_h_hooks_work_in_another_work_tree_and_on_a_bound_branch(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "-B", "feature/x", str(tmp_path / "tree"), "base")
    other = Repo(tmp_path / "tree", repo.home)
    other.change()
    done = other.commit(editor=TITLED)
    assert (done.code, other.message()) == (0, f"Keep notes\n\n{TRAILER}"), done
    repo.git("worktree", "remove", "--force", str(other.root))


def test_h_code_of_the_work_tree_is_not_run_by_a_hook(repo: Repo) -> None:
    on_story(repo)
    for name in ("yaml", "bmad", "re"):
        (repo.root / f"{name}.py").write_text("open('stolen', 'w')\n", encoding="utf-8")
    done = repo.commit("-m", "T")
    assert (done.code, (repo.root / "stolen").exists()) == (0, False), done


def test_h_a_story_that_is_not_committed_is_no_ground(repo: Repo) -> None:
    path = "stories/STORY-new001-more.md"
    write(repo.root, {path: SMALL[f"stories/{STORE}-store-a-note.md"].replace(STORE, "STORY-new001")})
    repo.change()
    told = repo.commit("-m", "T", "-m", "Story: STORY-new001")
    assert (told.code, "no story of this specification as it will be committed" in told.err) == (1, True), told
    repo.git("add", path)
    assert repo.commit("-m", "T", "-m", "Story: STORY-new001").code == 0


def test_h_a_broken_policy_can_be_mended_and_is_not_brought(repo: Repo) -> None:
    write(repo.root, {"bmad.yaml": "gate: {levle: scoped}\n"})
    repo.git("add", "bmad.yaml")
    told = repo.commit("-m", "T", "-m", "Policy: why")
    assert (told.code, "Did you mean `level`" in told.err) == (1, True), told
    write(repo.root, {"bmad.yaml": "gate: {level: [\n"})
    repo.loose("Break it")
    write(repo.root, {"bmad.yaml": "gate: {since: root}\n"})
    repo.git("add", "bmad.yaml")
    assert repo.commit("-m", "Mend it", "-m", "Policy: mend").code == 0


@pytest.fixture
def bare_repo(tmp_path: Path) -> Repo:
    """A repository without hooks, with a home of its own."""
    (tmp_path / "home").mkdir()
    (tmp_path / "it's here").mkdir()
    repo = Repo(tmp_path / "it's here", tmp_path / "home")
    repo.git("init", "--quiet")
    return repo


def put(repo: Repo, *, chain: bool = False, everywhere: bool = False) -> tuple[bool, str]:
    """Whether git asks bmad now, and what was said."""
    done = install(checkout(repo), (sys.executable, "-P", "-m", "bmad"), Wishes(chain, everywhere))
    return done.complete, "\n".join(done.notes)


def checkout(repo: Repo, **more: str) -> GitCheckout:
    environ = {"PATH": os.environ["PATH"], "HOME": str(repo.home), "GIT_CONFIG_NOSYSTEM": "1"}
    return GitCheckout(repo.root, environ | {"GIT_CONFIG_GLOBAL": str(repo.home / "gitconfig"), **more})


def test_h_hooks_are_written_and_taken_away(bare_repo: Repo) -> None:
    folder = bare_repo.root / ".git/hooks"
    assert put(bare_repo)[0]
    assert all(b"\r" not in (folder / hook).read_bytes() for hook in HOOKS)
    assert put(bare_repo)[0]
    bare_repo.git("commit", "--quiet", "--allow-empty", "-m", "T")
    assert bare_repo.bmad("hooks", "uninstall").out.count("removed") == 2
    assert not any((folder / hook).exists() for hook in HOOKS)
    assert uninstall(checkout(bare_repo)) == [f"there are no hooks of bmad in {folder}"]


def test_h_a_hook_that_is_there_stays_or_is_chained(bare_repo: Repo) -> None:
    hook = bare_repo.root / ".git/hooks/commit-msg"
    theirs = "#!/bin/sh\n# lefthook\ngrep -q fine $1 || { echo not fine; exit 3; }\n"
    hook.write_text(theirs, encoding="utf-8")
    hook.chmod(0o755)
    complete, told = put(bare_repo)
    assert (complete, hook.read_text(encoding="utf-8")) == (False, theirs)
    assert "bmad hooks install --chain" in told
    assert "in lefthook.yml" in told
    ended = bare_repo.bmad("hooks", "install", "--chain")
    assert (ended.code, "runs commit-msg.before-bmad first" in ended.out) == (0, True)
    assert bare_repo.run("git", "commit", "--allow-empty", "-m", "T").code == 1
    assert bare_repo.run("git", "commit", "--allow-empty", "-m", "fine").code == 0
    assert put(bare_repo)[0]
    assert "stands again" in uninstall(checkout(bare_repo))[1]
    assert hook.read_text(encoding="utf-8") == theirs
    hook.write_text(theirs + 'bmad hooks run commit-msg "$@" || exit 1\n', encoding="utf-8")
    assert put(bare_repo)[0]


def test_h_a_hook_that_is_a_link_is_not_written_through(bare_repo: Repo) -> None:
    hook = bare_repo.root / ".git/hooks/commit-msg"
    hook.symlink_to(bare_repo.root / "shared")
    assert not put(bare_repo)[0]
    assert not (bare_repo.root / "shared").exists()


def test_h_a_folder_of_hooks_for_all_repositories_is_left_alone(bare_repo: Repo) -> None:
    shared = bare_repo.home / "hooks"
    bare_repo.git("config", "--global", "core.hooksPath", "~/hooks")
    complete, told = put(bare_repo)
    assert (complete, "core.hooksPath of the global configuration" in told) == (False, True), told
    assert "--global" in bare_repo.bmad("init", "--yes", "--hooks").out
    assert not shared.exists()
    assert put(bare_repo, everywhere=True)[0]
    assert (shared / "commit-msg").exists()
    bare_repo.git("config", "core.hooksPath", ".git/hooks")
    assert put(bare_repo)[0]
    assert (bare_repo.root / ".git/hooks/commit-msg").exists()
    for nowhere in ("/dev/null", ""):
        bare_repo.git("config", "core.hooksPath", nowhere)
        assert "no folder: git runs no hooks. To have them: git config --local --unset" in put(bare_repo)[1]
    bare_repo.git("config", "--unset", "core.hooksPath")
    bare_repo.git("config", "--global", "core.hooksPath", "/dev/null")
    way = put(bare_repo)[1].partition("To have them: git ")[2].split()
    bare_repo.git(*way)
    shutil.rmtree(bare_repo.root / ".git/hooks")
    (bare_repo.root / ".git/hooks").write_text("", encoding="utf-8")
    assert put(bare_repo) == (
        False,
        f"{bare_repo.root}/.git/hooks is no folder: git runs no hooks. To have them, move it aside",
    )


@pytest.mark.parametrize("place", ["/dev/null", "hooks"])
def test_h_a_folder_of_hooks_that_no_file_names_is_told_as_that(bare_repo: Repo, place: str) -> None:
    """No `git config` would change what a variable says."""
    named = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath"}
    named["GIT_CONFIG_VALUE_0"] = str(bare_repo.home / place)
    done = install(checkout(bare_repo, **named), ("bmad",), Wishes())
    told = "\n".join(done.notes)
    assert (done.complete, "by an option or a variable of git" in told, "git config" in told) == (
        False,
        True,
        False,
    )


def test_h_hooks_among_the_files_get_a_line_by_hand(bare_repo: Repo) -> None:
    folder = bare_repo.root / ".husky/_"
    folder.mkdir(parents=True)
    bare_repo.git("config", "core.hooksPath", ".husky/_")
    complete, told = put(bare_repo)
    assert (complete, list(folder.iterdir())) == (False, [])
    for hook in HOOKS:
        line = f'bmad hooks run {hook} "$@" || exit 1'
        assert f"add to {folder.parent / hook}: {line}" in told
        (folder.parent / hook).write_text(f"{line}\n", encoding="utf-8")
    assert put(bare_repo)[0]


def test_h_a_manager_that_calls_bmad_gets_the_same(repo: Repo) -> None:
    on_story(repo)
    hooks = repo.root / "managed"
    hooks.mkdir()
    for hook in HOOKS:
        call = f'exec "{sys.executable}" -m bmad hooks run {hook} "$@"\n'
        (hooks / hook).write_text(f"#!/bin/sh\n{call}", encoding="utf-8")
        (hooks / hook).chmod(0o755)
    setting = f"core.hooksPath={hooks}"
    assert (repo.commit("-m", "T", settings=(setting,)).code, repo.message()) == (0, f"T\n\n{TRAILER}")
    repo.change("src/find.py")
    assert repo.commit("-m", "T", settings=(setting,)).code == 1


def test_h_without_bmad_a_commit_says_what_to_do(repo: Repo) -> None:
    hook = repo.root / ".git/hooks/commit-msg"
    kept = hook.read_text(encoding="utf-8")
    hook.write_text(kept.replace(sys.executable, "/nowhere/python"), encoding="utf-8")
    repo.change()
    done = repo.run("git", "commit", "-m", "T", env={"PATH": "/usr/bin:/bin"})
    hook.write_text(kept, encoding="utf-8")
    assert done.code == 1
    assert "neither /nowhere/python nor a bmad on the PATH" in done.err


def test_h_a_reword_that_drops_the_trailer_is_refused(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--create", "plain", "base")
    repo.change()
    repo.commit("-m", "One", "-m", TRAILER)
    for words, ends in (("Dropped", False), (f"Reworded\\n\\n{TRAILER}", True)):
        lines = f'case $1 in *todo) sed -i s/^pick/reword/ "$1" ;; *) printf "{words}\\n" >"$1" ;; esac'
        done = repo.run("git", "rebase", "--interactive", "base", editor=lines)
        assert (done.code == 0) is ends, done
        assert ends or "needs a story" in done.err
        repo.run("git", "rebase", "--abort")
    assert repo.message() == f"Reworded\n\n{TRAILER}"
    repo.git("switch", "--quiet", "main")
    repo.git("branch", "--quiet", "--delete", "--force", "plain")


@pytest.mark.parametrize(
    ("words", "amends"),
    [
        ("git commit --amend", True),
        ("git commit -m x --ame", True),
        ("/usr/lib/git-core/git commit -am x --amend", True),
        ("git commit --am --no-edit", True),
        ("git commit -m --amend", False),
        ("git commit --message --amend", False),
        ("git commit -F --amend", False),
        ("git commit -- --amend", False),
        ("git commit --a", False),
        ("git commit -m x", False),
    ],
)
def test_h_an_amend_is_read_from_what_git_was_called_with(words: str, amends: bool) -> None:
    assert _asks_to_amend(words.split()) is amends


def test_h_the_cleanup_is_read_from_what_git_was_called_with() -> None:
    assert _cleanup(["git", "commit", "--cleanup=strip", "-m", "x", "--clean=verbatim"]) == "verbatim"
    assert _cleanup(["git", "commit", "--cleanup", "scissors"]) == "scissors"
    assert not _cleanup(["git", "commit", "-m", "x", "--", "--cleanup=strip"])
    assert not _cleanup(["git", "commit", "--c=strip"])


@pytest.mark.parametrize(
    ("words", "set_so", "verbose"),
    [
        ("git commit -m x", True, True),
        ("git commit -m x --no-verbose", True, False),
        ("git commit -av -m x", False, True),
        ("git commit -vam x", False, True),
        ("git commit -mv", False, False),
        ("git commit -m -v", False, False),
        ("git commit --verb -- --no-verbose", False, True),
        ("git commit --verify --no-verify -n", False, False),
    ],
)
def test_h_verbose_is_read_from_what_git_was_called_with(words: str, *, set_so: bool, verbose: bool) -> None:
    assert _is_verbose(words.split(), set_so=set_so) is verbose


@pytest.mark.parametrize(
    ("path", "words", "told"),
    [
        (f"docs/knowledge/{STORE}.md", TRAILER, ""),
        (f"docs/knowledge/{FIND}.md", TRAILER, "or land a wider territory first"),
        (
            "src/store.py",
            f"{TRAILER}\nStory: {FIND}",
            f"{FIND} is named, and nothing of this lies in its territory",
        ),
        (".bmad/x", "Policy: mine", "is bmad's own, and no commit may bring it"),
        ("Bmad.yaml", "Policy: mine", "reads as a governed file"),
        ("CODEOWNERS", "Policy: mine", ""),
    ],
)
def test_h_the_hook_and_the_gate_tell_the_same_of_a_path(repo: Repo, path: str, words: str, told: str) -> None:
    (repo.root / path).parent.mkdir(parents=True, exist_ok=True)
    (repo.root / path).write_text("x\n", encoding="utf-8")
    repo.git("add", "--force", path)
    done = repo.commit("-m", "T", "-m", words)
    assert (done.code, told in done.err) == (1 if told else 0, True), done
    if told:
        assert repo.commit("--no-verify", "-m", "T", "-m", words).code == 0
    gated = repo.bmad("gate", "--base", "base")
    assert (gated.code == 0) is not bool(told), gated


def test_h_no_name_of_a_file_moves_the_cursor(repo: Repo) -> None:
    repo.change("src/a\n\x1b[2Kb.py")
    done = repo.commit("-m", "T")
    assert (done.code, "src/a\\x0a\\x1b[2Kb.py needs a story" in done.err) == (1, True), done


def test_h_where_the_call_cannot_be_seen_an_amend_shows_by_its_author(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.root)
    monkeypatch.setattr("bmad.git.pending_commit._called", lambda: None)
    author = repo.git("log", "-1", "--format=%ad", "--date=raw")
    for date, amends in ((f"@{author}", True), ("@1 +0000", False)):
        monkeypatch.setenv("GIT_AUTHOR_DATE", date)
        with committing() as commit:
            assert commit.amends() is amends
    monkeypatch.setenv("GIT_AUTHOR_DATE", f"@{author}")
    repo.change()
    with committing() as commit:
        assert not commit.amends()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="elsewhere git tells no hook of its flags")
@pytest.mark.parametrize("flags", [("--no-verify",), ("-n",), ("-qn",), ("--no-veri",), ("-vn",)])
def test_h_an_untouched_message_that_no_hook_checks_makes_no_commit(repo: Repo, flags: tuple[str, ...]) -> None:
    on_story(repo)
    before = repo.git("rev-parse", "HEAD")
    ended = repo.commit(*flags)
    assert (ended.code, "empty commit message" in ended.err) == (1, True), ended
    assert repo.git("rev-parse", "HEAD") == before
    (repo.home / "template").write_text("Words of a template\n", encoding="utf-8")
    ended = repo.commit(*flags, settings=(f"commit.template={repo.home}/template",))
    assert (ended.code, "did not edit the message" in ended.err) == (1, True), ended
    told = "sed -i -e '1s/^/Title\\n\\n/' -e 's/^# Story:/Story:/' \"$1\""
    assert repo.commit(*flags, editor=told).code == 0
    assert repo.message() == f"Title\n\n{TRAILER}"


@pytest.mark.parametrize("flags", [("--no-verify", "-m", "Title"), ("-nmTitle",), ("-m", "Title", "-n")])
def test_h_a_given_message_gets_its_trailer_also_without_a_check(repo: Repo, flags: tuple[str, ...]) -> None:
    on_story(repo)
    assert repo.commit(*flags).code == 0
    assert repo.message() == f"Title\n\n{TRAILER}"


@pytest.mark.parametrize("flags", [(), ("-v",), ("--no-status",), ("--", "src/store.py")])
def test_h_an_editor_still_finds_the_trailer_where_a_hook_checks(repo: Repo, flags: tuple[str, ...]) -> None:
    on_story(repo)
    assert repo.commit(*flags, editor="sed -i '1s/^/Title/' \"$1\"").code == 0
    assert repo.message() == f"Title\n\n{TRAILER}"


DEGREES = """\
gate:
  since: root
  exempt:
    - {paths: ["docs/**"], reason: pages, owner: ada, until: 2099-01-01}
    - {paths: [deps.txt], by: robo@example.org, reason: bumps, owner: ada, until: 2099-01-01}
  trivial: {paths: ["src/**"], lines: 2, files: 1}
"""


def test_the_hook_knows_pages_for_everyone_and_tiny_changes(repo: Repo) -> None:
    (repo.root / "bmad.yaml").write_text(DEGREES, encoding="utf-8")
    repo.change("src/a.py")
    repo.loose("Degrees")
    repo.change("docs/a.md")
    assert repo.commit("-m", "Typo").code == 0
    repo.change("docs/conf.py")
    told = repo.commit("-m", "Typo").err
    assert ("needs a story" in told, "Trivial" in told) == (True, False), "the lane holds no page"
    repo.git("reset", "--quiet", "--hard")
    repo.change("src/a.py")
    assert "the two lines `Story: none` and `Trivial: REASON`" in repo.commit("-m", "Typo").err
    assert f"A trailer holds the whole id: {STORE}" in repo.commit("-m", "Typo", "-m", TRAILER[:-2]).err
    assert repo.commit("-m", "Typo", "-m", "Story: none\nTrivial: a typo").code == 0
    repo.change("src/a.py")
    assert "asks for a reason" in repo.commit("-m", "Typo", "-m", "Story: none").err
    for _ in range(3):
        repo.change("src/a.py")
    assert "at most 2 lines" in repo.commit("-m", "Typo", "-m", "Story: none\nTrivial: a typo").err
    repo.git("reset", "--quiet", "--hard")
    repo.change("src/new.py")
    assert "adds, removes and turns no file" in repo.commit("-m", "T", "-m", "Story: none\nTrivial: a typo").err


def test_the_hook_knows_what_an_author_may_change(repo: Repo) -> None:
    """As the gate does: by who writes the commit, and all who are said to have had a part in it."""
    (repo.root / "bmad.yaml").write_text(DEGREES, encoding="utf-8")
    repo.loose("Degrees")
    robot = ("-m", "Bump", "--author", "Robo <robo@example.org>")
    repo.change("deps.txt")
    assert "needs a story" in repo.commit("-m", "Bump").err
    assert "needs a story" in repo.commit(*robot, "-m", "Co-authored-by: Eve <eve@example.org>").err
    assert repo.commit(*robot).code == 0
    repo.change("deps.txt")
    assert repo.commit("--amend", "--no-edit").code == 0
    repo.change("src/a.py")
    repo.change("deps.txt")
    assert "src/a.py needs a story" in repo.commit(*robot).err


def test_the_hook_has_no_lane_where_the_policy_has_none(repo: Repo) -> None:
    repo.change()
    assert "no lane for them" in repo.commit("-m", "Typo", "-m", "Story: none\nTrivial: a typo").err
