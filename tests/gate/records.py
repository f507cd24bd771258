"""Records as `bmad act` writes them: their entries are computed from real trees."""

from collections.abc import Mapping
from hashlib import sha256

from bmad.core.graph import build
from bmad.core.paths import Classifier, PathClass
from bmad.core.records.chain import chain_fingerprint
from bmad.core.records.change import entries_hash
from bmad.model.agents import Role
from bmad.model.record import Accepted, ChangeEntry, CheckRun, Record, Shown, ShownPart, Work
from tests.gate.repo import Content, Repo, story
from tests.layout import LAYOUT, document_kind, parse
from tests.specs import SMALL

REVIEWED = "version: 1\nact: {accept: auto, lenses: [correctness]}\ngate: {level: reviewed, since: root}\n"
DIFF = "d" * 64
_KEPT = (PathClass.CODE, PathClass.KNOWLEDGE)


def work(step: str, role: Role, context: str) -> Work:
    """Of a reviewer's, what it looked through is the end of its step, and it was shown all of it."""
    told = {"step": step, "role": role, "context": context, "backend": "command", "model": "m", "prompt": "0" * 64}
    if role is Role.REVIEWER and "review" in step:
        told |= {"lens": step.rpartition("/")[2], "part": DIFF}
    return Work.model_validate(told)


def text_of(repo: Repo, base: str, head: str) -> bytes:
    """What git says that two commits differ in, as reviewers are shown it."""
    form = ("-r", "-p", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "-U3")
    more = ("--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--full-index", "--inter-hunk-context=0")
    return repo.said("diff-tree", *form, *more, base, head)


def part_of(text: bytes) -> ShownPart:
    return ShownPart(hash=sha256(text).hexdigest(), bytes=len(text))


def shown(made: Record, repo: Repo | None = None) -> tuple[Shown, ...]:
    """What the reviewers of a record were shown: each time all of what it holds.

    Without a repository it names commits that nobody has.
    """
    part = ShownPart(hash=DIFF, bytes=7) if repo is None else part_of(text_of(repo, made.base, made.head))
    steps: dict[str, list[str]] = {}
    for one in made.work:
        if one.part:
            steps.setdefault(one.step.rpartition("/")[0], []).append(one.lens)
    return tuple(
        Shown(
            step=step,
            lenses=tuple(lenses),
            base=made.base if repo is not None else "1" * 40,
            head=made.head if repo is not None else "2" * 40,
            whole=part.hash,
            bytes=part.bytes,
            parts=(part,),
            paths=tuple(entry.path for entry in made.change),
            change=entries_hash(made.change),
            hunks=made.hunks,
        )
        for step, lenses in steps.items()
    )


WORK = (
    work("1/test", Role.TESTER, "c1"),
    work("1/dev", Role.DEVELOPER, "c2"),
    work("1/review/correctness", Role.REVIEWER, "c3"),
)
DEV, REVIEW = WORK[1], WORK[2]
FIX, AGAIN = work("2/fix", Role.DEVELOPER, "c4"), work("2/review/correctness", Role.REVIEWER, "c5")
MENDED: dict[str, object] = {"rounds": 2, "work": (*WORK, FIX, AGAIN)}
"""A record of two rounds, whose second one fixed something and was reviewed."""

CODE: dict[str, Content] = {"src/find.py": "def find():\n    return [1]\n"}


def entries(repo: Repo, base: str, head: str) -> tuple[ChangeEntry, ...]:
    """In what two commits' trees differ, but specification, records and governed files."""
    told = repo.git("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", base, head).split("\0")
    found = []
    classify = Classifier(LAYOUT)
    for meta, path in zip(told[::2], told[1::2], strict=False):
        old_mode, new_mode, old, new, _ = meta.removeprefix(":").split(" ")
        if classify(path.encode()).klass in _KEPT:
            found.append(ChangeEntry(path=path, old_mode=old_mode, new_mode=new_mode, old_blob=old, new_blob=new))
    return tuple(sorted(found, key=lambda one: one.path))


def spec_of(name: str, files: Mapping[str, str] = SMALL) -> str:
    documents = [parse(path, text) for path, text in files.items() if document_kind(path)]
    return chain_fingerprint(build(documents), name)


def anew(landing: int) -> tuple[Work, ...]:
    """The work of a landing, in contexts of its own."""
    if landing == 1:
        return WORK
    return tuple(one.model_copy(update={"context": f"{one.context}-{landing}"}) for one in WORK)


def record(repo: Repo, name: str, base: str, head: str, /, **other: object) -> Record:
    """An honest record of a story's change from base to head; `other` makes it otherwise.

    The check runs in the last round, and each landing has contexts of its own.
    """
    honest = Record(
        story=name,
        landing=1,
        repository="notes",
        target="refs/heads/main",
        base=repo.tip(base),
        head=repo.tip(head),
        spec=spec_of(name) if name in " ".join(SMALL) else "",
        hunks="h",
        change=entries(repo, base, head),
        rounds=1,
        converged=True,
        work=anew(int(str(other.get("landing", 1)))),
        checks=(
            CheckRun.model_validate({"round": other.get("rounds", 1), "name": "tests", "ok": True, "exit": 0}),
        ),
        findings=(),
        accepted=Accepted(by="ada", how="person"),
    )
    made = honest.model_copy(update=other)
    return made if "shown" in other else shown_all(made, repo)


def shown_all(made: Record, repo: Repo) -> Record:
    """A record whose reviewers were shown all of what its ends differ in, where these are commits."""
    real = {made.base, made.head} <= set(repo.git("rev-list", "--all").split())
    told = shown(made, repo if real else None)
    part = told[0].parts[0].hash if told else DIFF
    works = tuple(one.model_copy(update={"part": part}) if one.part == DIFF else one for one in made.work)
    return made.model_copy(update={"shown": told, "work": works})


def at(name: str, number: int = 1) -> str:
    return f"stories/records/{name}{f'.{number}' if number > 1 else ''}.json"


def add(repo: Repo, branch: str, made: Record, path: str = "") -> str:
    """The commit that brings a record, as `bmad act` makes it."""
    where = path or at(made.story, made.landing)
    return repo.commit(branch, story(made.story, title="Record"), {where: made.as_json()})


def reviewed(
    repo: Repo, name: str, files: Mapping[str, Content], *, branch: str = "work", number: int = 1, **other: object
) -> Record:
    """A commit of the story on a branch, and after it its record."""
    base = repo.tip(branch)
    head = repo.commit(branch, story(name), files)
    made = record(repo, name, base, head, landing=number, **other)
    add(repo, branch, made)
    return made


def squash(
    repo: Repo,
    branch: str,
    message: str = "Squashed\n",
    onto: str = "main",
    *,
    author: str = "Ada",
    tree: str = "",
) -> str:
    """The branch's tree as one commit on top of another, as a code host's button does; trailers are gone."""
    tree = tree or repo.tip(f"{branch}^{{tree}}")
    names = {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": "a@x"}
    made = repo.git("commit-tree", tree, "-p", repo.tip(onto), stdin=message.encode(), env=names)
    repo.git("update-ref", f"refs/heads/{branch}", made)
    return made


def bare(name: str, number: int = 1) -> Record:
    """A record that reads as one, of no commits that are anywhere."""
    return Record(
        story=name,
        landing=number,
        repository="notes",
        target="refs/heads/main",
        base="1" * 40,
        head="2" * 40,
        spec="",
        change=(),
        rounds=1,
        converged=True,
        work=WORK,
        checks=(),
        findings=(),
        accepted=Accepted(by="ada", how="person"),
    )
