"""Why a block is left: one sentence each, as `bmad map` and `bmad show intent` print them."""

CONTENTS = "it belongs to a table of contents"
HISTORY = "it stands under a heading of history or status"
ABOUT = "it tells about the document"
GLOSSARY = "it explains a term"
USERS = "it tells who the users are"
CONTEXT = "it stands under a heading of context"
ASIDE = "it stands under a heading of alternatives or answers"
RESEARCH = "it tells of a market, of others or of a survey"
TEST = "it stands under a heading of tests"
PLAN = "it belongs to a plan of what comes when"
SUMMARY = "it sums up the document"
EXAMPLE = "it explains or gives an example"
PAST = "it tells what was or is so already"
WEIGHS = "it weighs what speaks for or against a choice"
TELLS = "nothing in it asks for anything"
QUESTION = "it asks or doubts something, and not under open questions"
LEAD = "it leads into what follows"
QUOTED = "it is quoted"
DONE = "it is ticked as done"
CODE = "it is code"
LINKS = "it is only a link"
NOTHING = "it says that there is nothing to say"
KEY_WORDS = "it says how key words are read"
REPEATS = "it repeats what stands elsewhere"
DEPENDS = "it says only what waits for what"
SERVES = "it says only what belongs to what"

ALL = (
    CONTENTS, HISTORY, ABOUT, GLOSSARY, USERS, CONTEXT, ASIDE, RESEARCH, TEST, PLAN, SUMMARY, EXAMPLE, PAST,
    WEIGHS, TELLS, QUESTION, LEAD, QUOTED, DONE, CODE, LINKS, NOTHING, KEY_WORDS, REPEATS, DEPENDS, SERVES,
)  # fmt: skip
"""All of them."""
