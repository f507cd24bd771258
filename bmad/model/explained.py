"""What `bmad gate --explain` says: the rules that a range is judged by, and its governed paths."""

from typing import ClassVar

from bmad.model.base import Value
from bmad.model.report import Report
from bmad.model.settings import GateSettings, Level


class ReaderLine(Value):
    """Names that are governed in every repository, and who runs or obeys them.

    A name is a path from the root, or `**/` and a name that counts in any folder, with all that is below it.
    """

    why: str
    names: tuple[str, ...]


class GovernedPath(Value):
    """A governed path of the head or of the range, why it is, and the commits of the range that change it."""

    path: str
    why: str
    changed_by: tuple[str, ...] = ()


class ExemptionLine(Value):
    """An exemption of the policy; `ended` where its last day has passed."""

    paths: tuple[str, ...]
    by: str | None
    """Null: everyone, for plain documents and for what the paths name by its ending."""
    reason: str
    owner: str
    until: str
    ended: bool


class ExplainReport(Report):
    """`policy` is whether the base has one; without it the defaults stand here, and a range can only adopt."""

    NAME: ClassVar[str] = "explain"

    base: str
    """The commit that the policy is taken from."""
    head: str
    target: str | None
    policy: bool
    level: Level
    """The level that holds: the policy's, or the higher one that was asked for."""
    gate: GateSettings
    """The policy's settings of the gate, defaults included."""
    oracle: tuple[str, ...] = ()
    """What the policy names as truth that no agent may write."""
    exempt: tuple[ExemptionLine, ...]
    paths: tuple[GovernedPath, ...]
    """Governed paths that the head holds or the range changes, sorted."""
    readers: tuple[ReaderLine, ...]
    notes: tuple[str, ...] = ()
