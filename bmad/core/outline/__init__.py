"""The deterministic mapper: an intent's text to a draft of statements, requirements, epics and stories.

Pure: no files, no clock, no model. `outline` is its one door, and `remembering` the same door for those who keep
what it judged; `read`, `judge` and `compose` are its stages.
Every word of a draft is the intent's own, in its order, or one of `labels`.
"""

from bmad.core.outline.mapper import outline, remembering
from bmad.core.outline.read.markdown import PARSER

__all__ = ["PARSER", "outline", "remembering"]
