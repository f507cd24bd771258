"""The task that shows whether an agent can work: read a file, run a command, answer in the schema."""

from bmad.model.agents import Outcome, answers_by_file
from bmad.model.settings import AgentSettings

FILE = "word.txt"
COMMAND = ("cksum", FILE)

_TASK = f"""\
This is a test of whether you can work here; it is no task of the project. Do two things and nothing else:

1. Read the file {FILE} in the folder that you are started in. It holds one word.
2. Run the command `{" ".join(COMMAND)}` in your shell. It prints two numbers.

Change no file. Your answer is one JSON object. Its key `summary` is the word, a blank and the first number.
"""
_BY_FILE = """\
Write it to the file that the environment variable BMAD_RESULT names.
"""
_SPOKEN = """\
It is the last thing that you say, in the schema that you are given for it, with nothing around it.
"""


def prompt(agent: AgentSettings) -> str:
    """What an agent is told."""
    return _TASK + (_BY_FILE if answers_by_file(agent) else _SPOKEN)


def verdict(outcome: Outcome, word: str, number: str) -> tuple[bool, str]:
    """Whether an agent can work, and how that was seen, as a sentence."""
    if outcome.fault is not None:
        return False, outcome.words
    said = str((outcome.answer or {}).get("summary", ""))
    read, ran = word in said, number in said
    if read and ran:
        return True, "It reads a file, runs a command in its sandbox and answers in the schema."
    missing = " and ".join(
        words for words, done in (("what the file holds", read), ("what the command printed", ran)) if not done
    )
    return False, f"It answered in the schema, but without {missing}: “{said[:200]}”."
