"""The examples of the rules, run on the sample as `bmad validate` runs."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager

from bmad.core.graph import build
from bmad.core.lock import renew
from bmad.core.rulebook.rules import RULES
from bmad.core.rulebook.sample import SAMPLE
from bmad.errors import UsageError
from bmad.model.findings import Finding
from bmad.model.layout import POLICY, Layout
from bmad.model.lock import Lock
from bmad.model.rulebook import Change, Examined, Example
from bmad.model.standing import Standing
from bmad.pipeline.spec.validate import validate
from bmad.ports.files import Formats, Writer

_POLICY = "version: 1\ngate: {since: root}\n"
_OTHERWISE = "0" * 64
"""The fingerprint of what was retired: that of nothing that is there."""


class Held:
    """A work tree that is held in memory and only read."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def read(self, path: str) -> str | None:
        return self._files.get(path)

    def spec_paths(self, layout: Layout) -> Iterable[str]:
        return sorted(path for path in self._files if layout.kind(path) is not None)

    def markdown_in(self, folder: str) -> Iterable[str]:  # noqa: ARG002 - the sample's intent is one file
        return ()

    def standing(self) -> Standing:
        return Standing()

    def held_lock(self, path: str) -> str | None:  # noqa: ARG002 - as above
        return None

    def record_paths(self, layout: Layout) -> Iterable[str]:  # noqa: ARG002 - the sample has none
        return ()

    def writing(self, what: str) -> AbstractContextManager[Writer]:
        """Raises: UsageError, always."""
        raise UsageError(f"{what} writes, and the sample is only read.")


def examined(formats: Formats) -> Iterator[Examined]:
    """Each example of each rule with what is found in it."""
    for rule in RULES:
        for example in rule.examples:
            mend = example.fails._replace(written=example.mended)
            found = (one for one in _run(formats, example, example.fails) if one.code == rule.code)
            yield Examined(rule, example, tuple(found), _run(formats, example, mend))


def _run(formats: Formats, example: Example, change: Change) -> tuple[Finding, ...]:
    """What is found in the sample so changed; the lock is up to date, but for what is retired or not confirmed."""
    before = {**SAMPLE, POLICY: _POLICY}
    for one in example.beside:
        before = _changed(before, one)
    after = _changed(before, change)
    known = after if example.confirmed else before
    layout = Layout()
    documents = [formats.document(path, text, kind) for path, text in known.items() if (kind := layout.kind(path))]
    old = Lock(retired={example.retired: _OTHERWISE}) if example.retired else Lock()
    lock = formats.render_lock(renew(build(documents), old))
    return validate(Held({**after, layout.lock: lock}), formats, tracked=example.tracked).findings


def _changed(files: Mapping[str, str], change: Change) -> dict[str, str]:
    text = files[change.path]
    if not change.stands:
        return {**files, change.path: text + change.written}
    if text.count(change.stands) != 1:
        raise UsageError(f"`{change.stands}` stands {text.count(change.stands)} times in {change.path}.")
    return {**files, change.path: text.replace(change.stands, change.written)}
