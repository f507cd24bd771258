"""All words that the outline mapper writes without its author: the one list of them."""

FROM = "From “{}”."
"""Where a story or an epic comes from: the headings above it."""
PATH = " > "
"""Between the headings of a path."""
UNTITLED, INTENT = "Untitled", "Intent"
"""The title of what has no words of its own, and of an intent without a heading."""
CELLS = ", "
"""Between the cells of a user story that is a row, each after the head of its column."""
HEADED = ": "
"""Between the head of a column and what a row says in it."""
NAMES = "; "
"""Between the bare names of a list that completes a sentence, and between the cells of other rows."""
BULLET = "- "
FENCE = "```"

ALL = (FROM, PATH, UNTITLED, INTENT, CELLS, HEADED, NAMES, BULLET, FENCE)
