"""Histories as short words over a small alphabet: each commit is its parents, a change and a message.

`OLD` (code, no policy) and `START` (the adoption, with two stories) come before the commits of a word, which are
counted from 0.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from bmad.model.agents import Role
from bmad.model.history import Listed
from bmad.model.record import Accepted, ChangeEntry, CheckRun, Evidence, Record
from tests.gate.records import anew, shown
from tests.oracle import spellings, texts
from tests.oracle.signatures import ADA, sign_record
from tests.oracle.texts import LOCK, POLICY, PRD, Policy, Requirements, Story
from tests.oracle.world import ABSENT, WHO, Files, World

OLD, START = -2, -1
A, B = Story("STORY-a", "a", ("src/a",)), Story("STORY-b", "b", ("src/b",))
NEW = Story("STORY-n", "b", ("lib/x",))
BROKEN = "# STORY-a\n\nno item at all\n"
_LONG = "x 0\n" + "=\n" * 6 + "x 0\n"
_CODE = {"src/a": "a 0\n", "src/b": "b 0\n", "lib/x": _LONG}
"""`lib/x` is long enough for both sides of a merge to change it."""


SIGNED, BY_ADA = " signed", " by ada"
"""Ends of a word's level, where the base asks for signatures, and of a message whose commit bears one.

Behind a level may also stand some of `texts.KEYS`.
"""


class Node(NamedTuple):
    """A commit; a parent is `OLD`, `START` or the number of an earlier node."""

    parents: tuple[int, ...]
    change: str
    message: str


class Word(NamedTuple):
    """A whole history: the level at the start, the commits (the last one is the head), and the base."""

    level: str
    nodes: tuple[Node, ...]
    base: int


class Draft:
    """A commit in the making: what git computes of its parents, to be changed."""

    def __init__(self, world: World, made: Mapping[int, str], parents: tuple[int, ...]) -> None:
        self.world, self.made = world, made
        self.parents = tuple(made[one] for one in parents)
        self.extra: list[str] = []
        tree = world.commits[self.parents[0]].tree
        if len(parents) > 1:
            merged = world.merge(*self.parents[:2])
            tree = merged.tree if merged is not None else tree
        self.files: dict[bytes, Listed] = dict(world.trees[tree])
        if len(parents) == 2 and merged is not None:
            for one in merged.conflicts:
                if one.path == LOCK.encode():  # as `merge=union` does in a work tree
                    self.put(LOCK, union(*(world.blobs[at].decode() if at else "" for at in one[1:])))

    def texts(self) -> dict[str, str]:
        return {path.decode(): self.world.blobs[at.id].decode() for path, at in self.files.items()}

    def put(self, path: str, text: str, mode: str = "100644") -> None:
        self.files[path.encode()] = self.world.file(text, mode)

    def drop(self, path: str) -> None:
        self.files.pop(path.encode(), None)


def union(base: str, ours: str, theirs: str) -> str:
    """A lock's lines of both sides, without those that one of them took away."""
    old, one, two = (set(text.split("\n")) - {""} for text in (base, ours, theirs))
    return "\n".join(sorted((one & two) | (one - old) | (two - old))) + "\n"


Change = Callable[[Draft], None]


def _put(**files: str) -> Change:
    """Keys name code by its last letter; of `lib/x` the first line, or as `end` the last one."""

    def put(draft: Draft) -> None:
        for key, text in files.items():
            if key in "ab":
                draft.put(f"src/{key}", f"{key} {text}\n")
            else:
                at = draft.files.get(b"lib/x")
                plain = at is not None and at.mode != "120000"
                lines = (draft.texts()["lib/x"] if plain else _LONG).split("\n")
                lines[0 if key == "x" else -2] = f"x {text}"
                draft.put("lib/x", "\n".join(lines))

    return put


def _also(*changes: Change) -> Change:
    def all_of(draft: Draft) -> None:
        for change in changes:
            change(draft)

    return all_of


def _story(one: Story) -> Change:
    return lambda draft: draft.put(one.path, texts.story(one))


def _lock(draft: Draft, by: str = ' ["ada", "seen"]') -> None:
    """All links confirmed, with a signature where the lock did not say so before; what else it holds stays."""
    held = draft.texts()
    old = {one for one in held.get(LOCK, "").split("\n") if one and one[0] != "#"}
    links = {one.rpartition(" ")[0] for one in old if one.startswith("link ")}
    new = [one for one in texts.lock(held).split("\n") if one and one[0] != "#"]
    signed = {f"{one}{by}" if one.rpartition(" ")[0] in links and one not in old else one for one in new}
    kept = {one for one in old if one.startswith(("retired ", "reopened "))}
    signed = {next((was for was in old if was.startswith(f"{one} [")), one) for one in signed}
    draft.put(LOCK, "\n".join([texts.HEADER, *sorted(signed | kept), ""]))


def _added_to_lock(draft: Draft) -> None:
    """Lines for what the lock does not know yet; nothing is confirmed."""
    held = draft.texts()
    old = [one for one in held.get(LOCK, "").split("\n") if one and not one.startswith("#")]
    known = {" ".join(one.split(" ")[:-1]) for one in old}
    new = [one for one in texts.lock(held).split("\n") if one and not one.startswith("#")]
    lines = {*old, *(one for one in new if " ".join(one.split(" ")[:-1]) not in known)}
    draft.put(LOCK, "\n".join([texts.HEADER, *sorted(lines), ""]))


def _lose(draft: Draft) -> None:
    lines = draft.texts().get(LOCK, "").split("\n")
    draft.put(LOCK, "\n".join(one for one in lines if not one.startswith("link STORY-a ")))


def _line(line: str) -> Change:
    def add(draft: Draft) -> None:
        lines = {one for one in draft.texts().get(LOCK, "").split("\n") if one and not one.startswith("#")}
        draft.put(LOCK, "\n".join([texts.HEADER, *sorted({*lines, line}), ""]))

    return add


def _spelled(change: Callable[[str], str]) -> Change:
    return lambda draft: draft.put(LOCK, change(draft.texts().get(LOCK, "")))


def _register(path: str) -> str:
    return next(text for text, named in texts.REGISTERS.items() if named == path)


def _intent(world: World, commit: str) -> str:
    """Where a commit has its intent."""
    at = world.files(commit).get(b"specs/intent.md")
    return texts.REGISTERS.get(world.blobs[at.id].decode() if at is not None else "", texts.INTENT_AT)


def _wanted(text: str) -> Change:
    return lambda draft: draft.put(texts.MOVED_TO, text)


def _moved(to: str) -> Change:
    """The intent is elsewhere, with the line of its register."""

    def move(draft: Draft) -> None:
        held = draft.texts()
        was = texts.REGISTERS.get(held.get("specs/intent.md", ""), texts.INTENT_AT)
        text = held.get(was, texts.INTENT)
        draft.drop(was)
        draft.put(to, text)
        draft.put("specs/intent.md", _register(to))

    return move


def _retire(draft: Draft) -> None:
    """Story b goes, and the lock says so."""
    held = draft.texts()
    gone = [f"retired {name} {digest}" for name, digest in texts.fingerprints(B.path, texts.story(B)).items()]
    draft.drop(B.path)
    kept = [
        one
        for one in held.get(LOCK, "").split("\n")
        if one and one[0] != "#" and not one.startswith(("node STORY-b", "link STORY-b"))
    ]
    draft.put(LOCK, "\n".join([texts.HEADER, *sorted({*kept, *gone}), ""]))


def _mislock(draft: Draft) -> None:
    """The lock has another fingerprint for story b than it ever had."""
    lines = draft.texts().get(LOCK, "").split("\n")
    draft.put(LOCK, "\n".join(f"node {B.id} {'0' * 64}" if f"node {B.id} " in one else one for one in lines))


def _retire_as_locked(draft: Draft) -> None:
    """Story b goes, with the fingerprint that the lock has."""
    lines = draft.texts().get(LOCK, "").split("\n")
    gone = [one.replace("node", "retired", 1) for one in lines if one.startswith(f"node {B.id}")]
    kept = [one for one in lines if one and one[0] != "#" and not one.startswith((f"node {B.id}", f"link {B.id}"))]
    draft.drop(B.path)
    draft.put(LOCK, "\n".join([texts.HEADER, *sorted({*kept, *gone}), ""]))


def _unmint(draft: Draft) -> None:
    """The minted story goes as if it had never been."""
    lines = draft.texts().get(LOCK, "").split("\n")
    draft.drop(NEW.path)
    draft.put(LOCK, "\n".join(one for one in lines if f" {NEW.id}" not in one))


def _vanish(draft: Draft) -> None:
    """The minted story goes, and the lock says that it stands."""
    draft.drop(NEW.path)


def _policy(one: Policy) -> Change:
    return lambda draft: draft.put(POLICY, texts.policy(one))


def _since_here(draft: Draft) -> None:
    draft.put(POLICY, texts.policy(Policy("scoped", draft.parents[0])))


def _grandfather(number: int) -> Change:
    """The policy as it is, which names a commit that is not judged."""

    def name(draft: Draft) -> None:
        known = texts.policy_of(draft.texts().get(POLICY, "")) or Policy("scoped")
        draft.put(POLICY, texts.policy(known._replace(grandfathered=(draft.made[number],))))

    return name


def _ratchet(draft: Draft) -> None:
    """A day that has passed, for what came before the adoption."""
    draft.put(POLICY, texts.policy(Policy("scoped", baseline=draft.made[OLD])))


def _revert(number: int) -> Change:
    """The inverse of what a commit changed against its first parent."""

    def undo(draft: Draft) -> None:
        done = draft.world.commits[draft.made[number]]
        before = draft.world.commits[done.parents[0]].tree
        for change in draft.world.changes(before, done.tree):
            draft.files[change.path] = Listed(change.old_mode, change.old_blob)
            if change.old_mode == ABSENT.mode:
                del draft.files[change.path]

    return undo


def _reverts(*numbers: int) -> Change:
    """The inverse of several commits, the last one first."""
    return _also(*map(_revert, sorted(numbers, reverse=True)))


def _as(number: int) -> Change:
    """All files as they were once: what a button makes of a request."""

    def back(draft: Draft) -> None:
        draft.files = dict(draft.world.files(draft.made[number]))

    return back


def _take(side: int) -> Change:
    """A merge that takes one parent's files, whatever the other has."""

    def take(draft: Draft) -> None:
        draft.files = dict(draft.world.files(draft.parents[side % len(draft.parents)]))

    return take


def record_at(story: str, landing: int = 1) -> str:
    return f"stories/records/{story}{f'.{landing}' if landing > 1 else ''}.json"


def chain(held: Mapping[str, str], story: str) -> str:
    """The fingerprint of a story's chain."""
    return texts.chain(held, story)


def _record(story: str, fault: str = "", landing: int = 1) -> Change:
    """A record of what the story's branch changed since the last landing on its line, or since the start."""

    def land(draft: Draft) -> None:
        world, head = draft.world, draft.parents[0]
        base = _since_landing(world, head, draft.made[START])
        if world.commits[head].tree != world.tree(draft.files):  # the change comes with its record, as by a squash
            head = world.commit(draft.files, (head,), "Reviewed\n")
            draft.extra.append(head)
        one = _honest(world, story, landing, base, head)
        made = _with_fault(one, fault)
        made = made.model_copy(update={"shown": shown(made)})
        made = made if fault == "unsigned" else sign_record(made, ADA)
        made = made.model_copy(update={"rounds": 2}) if fault == "changed" else made
        draft.put(record_at(story, landing), made.as_json())

    return land


def _since_landing(world: World, name: str, start: str) -> str:
    while name != start and world.commits[name].parents:
        parent = world.commits[name].parents[0]
        records = (path for path in world.files(name) if path.startswith(b"stories/records/"))
        if any(world.files(name)[path] != world.files(parent).get(path) for path in records):
            return name
        name = parent
    return name


def _honest(world: World, story: str, landing: int, base: str, head: str) -> Record:
    held = {path.decode(): world.blobs[at.id].decode() for path, at in world.files(head).items()}
    changed = world.changes(world.commits[base].tree, world.commits[head].tree)
    intents = {_intent(world, base), _intent(world, head)}
    return Record(
        story=story,
        landing=landing,
        repository="notes",
        target="refs/heads/main",
        base=base,
        head=head,
        spec=chain(held, story),
        hunks="h",
        change=tuple(
            ChangeEntry(
                path=one.path.decode(),
                old_mode=one.old_mode,
                new_mode=one.new_mode,
                old_blob=one.old_blob,
                new_blob=one.new_blob,
            )
            for one in changed
            if one.path.startswith((b"src/", b"lib/", b"docs/", b"wanted.md")) and one.path.decode() not in intents
        ),
        rounds=1,
        converged=True,
        work=anew(landing),
        checks=(CheckRun(round=1, name="tests", ok=True, exit=0),),
        findings=(),
        accepted=Accepted(by="ada", how="person"),
    )


def _with_fault(one: Record, fault: str) -> Record:
    other: dict[str, object] = {}
    if fault == "blob":
        other = {"change": tuple(entry.model_copy(update={"new_blob": "1" * 40}) for entry in one.change)}
    elif fault == "self":
        other = {"work": tuple(work.model_copy(update={"context": "c"}) for work in one.work)}
    elif fault == "open":
        other = {"converged": False}
    elif fault == "spec":
        other = {"spec": "0" * 64}
    elif fault == "target":
        other = {"target": "refs/heads/other"}
    elif fault == "base":
        other = {"base": "2" * 40}
    elif fault in ("mine", "hers", "own"):
        other = _by_people(one, fault)
    elif fault == "proven":
        seen = {"tests": ("t",), "failed_before": True, "before": "base", "passed_after": True}
        row = {"criterion": f"{one.story}/AC-1", "checks": (one.checks[0].name,), **seen}
        other = {"evidence": (Evidence.model_validate(row),)}
    return one.model_copy(update=other)


ME, HER = "A <a@x>", "B <b@x>"


def _by_people(one: Record, fault: str) -> dict[str, object]:
    """Who writes and reviews is one person, or two, or whoever agents work for reviews it."""
    reviewer = HER if fault == "hers" else ME
    by = {Role.REVIEWER: reviewer} if fault == "own" else dict.fromkeys(Role, ME) | {Role.REVIEWER: reviewer}
    people = (
        work.model_copy(update={"by": by[work.role], "backend": "human"}) if work.role in by else work
        for work in one.work
    )
    return {"work": tuple(people)}


CHANGES: dict[str, Change] = {
    "nothing": lambda _: None,
    "a1": _put(a="1"),
    "a2": _put(a="2"),
    "b1": _put(b="1"),
    "x1": _put(x="1"),
    "end1": _put(end="1"),
    "ab": _put(a="1", b="1"),
    "ax": _put(a="1", x="1"),
    "back": _put(a="0", b="0", x="0", end="0"),
    "gone": lambda draft: draft.drop("src/a"),
    "link a": lambda draft: draft.put("src/a", "b", "120000"),
    "link x": lambda draft: draft.put("lib/x", "y", "120000"),
    "link page": lambda draft: draft.put("docs/p.md", "q", "120000"),
    "link owners": lambda draft: draft.put("CODEOWNERS", "src/a", "120000"),
    "know a": lambda draft: draft.put("docs/knowledge/STORY-a.md", "known\n"),
    "know n": lambda draft: draft.put("docs/knowledge/STORY-n.md", "known\n"),
    "know a+a1": _also(lambda draft: draft.put("docs/knowledge/STORY-a.md", "known\n"), _put(a="1")),
    "mode": lambda draft: draft.put("src/a", "a 0\n", "100755"),
    "ours": _take(0),
    "theirs": _take(1),
    "reworded": _story(A._replace(words="second")),
    "wide": _story(A._replace(territory=("src/a", "lib/x"))),
    "narrow": _story(A),
    "elsewhere": _story(A._replace(elsewhere=True)),
    "unset": _story(A._replace(territory=None)),
    "suspect": lambda draft: draft.put(PRD, texts.requirements(Requirements("second"))),
    "confirmed": _lock,
    "unsigned": lambda draft: _lock(draft, ""),
    "mended": _also(lambda draft: draft.put(PRD, texts.requirements(Requirements("second"))), _lock),
    "minted": _also(_story(NEW), _added_to_lock),
    "unlocked": _story(NEW),
    "unminted": _unmint,
    "vanished": _vanish,
    "minted+x1": _also(_story(NEW), _added_to_lock, _put(x="1")),
    "retired": _retire,
    "lost": _lose,
    "mislocked": _mislock,
    "foretold": _line(f"link {NEW.id} implements FR-{NEW.implements} {'0' * 64}"),
    "retired as locked": _retire_as_locked,
    "twinned": _spelled(spellings.twinned),
    "respelled": _spelled(spellings.respelled),
    "untwinned": _spelled(spellings.untwinned(min)),
    "untwinned back": _spelled(spellings.untwinned(max)),
    "foreseen": _line(spellings.FORESEEN),
    "foreseen twins": _also(_line(spellings.FORESEEN), _spelled(spellings.twinned)),
    "unforeseen": _spelled(spellings.unforeseen),
    "unsaid": lambda draft: draft.put("intent.md", texts.INTENT.replace("found", "seen")),
    "unsaid b": lambda draft: draft.put("intent.md", texts.INTENT.replace("kept", "held")),
    "said": lambda draft: draft.put("intent.md", texts.INTENT),
    "moved": _moved(texts.MOVED_TO),
    "moved back": _moved(texts.INTENT_AT),
    "moved onto": _moved(texts.PAGE),
    "moved unsaid": _also(_moved(texts.MOVED_TO), _wanted(texts.INTENT.replace("found", "seen"))),
    "moved+a1": _also(_moved(texts.MOVED_TO), _put(a="1")),
    "named": lambda draft: draft.put("specs/intent.md", _register(texts.MOVED_TO)),
    "named back": lambda draft: draft.put("specs/intent.md", _register(texts.INTENT_AT)),
    "copied": _wanted(texts.INTENT),
    "odd": _wanted("# Odd\n"),
    "unwanted": lambda draft: draft.drop("intent.md"),
    "reopened": _line('reopened STORY-a 1 ["ada", "again"]'),
    "broken": lambda draft: draft.put(A.path, BROKEN),
    "traced": _policy(Policy("traced")),
    "scoped": _policy(Policy("scoped")),
    "reviewed": _policy(Policy("reviewed")),
    "since": _since_here,
    "specfirst": _policy(Policy("scoped", own=())),
    "unexempt": _policy(Policy("scoped", exempt=False)),
    "unlaned": _policy(Policy("scoped", lane=False)),
    "ratchet": _ratchet,
    "page": lambda draft: draft.put("docs/p.md", "page\n"),
    "page 2": lambda draft: draft.put("docs/p.md", "page 2\n"),
    "page run": lambda draft: draft.put("docs/p.md", "page\n", "100755"),
    "conf": lambda draft: draft.put("docs/c.py", "conf\n"),
    "conf+a1": _also(lambda draft: draft.put("docs/c.py", "conf\n"), _put(a="1")),
    "page+a1": _also(lambda draft: draft.put("docs/p.md", "page\n"), _put(a="1")),
    "a many": lambda draft: draft.put("src/a", "a 0\n1\n2\n3\n4\n5\n"),
    "unpoliced": lambda draft: draft.drop(POLICY),
    "badpolicy": lambda draft: draft.put(POLICY, "version: 1\ngate: {level: silly}\n"),
    "traced+a1": _also(_policy(Policy("traced")), _put(a="1")),
    "owners": lambda draft: draft.put("CODEOWNERS", "* @ada\n"),
    "owners+a1": _also(lambda draft: draft.put("CODEOWNERS", "* @ada\n"), _put(a="1")),
    "record a": _record("STORY-a"),
    "record b": _record("STORY-b"),
    "record n": _record("STORY-n"),
    "record a proven": _record("STORY-a", "proven"),
    "record b proven": _record("STORY-b", "proven"),
    "a1+proven": _also(_put(a="1"), _record("STORY-a", "proven")),
    "record a blob": _record("STORY-a", "blob"),
    "record a self": _record("STORY-a", "self"),
    "record a open": _record("STORY-a", "open"),
    "record a spec": _record("STORY-a", "spec"),
    "record a target": _record("STORY-a", "target"),
    "record a base": _record("STORY-a", "base"),
    "record a 2": _record("STORY-a", landing=2),
    "record a unsigned": _record("STORY-a", "unsigned"),
    "record a changed": _record("STORY-a", "changed"),
    "record a 7": _record("STORY-a", landing=7),
    "record a mine": _record("STORY-a", "mine"),
    "record b mine": _record("STORY-b", "mine"),
    "record a hers": _record("STORY-a", "hers"),
    "record a own": _record("STORY-a", "own"),
    "b1+record own": _also(_put(b="1"), _record("STORY-b", "own")),
    "grandfather 0": _grandfather(0),
    "grandfather 1": _grandfather(1),
    "grandfather 2": _grandfather(2),
    "junk": lambda draft: draft.put(record_at("STORY-a"), "{}\n"),
    "unrecorded": lambda draft: draft.drop(record_at("STORY-a")),
    "a1+record": _also(_put(a="1"), _record("STORY-a")),
    "ax+record": _also(_put(a="1", x="1"), _record("STORY-a")),
    "revert 0": _revert(0),
    "revert 1": _revert(1),
    "revert 2": _revert(2),
    "revert 3": _revert(3),
    "revert 4": _revert(4),
    "reverts 0 1": _reverts(0, 1),
    "reverts 0 2": _reverts(0, 2),
    "reverts 1 2": _reverts(1, 2),
    "as start": _as(START),
    "as 0": _as(0),
}


def _named(*ids: str, last: str = "") -> Callable[[Draft], str]:
    lines = "".join(f"Story: STORY-{one}\n" for one in ids)
    return lambda _: f"Work\n\n{lines}{last}"


def _reverting(*numbers: int, last: str = "") -> Callable[[Draft], str]:
    def words(draft: Draft) -> str:
        named = "".join(f"\nThis reverts commit {draft.made[number]}.\n" for number in numbers)
        return f'Revert "Work"\n{named}{last}'

    return words


MESSAGES: dict[str, Callable[[Draft], str]] = {
    "plain": lambda _: "Work\n",
    "A": _named("a"),
    "B": _named("b"),
    "AB": _named("a", "b"),
    "N": _named("n"),
    "unknown": _named("zz"),
    "four": _named("a", "b", "n", "zz"),
    "squashed": _named("a", last="\nCo-authored-by: B <b@x>\n"),
    "body": _named("a", last="\nAnd more words.\n"),
    "prose": _named("a", last="and more words\n"),
    "title": lambda _: "Story: STORY-a\n",
    "policy": lambda _: "Rules\n\nPolicy: because\n",
    "tiny": lambda _: "Mend\n\nStory: none\nTrivial: a typo\n",
    "tiny bare": lambda _: "Mend\n\nStory: none\n",
    "tiny A": lambda _: "Mend\n\nStory: none\nStory: STORY-a\nTrivial: a typo\n",
    "revert 0 tiny": _reverting(0, last="\nStory: none\nTrivial: back\n"),
    "bot": lambda _: "Bump\n",
    "bot A": _named("a"),
    "bot and B": lambda _: "Bump\n\nCo-authored-by: B <b@x>\n",
    "revert 0": _reverting(0),
    "revert 1": _reverting(1),
    "revert 2": _reverting(2),
    "revert 3": _reverting(3),
    "reverts 0 1": _reverting(1, 0),
    "reverts 0 2": _reverting(2, 0),
    "reverts 1 2": _reverting(2, 1),
    "revert 0 by A": _reverting(0, last="\nStory: STORY-a\n"),
    "revert 1 by A": _reverting(1, last="\nStory: STORY-a\n"),
}


_BOT = b"bot <bot@x> 1700000000 +0000"
"""Who wrote the commits whose message is one of `bot`; for its address the base has an exemption."""


class Made(NamedTuple):
    """The commits of a word by number, and reviewed ones that no branch of it holds."""

    ids: Mapping[int, str]
    extra: tuple[str, ...]


def start_files(world: World, level: str) -> Files:
    held = {
        **_CODE,
        "intent.md": texts.INTENT,
        "specs/intent.md": texts.REGISTER,
        PRD: texts.requirements(Requirements()),
        texts.EPIC_AT: texts.EPIC,
        A.path: texts.story(A),
        B.path: texts.story(B),
        POLICY: texts.policy(_first_policy(level)),
    }
    held[LOCK] = texts.lock(held)
    return {path.encode(): world.file(text) for path, text in held.items()}


def _first_policy(level: str) -> Policy:
    name, *keys = level.split(" ")
    oracle, refuse, self_review = (key in keys for key in texts.KEYS)
    signed = SIGNED.strip() in keys
    return Policy(name, signed=signed, oracle=oracle, refuse=refuse, self_review=self_review)


@lru_cache(maxsize=64)
def _start(world: World, level: str) -> Mapping[int, str]:
    old = world.commit({path.encode(): world.file(text) for path, text in _CODE.items()}, (), "Old\n")
    return {OLD: old, START: world.commit(start_files(world, level), (old,), "Adopt\n")}


def make(world: World, word: Word) -> Made:
    """The commits of a word. Raises: KeyError where it reverts or merges what is not there."""
    ids = dict(_start(world, word.level))
    extra: list[str] = []
    for number, node in enumerate(word.nodes):
        draft = Draft(world, ids, node.parents)
        CHANGES[node.change](draft)
        extra += draft.extra
        author = _BOT if node.message.startswith("bot") else WHO
        message = MESSAGES[node.message.removesuffix(BY_ADA)](draft)
        signer = ADA if node.message.endswith(BY_ADA) else ""
        ids[number] = world.commit(draft.files, draft.parents, message, author, signer)
    return Made(ids, tuple(extra))
