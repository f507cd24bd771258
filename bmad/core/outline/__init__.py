"""The deterministic mapper: an intent's text to a draft of statements, requirements, epics and stories.

Pure: no files, no clock, no model. `outline` is its one door.
"""

from bmad.core.outline.mapper import outline

__all__ = ["outline"]
