"""What old tools wrote: modes with zeros before them, and encodings of their time."""

from tests.gate.repo import FIND, Repo, passes, refuses, story

CODE = {"src/find.py": "x = 1\n"}


def padded(repo: Repo, tree: str, *, twice: bytes = b"") -> str:
    """The tree as old tools wrote it: its folders have mode 040000; `twice` names an entry once more."""
    raw = b""
    for line in repo.git("ls-tree", tree).split("\n"):
        meta, name = line.split("\t")
        mode, _, blob = meta.split(" ")
        one = f"{mode} {name}\0".encode() + bytes.fromhex(blob)
        raw += one
        if name.encode() == twice:
            raw += one.removeprefix(b"0")
    return repo.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=raw)


def old(repo: Repo, tree: str) -> None:
    made = repo.git("commit-tree", tree, "-p", repo.base, stdin=story(FIND).encode())
    repo.git("update-ref", "refs/heads/work", made)


def test_f_padded_modes_of_old_trees_are_read(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    old(repo, padded(repo, "work^{tree}"))
    assert b"040000 src\0" in repo.git("cat-file", "tree", "work^{tree}").encode("utf-8", "surrogateescape")
    passes(repo.gate())
    passes(repo.gate("work", since="main"))
    repo.commit("work", "Untraced\n", {"src/find.py": "x = 2\n"})
    refuses(repo.gate(), "G01")


def test_f_a_name_twice_with_and_without_the_zero_is_malformed(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    old(repo, padded(repo, "work^{tree}", twice=b"src"))
    refuses(repo.gate(), "G12")


def test_f_other_modes_stay_unknown(repo: Repo) -> None:
    repo.commit("work", story(FIND), CODE)
    blob = repo.tip("work:src/find.py")
    for mode in ("0100600", "00", "07777777"):
        raw = f"{mode} x\0".encode() + bytes.fromhex(blob)
        old(repo, repo.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=raw))
        refuses(repo.gate(), "G12")
