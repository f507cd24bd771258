"""What models cost, as the work tree's own bmad.yaml says."""

from collections.abc import Mapping

from bmad.model.layout import POLICY
from bmad.model.settings import Price
from bmad.ports.files import Formats, Workspace


def prices(workspace: Workspace, formats: Formats) -> Mapping[str, Price]:
    """None where there is no bmad.yaml. Raises: UsageError on a broken one."""
    text = workspace.read(POLICY)
    return formats.settings(text).prices if text is not None else {}
