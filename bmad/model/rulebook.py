"""Rules as people read them: what each checks, and the way out; of `bmad validate` as examples that can be run."""

from typing import NamedTuple

from bmad.model.findings import Finding, Severity


class Described(NamedTuple):
    """A rule in words, for tools that show findings: what it finds, how grave that is, and the way out."""

    code: str
    name: str
    checks: str
    severity: Severity
    """The gravest that it has."""
    mend: str


class Change(NamedTuple):
    """In the document at `path` the words `stands` become `written`; without `stands` that is added at its end."""

    path: str
    stands: str
    written: str


class Example(NamedTuple):
    """What a rule finds in the sample once it is changed, and does not find in it once it is mended."""

    severity: Severity
    fails: Change
    mended: str
    """What stands there instead of `fails.written` once it is mended."""
    beside: tuple[Change, ...] = ()
    """What the sample has otherwise in both cases."""
    tracked: tuple[str, ...] = ()
    """The paths that git tracks."""
    retired: str = ""
    """An id that the lock holds as retired."""
    confirmed: bool = True
    """Whether the links were confirmed once the change was made."""


class Rule(NamedTuple):
    code: str
    name: str
    checks: str
    examples: tuple[Example, ...]


class Examined(NamedTuple):
    """An example that was run: what its rule says of the changed sample, and what all say of the mended one."""

    rule: Rule
    example: Example
    found: tuple[Finding, ...]
    left: tuple[Finding, ...]
