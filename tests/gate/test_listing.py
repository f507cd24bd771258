"""Trees of a specification are listed by what they hold otherwise than the one before; entries are parsed once."""

import os
from itertools import permutations
from random import Random

from bmad.git.objects import Entries
from bmad.git.read.history import open_history
from bmad.model.ids import Kind
from bmad.model.layout import Layout
from bmad.pipeline.gate.evidence import Specs
from bmad.store.formats import TextFormats
from tests.gate.records import REVIEWED, at, reviewed
from tests.gate.repo import FIND, FIND_AT, MAPPED, STORE, Content, Repo, codes, minted, passes
from tests.layout import LOCK

STEPS: tuple[dict[str, Content], ...] = (
    {"src/find.py": "2\n"},
    minted(),
    {at(FIND): "{}", "bmad.yaml": REVIEWED},
    {at(STORE): "{}", FIND_AT: ("120000", "elsewhere")},
    {FIND_AT: None, at(FIND): None},
    {FIND_AT: MAPPED[FIND_AT], LOCK: None, "stories/STORY-b\udcffd.md": "x\n"},
    {"intent.md": None},
    {**dict.fromkeys(MAPPED), "README.md": "bare\n"},
)


def told(specs: Specs, tree: str) -> tuple[object, ...]:
    state = specs.state(tree)
    blobs = [(path, parsed.document) for path, parsed in state.documents.items()]
    return (
        blobs,
        state.records,
        state.policy,
        state.layout,
        state.intents,
        state.lock,
        state.faults,
        sorted(state.places()),
    )


def test_a_tree_is_listed_the_same_after_any_other(repo: Repo) -> None:
    for change in STEPS:
        repo.commit("work", "Work\n", change)
    trees = [repo.tip(f"work~{back}^{{tree}}") for back in range(len(STEPS) + 1)]
    with open_history(repo.root, dict(os.environ)).read() as objects:
        alone = {tree: told(Specs(objects, TextFormats()), tree) for tree in trees}
        assert len({repr(one) for one in alone.values()}) == len(STEPS)
        for pair in permutations(trees, 2):
            specs = Specs(objects, TextFormats())
            assert [told(specs, tree) for tree in (*pair, pair[0])] == [alone[tree] for tree in (*pair, pair[0])]


def test_a_tree_reads_the_same_beside_a_work_tree_that_was_read(repo: Repo) -> None:
    """Whatever stands there: the same texts, others, or none, and by a layout that gives them another kind."""
    for change in STEPS[:-1]:
        repo.commit("work", "Work\n", change)
    trees = [repo.tip(f"work~{back}^{{tree}}") for back in range(len(STEPS))]
    kind, formats = Layout().kind, TextFormats()
    with open_history(repo.root, dict(os.environ)).read() as objects:
        for tree in trees:
            alone = told(Specs(objects, formats), tree)
            stood = dict(Specs(objects, formats).state(trees[-1]).documents)
            texts = {path: repo.git("show", f"{trees[-1]}:{path}") + "\n" for path in stood}
            for read_as in (kind, lambda _: Kind.EPIC):
                beside = {
                    (path, read_as(path)): (text, formats.document(path, text, read_as(path)))
                    for path, text in texts.items()
                }
                assert told(Specs(objects, formats, beside=beside), tree) == alone


def test_what_stands_beside_is_not_parsed_again(repo: Repo) -> None:
    formats, tree = TextFormats(), repo.tip("main^{tree}")
    with open_history(repo.root, dict(os.environ)).read() as objects:
        documents = {path: one.document for path, one in Specs(objects, formats).state(tree).documents.items()}
        texts = {path: text for path, text in MAPPED.items() if isinstance(text, str)}
        beside = {(path, Layout().kind(path)): (texts[path], one) for path, one in documents.items()}
        again = Specs(objects, formats, beside=beside).state(tree).documents
    assert documents
    assert all(again[path].document is document for path, document in documents.items())


def test_entries_are_parsed_once_and_forgotten_in_time() -> None:
    entries = Entries()
    raw = [b"100644 %d\0" % number + bytes(20) for number in range((1 << 17) + 1)]
    assert entries[raw[0]] is entries[raw[0]]
    assert [entries[one].name for one in raw] == [b"%d" % number for number in range(len(raw))]
    assert len(entries) == 1


def test_an_audit_sees_a_malformed_folder_that_is_gone_in_the_end(repo: Repo) -> None:
    """A name twice: readers of the step's tree disagree about what the story says."""
    repo.commit("main", "Ask for reviews\n\nPolicy: reviews\n", {"bmad.yaml": REVIEWED})
    start = repo.branch("work")
    reviewed(repo, FIND, {"src/find.py": "1\n"})
    passes(repo.gate("work", since=start))
    good, blob = repo.tip("work"), repo.tip(f"work:{FIND_AT}")
    listing = repo.git("ls-tree", "work:stories").split("\n")
    entries = [line.replace("\t", " ").split(" ") for line in listing]
    twice = [one for one in entries for _ in range(1 + (one[2] == blob))]
    raw = b"".join(f"{mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(one) for mode, _, one, name in twice)
    stories = repo.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=raw)
    root = repo.git("ls-tree", "work").replace(repo.tip("work:stories"), stories)
    tree = repo.git("mktree", stdin=f"{root}\n".encode())
    bad = repo.git("commit-tree", tree, "-p", good, stdin=b"Twice\n")
    back = repo.git("commit-tree", f"{good}^{{tree}}", "-p", bad, stdin=b"And back\n")
    repo.git("update-ref", "refs/heads/work", back)
    assert codes(repo.gate("work", since=start)) == {"G12"}
    repo.git("update-ref", "refs/heads/work", good)
    reviewed(repo, STORE, {"src/store.py": "1\n"})
    passes(repo.gate("work", since=start))


def test_what_ever_stood_in_a_folder_is_the_same_from_where_it_was_asked_before(repo: Repo) -> None:
    """Side branches from before, merges that take the other side, deletions, and tips that do not come after."""
    chance = Random(5)  # noqa: S311 - a test
    tips = [repo.branch("work")]
    for number in range(24):
        branch = f"b{chance.randrange(3)}"
        repo.branch(branch, chance.choice(tips[-8:]))
        path = f"log/{chance.choice('abcd')}"
        if number % 3 == 2:
            repo.branch("other", chance.choice(tips))
            made = repo.merge(branch, "other", files={path: f"{number}\n"} if chance.random() < 0.4 else None)
        else:
            made = repo.commit(branch, "x", {path: None if chance.random() < 0.2 else f"{number}\n"})
        tips.append(made)
    history = open_history(repo.root, dict(os.environ))
    whole = {}
    for tip in tips:
        with history.read() as objects:
            whole[tip] = objects.ever(tip, b"log")
    with history.read() as objects:
        for tip in [*tips, *chance.sample(tips, len(tips))]:
            assert objects.ever(tip, b"log") == whole[tip]
    assert len({repr(sorted(one.items())) for one in whole.values()}) > 12


def test_a_row_of_commits_is_what_git_lists(repo: Repo) -> None:
    """Without a process where a landing is one; what else there may be, git has to say."""
    tips = [repo.branch("work")]
    tips += [repo.commit("work", "x", {"src/find.py": f"{number}\n"}) for number in range(3)]
    repo.branch("main", "work~1")
    tips += [repo.merge("main", "work"), repo.commit("main", "y", {"src/other.py": "1\n"})]
    repo.branch("aside", tips[0])
    repo.commit("aside", "z", {"src/store.py": "2\n"})
    tips += [repo.merge("main", "aside"), repo.tip("aside"), repo.commit("root", "r", {"a": "1\n"}, onto=None)]
    with open_history(repo.root, dict(os.environ)).read() as objects:
        for head, base in permutations(tips, 2):
            told = repo.git("rev-list", "--topo-order", "--reverse", head, f"^{base}").split()
            assert [one.id for one in objects.walk(head, base)] == told
            reached = repo.git("rev-list", head).split()
            assert (objects.reached([base], head) == {base}) is (base in reached)
