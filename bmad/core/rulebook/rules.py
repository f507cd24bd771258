"""Each rule by its code: what it checks, and examples that fail in the sample, with their mends."""

from bmad.model.findings import Severity
from bmad.model.layout import POLICY, Place
from bmad.model.rulebook import Change, Example, Rule

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.INFO

PRD, REGISTER = Place().prd, Place().register
_FIND = "stories/STORY-find01-find-notes.md"
_STORE = "stories/STORY-store1-store-a-note.md"
_CRITERION = "- **AC-1** Given a new note, when it is saved, then exactly 1 file is written.\n"
_DEMAND = "The tool shall store a note as one file."
_STORED = "### FR-store1: Store a note as one file\n\n- Priority: must\n- Traces: INT-req002\n"
_SEARCH = "# STORY-find01: Find notes by tag\n\n- Epic: EPIC-notes1\n"


def _example(severity: Severity, path: str, mended: str, fails: str) -> Example:
    """An example whose mend is what stands in the sample."""
    return Example(severity, Change(path, mended, fails), mended)


def _demand(severity: Severity, fails: str, mended: str) -> tuple[Example, ...]:
    """An example of the text of a requirement."""
    return (Example(severity, Change(PRD, _DEMAND, fails), mended),)


RULES: tuple[Rule, ...] = (
    Rule(
        "V01",
        "Grammar",
        "A document, the lock or the intent breaks its grammar: what looks like an item, a field or a "
        "criterion and does not parse, a field that stands twice, a value that is none, the marks of a merge, "
        "a file that git holds unmerged.",
        (_example(_ERROR, PRD, "### FR-store1: Store", "### FR-store1 Store"),),
    ),
    Rule(
        "V02",
        "One id, one thing",
        "An id is defined twice, or the name of a file does not begin with the id of what is in it, or two ids or "
        "files of stories or epics differ in upper and lower case alone.",
        (_example(_ERROR, PRD, "### FR-store1: Store", "### FR-find01: Store"),),
    ),
    Rule(
        "V03",
        "References",
        "A reference names nothing, something that was retired, or a thing of the wrong kind.",
        (_example(_ERROR, _FIND, "- Epic: EPIC-notes1\n", "- Epic: EPIC-notes2\n"),),
    ),
    Rule(
        "V04",
        "No circles",
        "References run in a circle; all its members are named, in their order.",
        (
            _example(
                _ERROR,
                _STORE,
                "- Implements: FR-store1\n",
                "- Implements: FR-store1\n- Depends on: STORY-find01\n",
            ),
        ),
    ),
    Rule(
        "V05",
        "Nothing asked is lost",
        "A goal, a requirement or a constraint of the intent reaches no requirement of the PRD.",
        (_example(_ERROR, PRD, "- Traces: INT-goal01, INT-req001\n", "- Traces: INT-req001\n"),),
    ),
    Rule(
        "V06",
        "No gold plating",
        "A requirement traces to no statement of the intent, or only to what the intent rules out.",
        (_example(_ERROR, PRD, "- Traces: INT-req002\n", "- Traces: INT-non001\n"),),
    ),
    Rule(
        "V07",
        "Nothing required is left undone",
        "No story implements a requirement, or an epic has no story. A requirement that holds for all work "
        "needs none, and one that was imported and says why it has none (`No story`) is a warning. Where its own "
        "project has settled it (all stories of its epics are done elsewhere, or its documents put it off), one "
        "note tells of all such of a document.",
        (_example(_ERROR, _FIND, "- Implements: FR-find01\n", "- Implements: FR-store1\n"),),
    ),
    Rule(
        "V08",
        "No story without a reason",
        "A story implements nothing, or has no epic.",
        (_example(_ERROR, _FIND, _SEARCH, _SEARCH.replace("- Epic: EPIC-notes1\n", "")),),
    ),
    Rule(
        "V09",
        "Criteria that can be tested",
        "A story has no criteria, or an empty one. A criterion that ends in vague words (the lists of V21 and "
        "V24) is a warning: all that it asks for cannot be tested.",
        (
            _example(_ERROR, _STORE, _CRITERION, "- **AC-1**\n"),
            _example(
                _WARNING, _STORE, _CRITERION, "- **AC-1** Given a new note, when it is saved, then it is quick.\n"
            ),
        ),
    ),
    Rule(
        "V10",
        "Quotes are the intent's own words",
        "The quote of a statement does not stand in the intent, or the intent is not there. White space aside "
        "it must stand there sign for sign.",
        (_example(_ERROR, REGISTER, "> Notes are found by tag.\n", "> Notes are found by name.\n"),),
    ),
    Rule(
        "V11",
        "Suspect links",
        "What a link leads up to has changed since the link was confirmed, or the lock does not know the link."
        " Where the new words hold for what is below, confirm it: `bmad confirm STORY-… --why …`. The gate "
        "refuses it.",
        (
            _example(
                _WARNING, PRD, "The tool shall find notes by tag.\n", "The tool shall find notes by tag or date.\n"
            )._replace(confirmed=False),
        ),
    ),
    Rule(
        "V12",
        "Ids are for life",
        "An id that was retired names something else. A warning, where git holds a lock that names an item, and "
        "does not yet hold the item's document: whoever clones that has the line and not the item.",
        (_example(_ERROR, PRD, "### FR-store1: Store", "### FR-old001: Store")._replace(retired="FR-old001"),),
    ),
    Rule(
        "V13",
        "Open questions",
        "A mark `[NEEDS CLARIFICATION: …]` stands outside fenced code. What the intent asks is told there, once, "
        "and names the items that quote it. `bmad act` does not begin such a story.",
        (
            Example(
                _WARNING,
                Change(_FIND, "Kept as they are:", "[NEEDS CLARIFICATION: kept for how long?]"),
                "Kept for 30 days:",
            ),
        ),
    ),
    Rule(
        "V14",
        "Stories of one run",
        "A story that has not landed is too large: its criteria, the globs of its territory, or the characters"
        " to be read for it (its document, its requirements and their statements). The limits are "
        "`spec.criteria` (15), `spec.territory` (20) and `spec.context` (12,000) in `bmad.yaml`.",
        (
            _example(
                _WARNING,
                _STORE,
                _CRITERION,
                _CRITERION
                + "- **AC-2** Given a note, when it is deleted, then its file is gone.\n"
                + "- **AC-3** Given a note, when it is renamed, then its file is, too.\n",
            )._replace(beside=(Change(POLICY, "", "spec: {criteria: 2}\n"),)),
        ),
    ),
    Rule(
        "V15",
        "Stories in each other's way",
        "Stories that have not landed and that nothing orders claim the same file, the same folder, or one in "
        "the other's. That is no fault where the work is light to join, so it is a note. Each folder is told "
        "once.",
        (
            Example(
                _NOTE,
                Change(
                    _FIND,
                    "- Depends on: STORY-store1\n- Territory: `src/find.py`, `tests/find/**`\n",
                    "- Territory: `src/find.py`, `src/store.py`\n",
                ),
                "- Depends on: STORY-store1\n- Territory: `src/find.py`, `src/store.py`\n",
            ),
        ),
    ),
    Rule(
        "V16",
        "Musts wait for musts",
        "A story of a must waits for one that serves only what should or could be. A story is as urgent as the"
        " most urgent requirement that it implements; what has landed keeps nobody waiting.",
        (_example(_WARNING, PRD, _STORED, _STORED.replace("must", "could")),),
    ),
    Rule(
        "V17",
        "Territories inside the repository",
        "A territory is absolute, leaves the repository, cannot be read, or holds a governed file, a document "
        "of the specification or a record.",
        (_example(_ERROR, _STORE, "- Territory: `src/store.py`\n", "- Territory: `../store.py`\n"),),
    ),
    Rule(
        "V18",
        "A territory for each story",
        "A story has no territory, so at level `scoped` it covers no code. The mapper cannot know it. One that "
        "was done before bmad came (`Done elsewhere`) needs none.",
        (
            _example(
                _WARNING,
                _STORE,
                "- Implements: FR-store1\n- Territory: `src/store.py`\n",
                "- Implements: FR-store1\n",
            ),
        ),
    ),
    Rule(
        "V19",
        "Territories that match",
        "A glob of a story that has not landed matches no tracked path and is no plain name of what is still "
        "to be made, or it differs from what is there in upper and lower case alone. Or a glob of `oracle` in "
        "`bmad.yaml` holds no tracked path, and so keeps no file from agents.",
        (
            Example(
                _WARNING,
                Change(_STORE, "- Territory: `src/store.py`\n", "- Territory: `src/{store,note}.py`\n"),
                "- Territory: `src/store.py`, `src/note.py`\n",
                tracked=("src/find.py", "src/note.py", "src/store.py", "tests/find/test_find.py"),
            ),
        ),
    ),
    Rule(
        "V20",
        "Words that are still missing",
        "A requirement or criterion holds `TBD`, `to be defined` or the like, outside code and quotes. A "
        "warning: nobody can build it. INCOSE C4 (complete); ISO/IEC/IEEE 29148, 5.2.5.",
        _demand(
            _WARNING,
            "The tool shall store a note in at most TBD files.",
            "The tool shall store a note in at most 1 file.",
        ),
    ),
    Rule(
        "V21",
        "Vague words",
        "A word that each reader measures by another measure: `user-friendly`, `appropriate`, `as expected`, "
        "`various`, `and/or`. It is left alone where a number, an example, a quote, words in brackets or "
        "behind a colon say in the same sentence what it comes to, and in the reason of a demand (`so that "
        "…`). A note, since some of these words are plain to those who work there. INCOSE R7; ISO/IEC/IEEE "
        "29148, 5.2.7.",
        _demand(
            _NOTE,
            "The tool shall store a note under an appropriate name.",
            "The tool shall store a note under its title, in lower case.",
        ),
    ),
    Rule(
        "V22",
        "Escape clauses",
        "Words that leave it to whoever builds it: `where possible`, `if needed`, `as far as practical`. A "
        "note, since the case is sometimes clear from what stands around. INCOSE R8.",
        _demand(
            _NOTE,
            "The tool shall keep the old file where possible.",
            "The tool shall keep the old file, unless the disk is full.",
        ),
    ),
    Rule(
        "V23",
        "Open lists",
        "A list that ends in `etc.`, `and so on`, `including but not limited to`. A note, since in an aside it"
        " does no harm. INCOSE R9.",
        _demand(
            _NOTE,
            "The tool shall store text, images, etc.",
            "The tool shall store text, PNG and JPEG.",
        ),
    ),
    Rule(
        "V24",
        "Speeds and sizes have numbers",
        "What is asked for is to be fast, small, scalable or the like, and the sentence holds no number. A "
        "warning: no test can tell whether it holds. Names such as `quick start` are left alone. INCOSE R34.",
        _demand(
            _WARNING,
            "Storing a note shall be fast.",
            "Storing a note shall be fast: at most 50 ms for 1 MB.",
        ),
    ),
    Rule(
        "V25",
        "One demand in a sentence",
        "A sentence of a requirement holds a second demand of its own. A note, since some write a whole "
        "ability in one sentence and its parts as criteria. INCOSE R18.",
        _demand(
            _NOTE,
            "The tool shall store a note as one file, and the file shall bear the note's title.",
            "The tool shall store a note as one file with the note's title for a name.",
        ),
    ),
    Rule(
        "V26",
        "Pronouns",
        "A requirement or criterion begins with a pronoun as the subject of its demand. A note: a title or "
        "heading may name what is meant, but a requirement is quoted without it. INCOSE R24.",
        _demand(_NOTE, "It shall store a note as one file.", _DEMAND),
    ),
    Rule(
        "V27",
        "Contradictions",
        "Two requirements say the same of one thing with different numbers, units reckoned (`30 minutes` is "
        "`0.5 h`), or one of them with a negation. Only the same words are compared, little words and their "
        "order aside: it finds candidates among what is said alike, and no more. A warning: one of the two "
        "cannot be met. INCOSE C11 (consistent).",
        (
            Example(
                _WARNING,
                Change(PRD, _DEMAND, "The tool shall not find notes by tag."),
                _DEMAND,
            ),
        ),
    ),
    Rule(
        "V28",
        "Wording that a person has confirmed",
        "A model worded the item (`Proposed by`), and no person has said that it may stand. `bmad confirm` takes "
        "the field away, of the item and of what it hangs from.",
        (_example(_WARNING, PRD, _STORED, f"{_STORED}- Proposed by: claude\n"),),
    ),
)
