"""`bmad hooks run`, put together of as little as it needs: a person waits for it at each commit.

No command line, no typed documents, no more of the specification than the stories that the message names.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from bmad.core.commit_check import (
    GOVERNING,
    Lane,
    Staged,
    Territory,
    complaints,
    each_reverted,
    finished,
    inverts,
    inverts_all,
    uncounted,
    undocumented,
)
from bmad.core.hook_scripts import EACH, HOOKS, PREPARE, PUSH, RECEIVE, TEMPLATE, filling
from bmad.core.messages import Cleaning, cleaned, cleaning, unwritten, without_trailer
from bmad.core.paths import Classified, Classifier, PathClass
from bmad.core.tiny import Touch, measured, path_fault
from bmad.core.trailers import message_fault, parse, stories
from bmad.errors import BmadError, Exit, UsageError
from bmad.git.pending_commit import Committing, become_shell, committing
from bmad.model.commits import ABSENT, Change, Commit
from bmad.model.ids import Kind
from bmad.model.layout import POLICY, Layout, Place, folder_of, is_sharded, may_be_intent
from bmad.model.settings import Settings
from bmad.screen import tell
from bmad.store import glimpse
from bmad.store.settings import parse_settings

_DOCUMENTED = re.compile(rb"^node ((?:STORY|EPIC)-[^ /\r\n]+) ", re.MULTILINE)
"""What has a document of its own, in a line of the lock."""
_KEPT = "The message is kept in {}. (git commit --no-verify skips this, not the gate.)"


def run(words: Sequence[str]) -> int:
    """Do what a hook does, given its name and what git passed to it; the exit code."""
    try:
        return _run(words)
    except BmadError as error:
        _say(f"bmad: {error}")
        return int(error.code)


def _run(words: Sequence[str]) -> int:
    hook, *passed = words or [""]
    if hook not in HOOKS:
        raise UsageError(f"There is no hook `{hook}`; there are {', '.join((*HOOKS, RECEIVE, EACH, PUSH))}.")
    if not passed:
        raise UsageError(f'{hook} is called with what git passes to it: bmad hooks run {hook} "$@"')
    if hook == PREPARE:
        become_shell(filling(), [PREPARE, *passed])
    told = check(passed[0])
    for sentence in (*told.problems, *told.notes):
        _say(f"bmad: {sentence}")
    if told.problems:
        _say(_KEPT.format(passed[0]))
    return int(Exit.FOUND if told.problems else Exit.OK)


def _say(words: str) -> None:
    """A sentence; what it tells of a path or a message moves no cursor."""
    from bmad.core.gate.words import told  # noqa: PLC0415 - most commits have nothing told of them

    tell(f"{told(words, len(words))}\n")


class Told(NamedTuple):
    """Why the gate would refuse a commit, and what it would only say."""

    problems: Sequence[str] = ()
    notes: Sequence[str] = ()


def check(file: str) -> Told:
    """What the gate would say of the commit that is being made.

    Merges are left to the gate, which has what they are compared with; so is the adoption itself.
    """
    raw = _read(file)
    with committing() as commit:
        settings = commit.settings()
        how = cleaning(raw, settings, commit.by_editor)
        message = cleaned(raw, how)
        if _untouched(file, message, how):
            return Told()
        base = _base(commit)
        policy = _text(commit, f"{base}:{POLICY}") if base else None
        if policy is None:
            return Told()
        encoding = settings.get("i18n.commitencoding", "").encode("utf-8", "surrogateescape")
        headers = ((b"encoding", encoding),) if encoding else ()
        fault = message_fault(Commit("", "", (), b"", headers, message))
        if fault is not None:
            return Told([f"The gate cannot judge this commit: {fault}. {_mend(encoding)}"])
        if commit.blob("MERGE_HEAD") is not None:
            return Told()
        return _judged(commit, base, policy, message)


def _mend(encoding: bytes) -> str:
    if encoding:
        return "Write it in UTF-8, and say so: git config i18n.commitEncoding UTF-8"
    return "Write the message again, in UTF-8."


def _read(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - pathlib is slow to load
            return stream.read()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from None


def _untouched(file: str, message: bytes, how: Cleaning) -> bool:
    """Whether nobody wrote a message: the file then becomes as it was before the trailer, and git aborts."""
    if how.edited and unwritten(message):
        _write(file, b"")
        return True
    kept = f"{file.rpartition('/')[0] or '.'}/{TEMPLATE}"
    try:
        template = _read(kept)
    except UsageError:
        return False
    if not how.space or without_trailer(message) != cleaned(template, how):
        return False
    _write(file, template)
    return True


def _write(file: str, content: bytes) -> None:
    try:
        with open(file, "wb") as stream:  # noqa: PTH123
            stream.write(content)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from None


def _base(commit: Committing) -> str:
    """What the commit's changes are measured against; empty where there is nothing, or it is a merge."""
    parents = commit.parents()
    if parents is None:
        return ""
    if not commit.amends():
        return "HEAD"
    return "HEAD^" if len(parents) == 1 else ""


def _text(commit: Committing, name: str) -> str | None:
    found = commit.blob(name)
    return None if found is None else found.decode("utf-8", "replace")


def _judged(commit: Committing, base: str, text: str, message: bytes) -> Told:
    changes = commit.changes(base)
    policy = _policy(commit, changes, text)
    layout = _layout(commit, base, policy.layout, changes)
    classify = Classifier(layout, policy.governed)
    block = parse(message)
    degrees = _Degrees(commit, text, classify, message) if _ASKED.search(text) else None
    staged = Staged(
        _asked(changes, classify, degrees),
        block,
        recorded=any(_is_new_record(change, classify) for change in changes),
        reverts=_takes_back(commit, changes, message, classify),
        lane=degrees.lane(changes) if degrees is not None and not stories(block).ids else Lane(),
        brings=frozenset(classify.of(one).path for one in changes if one.new_mode != ABSENT),
        fixes=message.startswith((b"fixup! ", b"squash! ", b"amend! ")),
    )
    known = _Stories(commit, layout, base, [change.path for change in changes])
    notes = [*uncounted(staged), *_undocumented(commit, base, layout, changes)]
    wrong = complaints(staged, known, policy.level, known.begun, known.suspects, known.before)
    wrong = wrong or finished(staged, policy.level, known.done)
    return Told(wrong, notes)


def _undocumented(commit: Committing, base: str, layout: Layout, changes: Sequence[Change]) -> list[str]:
    """Of the stories and epics that the commit brings into the lock, those whose documents it does not hold."""
    if not any(layout.is_lock(change.path) for change in changes):
        return []
    before, after = ({*_DOCUMENTED.findall(commit.blob(f"{at}:{layout.lock}") or b"")} for at in (base, ""))
    new = [name.decode("utf-8", "replace") for name in sorted(after - before)]
    folders = dict.fromkeys(folder for place in layout.places for folder in (place.epics, place.stories))
    files = [path for folder in folders if new for path in commit.files(folder or ".") if layout.kind(path)]
    return undocumented(new, files, layout.lock)


def _policy(commit: Committing, changes: Sequence[Change], text: str) -> glimpse.Policy:
    """What stands in the base; a base that cannot be read may be mended. Raises: UsageError on a broken change."""
    new = _text(commit, f":{POLICY}") if any(change.path == POLICY.encode() for change in changes) else None
    if new is not None:
        parse_settings(new)
    try:
        return glimpse.policy(text)
    except UsageError:
        if new is None:
            raise
        return glimpse.policy(new)


def _layout(commit: Committing, base: str, layout: Layout, changes: Sequence[Change]) -> Layout:
    """Where everything stands by the base; the first map of a project may name another intent, and it may move."""
    changed = {change.path.decode("utf-8", "surrogateescape") for change in changes}
    one = len(layout.places) == 1
    named: dict[str, None] = {}
    for place in layout.places:
        moves = place.register in changed
        if one or moves:
            named |= dict.fromkeys(_named(commit, f"{base}:{place.register}"))
        if moves:
            to = (
                path for name in _named(commit, f":{place.register}") for path in _files(commit, base, place, name)
            )
            named |= dict.fromkeys(path for path in to if commit.blob(f"{base}:{path}") is None)
    layout = layout.naming(next(iter(named))) if one and named else layout
    layout = replace(layout, elsewhere=tuple(named))
    for own in layout.places:
        layout = layout.with_place(_found(commit, base, own)) if is_sharded(own.intent) else layout
    return layout


def _named(commit: Committing, register: str) -> list[str]:
    """The intent that a version of a register names, where it may be one."""
    text = _text(commit, register)
    named = glimpse.intent(text) if text is not None else None
    return [named] if named is not None and may_be_intent(named) else []


def _files(commit: Committing, base: str, place: Place, intent: str) -> tuple[str, ...]:
    named = place._replace(intent=intent)
    return (_found(commit, base, named) if is_sharded(intent) else named).files


def _found(commit: Committing, base: str, place: Place) -> Place:
    """An intent with its files, those of the base and those that come."""
    from bmad.core.shards import index_of, order  # noqa: PLC0415 - few intents have several files

    folder, index = folder_of(place.intent), index_of(place.intent)
    names = [path for path in commit.files(folder or ".") if path.rpartition("/")[0] == folder.removesuffix("/")]
    texts = [_text(commit, f"{where}:{index}") for where in (base, "")]
    found = (path for text in texts for path in order(place.intent, text, names))
    return place._replace(shards=tuple(dict.fromkeys(found)))


def _is_new_record(change: Change, classify: Classifier) -> bool:
    return change.old_mode == ABSENT and classify.of(change).klass is PathClass.RECORD


def _takes_back(commit: Committing, changes: Sequence[Change], message: bytes, classify: Classifier) -> bool:
    known = [commit.between(back, name) for name, back in each_reverted(message)]
    done = [own for own in known if own is not None]
    if len(done) < 2 or len(done) < len(known):  # noqa: PLR2004 - most take back one alone
        return len(done) == len(known) == 1 and inverts(changes, done[0], classify.of)
    return inverts_all(changes, done, classify.of)


def _asked(changes: Sequence[Change], classify: Classifier, degrees: "_Degrees | None") -> Sequence[Classified]:
    """The paths that need something; beside governed files that is all of them."""
    every = [classify.of(change) for change in changes]
    if degrees is None or any(at.klass in GOVERNING for at in every):
        return every
    return [at for at, change in zip(every, changes, strict=True) if not degrees.exempts(change)]


_ASKED = re.compile(r"\b(?:exempt|trivial)\b")
"""Whether a policy may have more to say of commits than every hook reads."""


class _Degrees:
    """What the policy lets pass without a story: paths for everyone or for the author, and tiny changes.

    Whether one of `gate.signers` signs the commit is not known before it is made, and left to the gate.
    """

    def __init__(self, commit: Committing, text: str, classify: Classifier, message: bytes) -> None:
        from bmad.core.gate.exempt import Exempt  # noqa: PLC0415 - few policies exempt anything

        self._commit, self._classify = commit, classify
        try:
            settings = parse_settings(text)
        except UsageError:  # of the base, which the change may mend
            settings = Settings()
        self._oracle, self._lane = settings.oracle, settings.gate.trivial
        gate, today = settings.gate, datetime.now(UTC).date()
        every = Exempt(gate.exempt, (), today, gate.governed_change, oracle=settings.oracle)
        self._exempt = every.by(Commit("", "", (), commit.author(), (), message)) if gate.exempt else every

    def exempts(self, change: Change) -> bool:
        """Whether the author may make the change; the territories of stories are left to the gate."""
        return self._exempt.grants(self._classify.of(change), change) is not None

    def lane(self, changes: Sequence[Change]) -> Lane:
        lane = self._lane
        if lane is None:
            return Lane()
        code = [one for one in changes if not self.exempts(one)]
        faults, lines = [], 0
        for change in code[: lane.files + 1]:
            at = self._classify.of(change)
            fault = path_fault(at, change, lane, self._oracle)
            touch = Touch(0, fault) if fault else self._touch(change, lane.lines)
            lines += touch.lines
            faults += [f"{at.path} is no tiny change: {touch.fault}."] if touch.fault else []
        if len(code) > lane.files:
            faults.append(
                f"A tiny change is of at most {lane.files} files (gate.trivial), and this is of {len(code)}."
            )
        if lines > lane.lines:
            faults.append(f"A tiny change adds and removes at most {lane.lines} lines (gate.trivial).")
        return Lane(there=True, faults=faults)

    def _touch(self, change: Change, most: int) -> Touch:
        old, new = (self._commit.blob(name) or b"" for name in (change.old_blob, change.new_blob))
        return measured(old, new, most)


class _Stories:
    """The stories as the commit will hold them: those of the index, found by their file's name first."""

    def __init__(self, commit: Committing, layout: Layout, base: str, changed: Sequence[bytes]) -> None:
        self._commit = commit
        self._layout = layout
        self._base = base
        self._changed = changed
        self._files: list[str] | None = None
        self._found: dict[str, str] = {}
        """Story -> the path that it stands at, of those that were asked for."""
        self._done: dict[str, str] = {}
        """Story -> where it was done, where that was not here."""

    def _paths(self) -> list[str]:
        if self._files is None:
            folders = dict.fromkeys(place.stories for place in self._layout.places)
            every = (path for folder in folders for path in self._commit.files(folder or "."))
            self._files = [path for path in every if self._layout.kind(path) is Kind.STORY]
        return self._files

    def done(self, name: str) -> tuple[str, str] | None:
        """Where a story that was found was done, and its document, where nothing of it has landed here."""
        record = self._layout.record_path(name, 1)
        done = self._done.get(name) and self._commit.blob(f"{self._base}:{record}") is None
        return (self._done[name], self._found[name]) if done else None

    def begun(self, name: str) -> list[str]:
        """The ids, as file names tell them, that begin with a name."""
        files = (path.rpartition("/")[2].removesuffix(".md") for path in self._paths())
        return sorted({"-".join(one.split("-")[:2]) for one in files if one.startswith(name)})

    def suspects(self, name: str) -> list[tuple[str, str, bool]]:
        """The links of the chain of a story that was found whose upper end has changed, or (True) is not said."""
        from bmad.core.fingerprint import fingerprint  # noqa: PLC0415 - a commit of documents needs none of it
        from bmad.store.chain import suspects  # noqa: PLC0415 - likewise

        path = self._found[name]
        return [*suspects(self._layout, lambda file: self._commit.blob(f":{file}"), path, fingerprint)]

    def before(self, name: str) -> Territory | None:
        """The territory that a story had, where the commit changes its document; else None.

        None of one without any, and of one that is new where this lands: what is said of these is the gate's.
        """
        begins = (f"{name}.md".encode(), f"{name}-".encode(), self._found[name].rpartition("/")[2].encode())
        for path in (one for one in self._changed if one.rpartition(b"/")[2].startswith(begins)):
            file = path.decode("utf-8", "surrogateescape")
            text = _text(self._commit, f"{self._base}:{file}")
            found = glimpse.story(file, text) if text is not None else None
            if found is not None and found.id == name and found.territory and self._is_there(name, file):
                return found.territory
        return None

    def _is_there(self, name: str, file: str) -> bool:
        from bmad.git.read.bases import places  # noqa: PLC0415 - few commits change the territory of a story

        known = ("refs/remotes/origin/HEAD", *places(None))
        main = next((ref for ref in known if self._commit.blob(ref) is not None), None)
        return main is not None and f"{name}:" in (_text(self._commit, f"{main}:{file}") or "")

    def __call__(self, name: str) -> Territory | None:
        likely = (f"{name}.md", f"{name}-")
        for path in sorted(self._paths(), key=lambda path: not path.rpartition("/")[2].startswith(likely)):
            text = _text(self._commit, f":{path}")
            if text is not None and f"{name}:" in text:
                found = glimpse.story(path, text)
                if found is not None and found.id == name:
                    self._found[name] = path
                    self._done[name] = found.done_elsewhere
                    return found.territory
        return None
