"""What `setup` makes of a commit's own files decides on that commit alone, and what lands has stood with it."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from bmad.core.act.run import Run
from bmad.core.act.setups import sources
from bmad.git.work.repository import GitRepository
from bmad.model.agents import Fault
from bmad.model.caches import NO_CACHE, Cache
from bmad.model.layout import Layout
from bmad.model.settings import CheckSettings
from bmad.pipeline.act.bench import Stood, anew
from bmad.pipeline.act.step import StopError, failed
from tests.act.agent_world import World, needs_landlock
from tests.act.repos import Person, files
from tests.act.test_truth_c_verify import Ran
from tests.act.world import PYTHON


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


class Setting:
    """Fulfils what the bench asks of a case: `setup` copies `src/b.txt`, and fails where that says `broken`."""

    def __init__(self, repository: GitRepository, base: str) -> None:
        self.kept: dict[str, str] = {}
        self.desk = SimpleNamespace(repository=repository, notes=self)
        self.settings = SimpleNamespace(setup=(("copy",),), gate=SimpleNamespace(governed=()))
        self.basis = SimpleNamespace(layout=Layout())
        self.grounds = SimpleNamespace(files=self._files, entries=self._entries)
        self.run = Run("STORY-1", base=base)
        self.slot = 1
        self.ran: list[tuple[str, bool]] = []
        """What `setup` made, and whether its cache stayed."""
        self._home = repository.home

    def _files(self, commit: str) -> list[tuple[str, str]]:
        return sorted(files(self._home, commit).items())

    def _entries(self, commit: str) -> list[tuple[str, str, str]]:
        return [(path, "", about) for path, about in self._files(commit)]

    def read(self, name: str) -> str | None:
        return self.kept.get(name)

    def write(self, name: str, text: str) -> None:
        self.kept[name] = text

    def prepare(self, folder: Path, _hold: object, _name: str, cache: Cache, fault: Fault) -> None:
        made = (folder / "src" / "b.txt").read_text()
        self.ran.append((made, cache.stays))
        if made == "broken":
            raise failed(fault, "It cannot be set up.")
        (folder / "made").write_text(made)

    def made(self, commit: str, *, lands: bool = False, head: str = "") -> tuple[str, bool]:
        """What the checks of a commit find that `setup` made, and whether it made that of this commit."""
        head = head or commit
        self.run = self.run._replace(head=head, unproven=head if lands else "")
        stood = anew(self, Stood(SimpleNamespace(commit=commit), None))  # type: ignore[arg-type]
        assert (stood.bench.is_set_up, stood.bench.commit) == (True, commit)
        return (stood.bench.tree.folder / "made").read_text(), stood.alone


def test_c_what_setup_makes_of_a_storys_sources_is_in_no_other_commits_bench(
    person: Person, repository: GitRepository
) -> None:
    planted = person.commit("Plant\n", {"src/b.txt": "planted"})
    mended = person.commit("Mend\n", {"src/b.txt": "mended"})
    setting = Setting(repository, person.base)
    assert [setting.made(commit) for commit in (planted, mended, planted)] == [("two\n", False)] * 3
    assert setting.made(mended, lands=True) == ("mended", True)
    assert setting.made(planted) == ("two\n", False)
    assert setting.ran == [("two\n", True), ("mended", False)], "once for all of them, and once for what lands"
    landed = Setting(repository, mended)
    assert landed.made(person.commit("Next\n", {"src/b.txt": "next"})) == ("mended", False)
    assert landed.ran == [], "what was set up for a commit that landed is what the next story builds on"


def test_c_other_manifests_are_set_up_on_the_commit_and_for_it_alone(
    person: Person, repository: GitRepository
) -> None:
    planted = person.commit("Plant\n", {"src/b.txt": "planted", "uv.lock": "more"})
    mended = person.commit("Mend\n", {"src/b.txt": "mended"})
    setting = Setting(repository, person.base)
    assert [setting.made(one) for one in (planted, mended, mended)] == [
        ("planted", True),
        ("mended", True),
        ("mended", True),
    ]
    assert setting.made(mended, lands=True) == ("mended", True)
    assert setting.ran == [("planted", False), ("mended", False)], "nothing of it stays in the cache"


def test_i_what_cannot_be_set_up_before_the_story_is_with_it(person: Person, repository: GitRepository) -> None:
    """As a package whose first file the story brings; nobody tries that again."""
    base = person.commit("Break\n", {"src/b.txt": "broken"})
    first = person.commit("Mend\n", {"src/b.txt": "mended"})
    second = person.commit("More\n", {"src/b.txt": "more"})
    setting = Setting(repository, base)
    assert [setting.made(one) for one in (first, second)] == [("mended", True), ("more", True)]
    assert [made for made, _ in setting.ran] == ["broken", "mended", "more"]


def test_c_what_lands_is_set_up_once_itself(person: Person, repository: GitRepository) -> None:
    broken = person.commit("Break\n", {"src/b.txt": "broken"})
    setting = Setting(repository, person.base)
    assert setting.made(broken) == ("two\n", False)
    with pytest.raises(StopError):
        setting.made(broken, lands=True)


def test_i_a_file_that_setup_makes_and_a_story_brings_is_the_storys(
    person: Person, repository: GitRepository
) -> None:
    brings = person.commit("Bring\n", {"made": "brought"})
    setting = Setting(repository, person.base)
    setting.prepare = lambda folder, *_: (folder / "made").write_text("set up")  # type: ignore[method-assign]
    assert [setting.made(brings)[1], setting.made(brings)[1]] == [True, True]


def test_c_what_is_only_tried_beside_a_head_has_what_setup_made_for_that(
    person: Person, repository: GitRepository
) -> None:
    """Mutants of the head, and the base with its tests, before it lands too: none is set up by itself."""
    head = person.commit("Plant\n", {"src/b.txt": "planted", "uv.lock": "more"})
    mutant = person.commit("Mutant\n", {"src/b.txt": "mutant"})
    person.git("reset", "--quiet", "--hard", person.base)
    tests = person.commit("Tests\n", {"tests/test_b.py": "x"})
    setting = Setting(repository, person.base)
    for lands in (False, True):
        assert setting.made(mutant, head=head, lands=lands) == ("planted", False)
        assert setting.made(head, lands=lands) == ("planted", True)
        assert setting.made(tests, head=head, lands=lands) == ("two\n", False)
    assert [made for made, _ in setting.ran] == ["planted", "two\n"]


def test_c_specification_and_records_are_nothing_that_is_set_up(person: Person, repository: GitRepository) -> None:
    landed = person.commit("Land\n", {"stories/records/STORY-1.json": "{}", "specs/prd.md": "# x\n"})
    other = person.commit("Other\n", {"x.py": "1"})
    setting = Setting(repository, person.base)
    setting.made(person.base)
    setting.run = setting.run._replace(base=landed)
    setting.made(landed)
    assert len(setting.ran) == 1
    setting.run = setting.run._replace(base=other)
    setting.made(other)
    assert len(setting.ran) == 2


def test_c_a_mode_is_a_source() -> None:
    assert sources([("x",)], [("a", "100644", "1")]) != sources([("x",)], [("a", "100755", "1")])
    assert sources([], [("a", "100644", "1")]) == ""


def test_c_what_a_check_does_to_a_hard_link_stays_out_of_the_cache(
    person: Person, repository: GitRepository, tmp_path: Path
) -> None:
    """As package managers link what they install; the next bench would be made of it."""
    cached = tmp_path / "cached.py"
    cached.write_text("A = 1\n")
    os.utime(cached, ns=(1, 1))
    bench = repository.bench(person.base, "k")
    os.link(cached, bench.tree.folder / "a.py")
    repository.seal(bench, "k")
    again = repository.bench(person.base, "k")
    assert again.is_set_up
    made = again.tree.folder / "a.py"
    assert (made.read_text(), made.stat().st_mtime_ns, made.stat().st_nlink) == ("A = 1\n", 1, 1)
    made.write_text("A = 2\n")
    assert cached.read_text() == "A = 1\n"
    assert sorted(path.name for path in again.tree.folder.iterdir() if path.name.endswith(".bmad")) == []


@needs_landlock
def test_c_a_cache_that_is_not_to_stay_is_a_copy(world: World) -> None:
    caching = world.script("""
import os, pathlib
at = pathlib.Path(os.environ["XDG_CACHE_HOME"], "wheel")
print("found", at.read_text() if at.exists() else "nothing")
at.write_text("poisoned" if at.exists() else "good")
""")
    check = CheckSettings(name="setup 1", run=caching, timeout=60)

    def found(cache: Cache) -> str:
        return world.room.check(check, world.tree, world.hold, world.log, confine=True, cache=cache).tail.strip()

    assert found(Cache("setup")) == "found nothing"
    assert found(Cache("setup", stays=False)) == "found good"
    assert found(Cache("setup", stays=False)) == "found good"
    assert found(Cache()) == "found nothing"


@needs_landlock
def test_c_what_setup_downloads_is_there_for_checks_and_what_a_check_adds_is_not(
    world: World, repository: GitRepository, person: Person
) -> None:
    room = world.room

    def ran(words: str, cache: Cache = NO_CACHE) -> str:
        body = f"import os; os.chdir(os.environ['GOMODCACHE']); {words}; print(sorted(os.listdir()))"
        check = CheckSettings(name="one", run=(*PYTHON, "-c", body), timeout=60)
        folder = bench.tree.folder
        return room.check(check, folder, world.hold, world.log, confine=True, cache=cache).tail.strip()

    bench = repository.bench(person.base, "k")
    fetch = "os.makedirs(os.environ['GOMODCACHE'], exist_ok=True)"
    check = CheckSettings(name="setup 1", run=(*PYTHON, "-c", f"import os; {fetch}"), timeout=60)
    room.check(check, bench.tree.folder, world.hold, world.log, confine=True, cache=Cache("setup"))
    assert ran("open('dep', 'x')", Cache("setup")) == "['dep']"
    repository.seal(bench, "k")
    bench = repository.bench(person.base, "k")
    assert bench.is_set_up
    assert ran("open('more', 'x')") == "['dep', 'more']"
    bench = repository.bench(person.base, "k")
    assert bench.is_set_up
    assert ran("open('dep', 'w').write('planted')") == "['dep']"
    assert not repository.bench(person.base, "k").is_set_up, "it is set up again"


BUILDS_ON = "It ran with what `setup` made of the commit that this one builds on."
PLANTING = """
planted = "open('planted', 'w').close()" if step == "1/dev" else ""
pathlib.Path(f"src/{name}.py").write_text(planted)
"""
HOLDS_CODE = "any(open(one).read() for one in __import__('glob').glob('src/*'))"
RUNS_SOURCES = "import glob; [exec(open(one).read()) for one in glob.glob('src/*.py')]"


def test_c_what_one_round_plants_by_setup_makes_no_later_one_green(tmp_path: Path) -> None:
    check = f"import os, sys; sys.exit(not os.path.exists('planted') or {HOLDS_CODE})"
    ran = Ran(tmp_path, PLANTING, check, setup=RUNS_SOURCES, rounds=2)
    failing = ran.of("checks-failed")
    assert (ran.code, len(failing), len(ran.of("fixed")), ran.of("landed")) == (4, 2, 1, [])
    assert BUILDS_ON in failing[0]["words"][0]


def test_c_what_lands_has_passed_with_its_own_setup(tmp_path: Path) -> None:
    """The check needs what `setup` makes, and makes no more where the story's file says so."""
    writes = 'pathlib.Path(f"src/{name}.py").write_text("STOP" if step == "1/dev" else "")'
    setup = f"{HOLDS_CODE} or open('made', 'w').close()"
    ran = Ran(tmp_path, writes, "import os, sys; sys.exit(not os.path.exists('made'))", setup=setup, rounds=2)
    told = ("passed", "unproven", "checks-failed", "landed")
    found = [one["event"] for one in ran.events if one["event"] in told]
    assert found == ["passed", "unproven", "checks-failed", "passed", "unproven", "passed", "landed"]
    assert BUILDS_ON not in ran.of("checks-failed")[0]["words"][0]


def test_c_without_setup_nothing_is_checked_twice(tmp_path: Path) -> None:
    ran = Ran(tmp_path, "", "pass")
    assert (len(ran.of("passed")), ran.of("unproven")) == (1, [])
