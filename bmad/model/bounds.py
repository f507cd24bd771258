"""How much the gate reads and holds: one place, each number with its reason.

A change that is judged is written by anybody, and a pack of a few kilobytes unfolds to gigabytes. So whatever
grows with what the change brings has a bound, looked at before it is held; beyond it the range cannot be judged
(G12, exit 3), and the words name the number. `GATE_SECONDS` and `GATE_MEMORY` keep any gate below 60 seconds of
CPU time and 1 GiB, also where several of the others are nearly reached at once; honest ranges stay far from each.
"""

from typing import NamedTuple

from bmad.errors import TooLargeError

MIB = 1 << 20

TOO_MANY = "The range has more than {most} {what}, which is as many as the gate holds. Judge it in parts."


class Tally:
    """Counts what a range brings against the most that is held. Not thread-safe."""

    def __init__(self, what: str, most: int) -> None:
        self._what = what
        self._most = most
        self._total = 0

    def add(self, number: int) -> None:
        """Raises: TooLargeError where it is more than the most."""
        self._total += number
        if self._total > self._most:
            raise TooLargeError(TOO_MANY.format(what=self._what, most=self._most))


COMMITS = 100_000
"""Commits of one range; about 25 s of work. An older history is audited in parts."""


SIGNATURES = 2_000
"""Signatures of commits and records of one range; each takes a process of some 5 ms."""


class Bound(NamedTuple):
    """Bytes of one object, and of all that are read in one go; `what` is what they are, as a plural."""

    what: str
    one: int
    every: int


COMMIT = Bound("commits", 4 * MIB, 48 * MIB)
"""With their headers; a MiB of short lines takes half a second to read. Honest ones have half a kilobyte each."""

LISTED_BYTES = 64 * MIB
"""Bytes of the list of a range's commits with their parents."""

HEADERS = 1_000
"""Headers of one commit, parents among them; the widest merges that are known have less than a hundred parents."""

ALL_HEADERS = 1_500_000
"""Headers of all commits of a range, at about 120 bytes of memory; an honest commit has five or six."""

FILE = Bound("files", 16 * MIB, 256 * MIB)
"""Files that are read whole, and held together: intents, policies, records, old versions."""

TREE = Bound("trees", 16 * MIB, 256 * MIB)
"""A tree of 300,000 files; to look through all takes about 12 s. The trees of Linux have 4 MiB together."""

PATHS = 500_000
"""Changed paths of all commits and of the net change; each takes about 600 bytes until it is judged."""

PATHS_BYTES = 256 * MIB
"""Bytes of what git lists of changes, so that half a million paths of 4,096 bytes each are none."""

MAX_DIFF = 4 * MIB
"""Bytes of one difference as text; where it has more, `CUT` stands at its end."""

CUT = f"\n[The difference is longer than {MAX_DIFF // MIB} MiB; the rest is left out.]\n"

TEXTS_BYTES = 256 * MIB
"""Of the differences that the records of a range say were shown to reviewers."""

MERGES_BYTES = 64 * MIB
"""Bytes that git says of computed merges: their conflicts, path by path."""

GATE_SECONDS = 56
"""CPU seconds of a gate and its gits; 100,000 commits take about 6, ten thousand items in 500 states about 30."""

GATE_MEMORY = 848 * MIB
"""Bytes that a gate and its gits hold together, beyond Python's own; files that they map do not count."""

GIT_SECONDS = 25
"""CPU seconds of all gits together that read what a range brings, such as folders in folders without any file."""

GIT_MEMORY = 512 * MIB
"""Bytes that one such git may allocate, where so much is left."""

GIT_LEAST = 64 * MIB
"""Bytes that a git may allocate in any case, or it would not even start."""

DOCUMENT = Bound("documents of the specification", 4 * MIB, 96 * MIB)
"""One version of a document, a book; and all versions that a range brings, each read once."""

PARTS = 50_000
"""Headings, and so items, of one document; ten thousand requirements are a large project."""

CRITERIA = 2_000
"""Acceptance criteria of one story."""

REFERENCES = 50_000
"""Ids in one field of one item: an epic may cover as many as a document holds."""

GLOBS = 5_000
"""Globs in one territory."""

FAULTS = 1_000
"""Faults of one document that are told one by one."""

FINDINGS = 50_000
"""Findings of a specification that are told, at about 1.6 kB each; a newly mapped item has one or two."""

ALL_PARTS = 200_000
"""Items and criteria of all versions of documents together, each about 1.6 kB of memory."""

MAILMAP = Bound("mailmaps", MIB, 32 * MIB)
"""That of Linux has 60 kilobytes."""

LINK = Bound("links in the place of governed files", 4096, MIB)
"""No system follows a longer one."""

POLICY = Bound("versions of bmad.yaml", 256 << 10, 8 * MIB)
"""A policy has a few kilobytes; to read YAML takes some seconds a MiB."""

LOCK = Bound("versions of the lock", 32 * MIB, 4096 * MIB)
"""A statement with its requirement, story and criterion takes 910 bytes: 35,000 of them. Each version is read
once, and only what it has otherwise is kept; a gate with two versions of 20,000 statements holds 440 MiB."""

LOCK_LINES = 1_500_000
"""Lines that versions of the lock have otherwise than one another, at about 250 bytes each; a large project has
30,000 in one version, and changes some dozens at a time."""

NODE_PARTS = 2000
"""Parts of one node that a mapper wrote, as the lock has them; there are some twenty kinds, and each criterion is
one: a requirement in the wild has 113."""

LOCK_PARTS = 1_000_000
"""Parts of all nodes of one version of the lock, at about 110 bytes each; ten thousand items have some 60,000."""

STATES = 5_000_000
"""Documents and items of all states of the specification together, at about 100 bytes each."""

SHARDS = 2_500_000
"""Files of its intents to look up, in all states together: five hundred in five thousand states."""

LISTED = 50_000_000
"""Files in the folders of the specification, in all states together; each is looked at."""

RECORD = Bound("records", 16 * MIB, 32 * MIB)
"""One has some kilobytes; the landing of 60,000 files has 16 MiB."""

TINY = Bound("files of tiny changes", 16 * MIB, 64 * MIB)
"""Before and after; of more than 5,000 lines none is compared."""

COMPARED = 5_000_000
"""Lines of files with tiny changes times the lines that such a change may have: fifty files of 2,000 lines."""

RECORD_VALUES = 500_000
"""Values of one record, five for each file that it names: a value of four bytes may take a kilobyte where it is at
fault."""

ALL_RECORD_VALUES = 2_000_000
"""Values of all records that are read for a range; thousands of landings have less than a million."""

RECORD_PATHS = 5_000_000
"""Changed paths that records are held against, record by record."""

KIN = 5_000_000
"""Commits outside of the history that are looked through for the base and head of records."""

NAMED_MERGES = 2_000
"""Merges that reverts take back, each of which costs a git of its own."""

BROUGHT = 100_000
"""Commits that those merges brought; their bytes are bounded as those of the range are."""

STORY_STATES = 2_000_000
"""States of the specification times stories that the range brings, each of which is judged in each state."""

CHAINED = 1_000_000
"""Links of all chains of stories, each chain once for each row of items that it runs through."""

WALKED = 10_000_000
"""Links of the chains of stories that the range brings, in each state that they stand in; about 25 s."""

TRIED = 40_000_000
"""Globs tried on paths: paths of commits, and of the net change, times the states of the territories that they are
held against; about 20 s."""

SEARCHED = 3_000_000_000
"""Characters of the intent that are looked through for quotes that do not stand in it; about 10 s."""

LONG = 1 << 16
"""Of an intent of so many characters it is kept what was made of it: of less all is made anew in a blink."""
