"""`bmad completion words`, put together of as little as it needs: a person waits for it at each press of Tab.

What it knows of commands was written down beside them (`cli/words.json`); ids and titles are the headings of the
documents in the work tree, revisions the names in git's files, findings what journal, records and scans hold. It
prints whether files come into question, then a value a line, a tab, and what it is.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bmad.errors import BmadError
from bmad.git.names import revisions
from bmad.model.ids import Kind
from bmad.model.layout import POLICY, Layout
from bmad.store.findings import of_records, of_scans, of_story
from bmad.store.roots import folder_of, root_of
from bmad.store.schemas import TYPES
from bmad.store.settings import parse_settings
from bmad.store.workspace import FileWorkspace

Words = dict[str, Any]
_HEADING = re.compile(r"^#{1,6} ([A-Z][A-Za-z0-9._-]*-[A-Za-z0-9._-]+): (.+)$", re.MULTILINE)
_EVERYWHERE = {
    "--help": "Show what the command takes.",
    "--quiet": "Print results only.",
    "--verbose": "Tell more.",
}
_FILES = ("file", "folder")
_MOST = 70


def run(words: Sequence[str]) -> int:
    """Print what the word at a position may become, given all words from the program's name on; always 0."""
    try:
        at = int(words[0])
        line = [*words[1:], ""]
        found = dict(_told(line[1:at], line[at]))
        files = found.pop("", None) is not None
        sys.stdout.write("files\n" if files else "none\n")
        sys.stdout.writelines(f"{name}\t{_shown(title)}\n" for name, title in found.items())
    except (IndexError, ValueError, OSError, BmadError):
        return 0  # a person types: nothing is told where nothing is known
    return 0


def _shown(title: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in title)
    return plain if len(plain) <= _MOST else f"{plain[:_MOST].rstrip()} …"


def _told(before: Sequence[str], word: str) -> Iterator[tuple[str, str]]:
    """What a word may become, with what it is; the empty one where it may be a file."""
    known: Mapping[str, Words] = json.loads((Path(__file__).parent / "cli/words.json").read_text(encoding="utf-8"))
    typed = [one for one in before if one not in ("-q", "-v", "--quiet", "--verbose", "--debug")]
    typed = typed[1:] if typed[:1] == ["help"] else typed
    name = next((" ".join(typed[:count]) for count in (2, 1) if " ".join(typed[:count]) in known), None)
    if name is None:
        yield from _commands(known, typed, word)
        return
    yield from _of_command(known[name], _joined(typed[len(name.split()) :]), word)


def _commands(known: Mapping[str, Words], typed: Sequence[str], word: str) -> Iterator[tuple[str, str]]:
    if word.startswith("-") and not typed:
        yield from _begun({**_EVERYWHERE, "--version": "Print the version."}, word)
        return
    lead = "".join(f"{one} " for one in typed)
    each: dict[str, str] = {}
    for name in (name for name in known if name.startswith(lead)):
        first, _, rest = name.removeprefix(lead).partition(" ")
        each[first] = ", ".join(filter(None, (each.get(first), rest))) if rest else known[name]["does"]
    yield from _begun(each, word)


def _joined(words: Sequence[str]) -> list[str]:
    """The words of a line, of which bash parts `--format=json` into three."""
    found: list[str] = []
    for word in words:
        if word != "=":
            found += word.split("=", 1) if word.startswith("--") and "=" in word else [word]
    return found


def _of_command(command: Words, typed: Sequence[str], word: str) -> Iterator[tuple[str, str]]:
    options = command["options"]
    lead, equals, value = word.partition("=")
    if equals and lead in options:
        yield from ((f"{lead}={one}", told) for one, told in _of_option(options[lead], value, typed))
    elif typed and typed[-1] in options and options[typed[-1]][1] != ["flag"] and "--" not in typed:
        yield from _of_option(options[typed[-1]], word.removeprefix("="), typed)
    elif word.startswith("-") and "--" not in typed:
        yield from _begun({**{one: told[0] for one, told in options.items()}, **_EVERYWHERE}, word)
    else:
        yield from _argument(command["arguments"], _positions(options, typed), word, typed)


def _of_option(option: Sequence[Any], word: str, typed: Sequence[str]) -> Iterator[tuple[str, str]]:
    _, kinds, choices = option
    yield from _values(kinds, choices, word, typed)


def _positions(options: Words, typed: Sequence[str]) -> int:
    """How many arguments stand before."""
    count, skips, plain = 0, False, False
    for one in typed:
        if skips:
            skips = False
        elif one == "--" and not plain:
            plain = True
        elif one.startswith("-") and not plain:
            skips = one in options and options[one][1] != ["flag"]
        else:
            count += 1
    return count


def _argument(arguments: Sequence[Any], count: int, word: str, typed: Sequence[str]) -> Iterator[tuple[str, str]]:
    last = arguments[-1:] if arguments and arguments[-1][2] else ()
    for kinds, choices, _ in (*arguments[count : count + 1], *last)[:1]:
        yield from _values(kinds, choices, word, typed)


def _values(
    kinds: Sequence[str], choices: Sequence[str], word: str, typed: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The values of some kinds that a word begins; ids without their prefix, too."""
    yield from _begun(dict.fromkeys(choices, ""), word)
    if "story" in kinds or "id" in kinds:
        yield from _ids(word, stories=("id" not in kinds))
    if "revision" in kinds:
        yield from _begun(dict(revisions(folder_of(None))), word)
    if "finding" in kinds:
        yield from _findings(word, typed)
    if "schema" in kinds:
        yield from _begun(dict.fromkeys(TYPES, ""), word)
    if any(kind in kinds for kind in _FILES):
        yield "", ""


def _begun(every: Mapping[str, str], word: str) -> Iterator[tuple[str, str]]:
    yield from ((name, told) for name, told in every.items() if name.startswith(word))


def _ids(word: str, *, stories: bool) -> Iterator[tuple[str, str]]:
    """Ids with their titles."""
    workspace, layout = _documents()
    yield from _with_id(dict(_headings(workspace, layout, stories=stories)), word)


def _findings(word: str, typed: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Those of the story that is named before; else what scans found, for a new story also what landed open."""
    workspace, layout = _documents()
    root = workspace.root
    story = next((one for before in typed if before[:1] != "-" for one, _ in _ids(before, stories=True)), None)
    if story is not None:
        found = dict(of_story(root, story))
    else:
        landed = of_records(root, workspace.record_paths(layout)) if "--finding" in typed else ()
        found = {**dict(landed), **dict(of_scans(root))}
    yield from _with_id(found, word)


def _documents() -> tuple[FileWorkspace, Layout]:
    workspace = FileWorkspace(root_of(folder_of(None)))
    policy = workspace.read(POLICY)
    return workspace, parse_settings(policy).layout if policy is not None else Layout()


def _with_id(every: Mapping[str, str], word: str) -> Iterator[tuple[str, str]]:
    """What a word begins; where there is none, what it begins without the prefix."""
    wanted = word.casefold()
    found = {one: told for one, told in every.items() if one.casefold().startswith(wanted)}
    bare = {one: told for one, told in every.items() if one.partition("-")[2].casefold().startswith(wanted)}
    yield from (found or bare).items()


def _headings(workspace: FileWorkspace, layout: Layout, *, stories: bool) -> Iterator[tuple[str, str]]:
    for path in workspace.spec_paths(layout):
        kind = layout.kind(path)
        if stories and kind is not Kind.STORY:
            continue
        found = _HEADING.finditer(workspace.read(path) or "")
        one = next(found, None)
        if one is not None:
            yield one[1], one[2]
        if kind is not None and not kind.has_file:
            yield from ((each[1], each[2]) for each in found)
