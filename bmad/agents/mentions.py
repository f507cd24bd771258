"""Programs that take `@NAME` in a prompt for a file, and put what it holds beside the prompt, in a person's name.

Whoever wrote what a prompt only shows would so have a file of their choice read, and speak outside of its fences.
"""

import re

from bmad.agents.vendors import vendor_of
from bmad.model.settings import AgentSettings

_NOTE = (
    "\nWherever an at sign stands in all of the above, a backslash was put before it that is not part of it: "
    "write and quote the sign without that backslash.\n"
)
_PUT = re.compile(rb"\\{1,2}@")
"""The backslash, as it stands in words or in JSON."""


def told(prompt: str, agent: AgentSettings) -> str:
    """A prompt as an agent is given it: where its program knows no other way, no at sign stands alone."""
    if not vendor_of(agent).mentions or "@" not in prompt:
        return prompt
    return prompt.replace("@", "\\@") + _NOTE


def heard(answer: bytes, agent: AgentSettings) -> bytes:
    """An answer without the backslashes that its prompt was given with."""
    return _PUT.sub(b"@", answer) if vendor_of(agent).mentions else answer
