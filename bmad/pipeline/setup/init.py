"""`bmad init`: the few files that a repository needs, and the commit from which on everything is traced."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Literal, NamedTuple

from bmad.core.ci_files import (
    DEPENDABOT,
    GITHUB_FILE,
    GITLAB_ENTRY,
    GITLAB_FILE,
    bots,
    github,
    gitlab,
    gitlab_entry,
    gitlab_stage,
    package_fault,
)
from bmad.core.harness import AGENTS, Harness, harness, with_checks
from bmad.errors import UsageError
from bmad.model.layout import POLICY, Layout
from bmad.model.placing import layout_of
from bmad.model.reports import InitReport
from bmad.model.settings import Settings
from bmad.pipeline.spec.merge_driver import attributes
from bmad.pipeline.spec.work_tree import PROPOSED
from bmad.ports.files import Formats, Workspace, Writer

_POLICY = """\
# yaml-language-server: $schema=.git/bmad/bmad.yaml.schema.json
# bmad's settings. Every key has a default; the gate reads this file from the base of a change, never from
# the change itself, so an edit counts once it has landed (in a commit of its own with a `Policy: why` trailer).
version: 1

# The document a person writes; `bmad map` turns it into requirements, epics and stories.
intent: intent.md
{paths}
{agents}
{verify}
gate:
  # traced: each code change belongs to a story whose chain to the intent is whole.
  # scoped: and lies in the territory of that story.
  level: scoped
  # What is older than this commit is not judged (`root`: judge everything).
  since: {since}
  # Paths that a story may cover in the very change that brings it. [] asks for the story to land first.
  self_authored: ["**"]
  # Paths that the commits of an author may change without a story, for instance a bot's; until a day. Without `by`
  # everyone may, where they are documents.
  # exempt: [{{paths: ["docs/generated/**"], by: docs-bot, reason: generated, owner: ada, until: 2027-06-30}}]
  # A lane for tiny changes, which say `Story: none` and `Trivial: why`.
  # trivial: {{paths: ["src/**"], lines: 20, files: 3}}
"""

_AGENTS = """\
# Who does the work; `bmad doctor` sees whether they can. Two vendors, so that none judges its own.
agents:
  developer: {{use: {0}}}
  reviewer: {{use: {1}}}
"""
_NO_AGENTS = """\
# Who does the work: `claude`, `codex`, `gemini`, `qwen`, `opencode` (`bmad agents` says what is installed), a
# model (`anthropic:MODEL`, `openai:MODEL`), any command, or `human`. The reviewer had best be another vendor's.
# agents:
#   developer: {use: claude}
#   reviewer: {use: codex}
"""

_VERIFY = """\
# What decides whether work lands, as found in {why}; each a list of arguments, run on a clean copy of the commit
# (`setup` once in each). See that they pass here before the first story.
{setup}verify:
{checks}
"""
_NO_VERIFY = """\
# What decides whether work lands: nothing was found that tests this project, so name it.
# verify:
#   - {name: tests, run: [pytest, -q]}
"""

_ENTRIES: tuple[tuple[str, Callable[[Layout], tuple[str, ...]], str], ...] = (
    (".gitignore", lambda _: ("/.bmad/",), "# bmad's local state: derived, never committed"),
    (
        ".gitattributes",
        lambda layout: (f"{layout.lock} merge=union",),
        "# two branches' lock lines are both kept; then: bmad fmt",
    ),
    (".gitattributes", attributes, "# merged by what stands in them (git learns how: bmad hooks install)"),
)

_PLANNED = (
    (r"_bmad-output/", "_bmad-output"),
    (r"\.specify/|specs/\d{3}-[^/]+/spec\.md$", "specs"),
    (r"openspec/", "openspec"),
    (r"\.kiro/specs/", ".kiro"),
    (r"\.taskmaster/tasks/", ".taskmaster"),
    (r"backlog/tasks/", "backlog"),
)
"""Paths that begin so are other methods' plans; the folder to import."""


class Surroundings(NamedTuple):
    """What init found: the folder, its present commit and branch (None where there is none yet)."""

    root: str
    head: str | None
    branch: str | None
    made_repository: bool
    agents: tuple[str, ...] = ()
    """The coding agents that are installed."""
    paths: tuple[str, ...] = ()
    """What git tracks."""
    default: str = ""
    """The default branch of the host, as `origin/HEAD` names it; empty where nothing does."""


class Ci(NamedTuple):
    """The host that CI is written for, and how bmad is installed there."""

    host: Literal["github", "gitlab", "bare"]
    package: str


def init(workspace: Workspace, formats: Formats, found: Surroundings, ci: Ci | None = None) -> InitReport:
    """Write what is missing; what is there already is left as it is, but for bmad's own section of AGENTS.md.

    Raises: UsageError where CI is to install what may be another thing the next time.
    """
    fault = package_fault(ci.package) if ci is not None else None
    if ci is not None and fault is not None:
        raise UsageError(f"--package {ci.package} {fault}.")
    with workspace.writing("bmad init") as writer:
        return _init(workspace, formats, writer, found, ci)


def _init(
    workspace: Workspace, formats: Formats, writer: Writer, found: Surroundings, ci: Ci | None
) -> InitReport:
    files: dict[str, str | None] = {}
    notes: list[str] = []
    if found.made_repository:
        notes.append("made a git repository here: the trace lives in commits")
    since = found.head or "root"
    tests = _tests(workspace, formats, found)
    layout = tests.named.layout if tests.named is not None else Layout()
    if workspace.read(POLICY) is None:
        agents, told = _agents(found.agents)
        layout, paths, moved = _elsewhere(workspace)
        files[POLICY] = _POLICY.format(since=since, agents=agents, verify=_verify(tests.found), paths=paths)
        notes += [*moved, told, *_decides(tests.found)]
    else:
        notes.append(f"{POLICY} is there already and stays as it is")
        if there := _taken(workspace, layout):
            notes.append(f"{there} is this project's own; name places for bmad's own in {POLICY}: {PROPOSED}")
        notes += _lacks(tests)
    told_to, unread = _for_agents(workspace, tests)
    files |= told_to
    notes += unread
    for path, entries, comment in _ENTRIES:
        text = files.get(path) or workspace.read(path) or ""
        if new := [entry for entry in entries(layout) if entry not in text.splitlines()]:
            gap = "" if not text or text.endswith("\n") else "\n"
            files[path] = f"{text}{gap}" + "".join(f"{row}\n" for row in (comment, *new))
    if ci is not None:
        written, beside = _ci(workspace, found, ci)
        files |= written
        notes += beside
    if files:
        writer.write(files)
    return InitReport(
        root=found.root,
        written=tuple(sorted(files)),
        since=since if POLICY in files else None,
        notes=(*notes, *_next(workspace, files, found, layout)),
    )


def _ci(workspace: Workspace, found: Surroundings, ci: Ci) -> tuple[dict[str, str | None], list[str]]:
    """What CI takes, and what to do beside it; what is there stays."""
    if ci.host == "bare":
        return {}, ["on the server, in the bare repository: bmad hooks install --server; for clients: --push"]
    branch = found.default or found.branch or "main"
    wanted, notes = (
        ({GITHUB_FILE: github(branch, ci.package)}, []) if ci.host == "github" else _gitlab(workspace, ci)
    )
    there = [path for path in wanted if workspace.read(path) is not None]
    notes += [f"{path} is there already and stays as it is" for path in there]
    if len(there) < len(wanted):
        notes.append(f"CI installs {ci.package}; see that this is yours, or name another: --package")
        notes.append(_REQUIRED)
    dependabot = "\n".join(filter(None, (_read(workspace, path) for path in DEPENDABOT)))
    told = (
        f"a robot keeps files here; it needs no story where `gate.exempt` has: {one}"
        for one in bots(found.paths, dependabot)
    )
    return {path: text for path, text in wanted.items() if path not in there}, [*notes, *told]


_REQUIRED = (
    "once the adoption has landed, make the job a required check, with code owners for what it reads (bmad gate "
    "--explain names it): a change can edit what judges it"
)


def _gitlab(workspace: Workspace, ci: Ci) -> tuple[dict[str, str], list[str]]:
    """The job, in a stage that the project has, and what includes it."""
    entry = workspace.read(GITLAB_ENTRY)
    if entry is None:
        return {GITLAB_FILE: gitlab(ci.package), GITLAB_ENTRY: gitlab_entry()}, []
    notes = []
    if GITLAB_FILE not in entry:
        notes.append(f"add to {GITLAB_ENTRY}: include: [{{local: {GITLAB_FILE}}}]")
    if "merge_request_event" not in entry and "CI_MERGE_REQUEST" not in entry:
        notes.append(
            f"{GITLAB_ENTRY} names no pipelines of merge requests, and the gate has one: jobs without `rules` "
            'hold no request back then, until `workflow: rules` takes $CI_PIPELINE_SOURCE == "merge_request_event"'
        )
    return {GITLAB_FILE: gitlab(ci.package, gitlab_stage(entry))}, notes


class _Tests(NamedTuple):
    """What decides: by a bmad.yaml that is there and sound, and as the project's files say."""

    named: Settings | None
    found: Harness

    @property
    def setup(self) -> tuple[tuple[str, ...], ...]:
        return self.named.setup if self.named is not None else self.found.setup

    @property
    def checks(self) -> list[tuple[str, tuple[str, ...]]]:
        every = self.named.verify if self.named is not None else self.found.checks
        return [(one.name, one.run) for one in every]


def _read(workspace: Workspace, path: str) -> str | None:
    with suppress(UsageError):  # a folder of that name, or no text
        return workspace.read(path)
    return None


def _tests(workspace: Workspace, formats: Formats, found: Surroundings) -> _Tests:
    text = workspace.read(POLICY)
    named = None
    with suppress(UsageError):  # a broken one is told where it decides
        named = formats.settings(text) if text is not None else None
    return _Tests(named, harness(lambda path: _read(workspace, path), found.paths))


_PATHS = """
# What is made of it stands apart, since {there} is this project's own.
paths: {{specs: {specs}, stories: {stories}}}
"""
_FREE = ("docs/bmad", "docs/bmad-specs", "bmad-specs")
"""Where the documents go instead, below the first that is free."""


def _elsewhere(workspace: Workspace) -> tuple[Layout, str, list[str]]:
    """Where the documents are to stand, the part of bmad.yaml that says it, and what to tell of it."""
    there = _taken(workspace, Layout())
    if not there:
        return Layout(), "", []
    ways = ({"specs": f"{folder}/specs", "stories": f"{folder}/stories"} for folder in _FREE)
    for paths in ways:
        layout = layout_of("intent.md", paths)
        if not _taken(workspace, layout):
            told = f"{there} is this project's own and stays as it is; bmad's documents go below {paths['specs']}"
            return layout, _PATHS.format(there=there, **paths), [f"{told} (`paths` of {POLICY})"]
    return Layout(), "", [f"{there} is this project's own; name other places under `paths` of {POLICY}"]


def _taken(workspace: Workspace, layout: Layout) -> str:
    """A file that stands where a document of bmad's would, and that bmad did not write; empty where none does."""
    if workspace.read(layout.lock) is not None:
        return ""
    return next(iter(workspace.spec_paths(layout)), "")


def _verify(found: Harness) -> str:
    """The part of bmad.yaml that says what decides."""
    if not found.checks:
        return _NO_VERIFY
    checks = "\n".join(f"  - {{name: {one.name}, run: {json.dumps(one.run)}}}" for one in found.checks)
    setup = f"setup: {json.dumps(found.setup)}\n" if found.setup else ""
    why = ", ".join(dict.fromkeys(one.why for one in found.checks))
    return _VERIFY.format(why=why, setup=setup, checks=checks)


def _decides(found: Harness) -> list[str]:
    if not found.checks:
        return [
            f"found nothing that tests this project; name it under `verify` of {POLICY} before the first story"
        ]
    told = "; ".join(f"`{shlex.join(one.run)}` ({one.why})" for one in found.checks)
    return [f"what decides, by `verify` of {POLICY}: {told}; see that it passes"]


def _lacks(tests: _Tests) -> list[str]:
    """What to say where a bmad.yaml that stays names no check."""
    if tests.named is None or tests.named.verify:
        return []
    one = next(iter(tests.found.checks), None)
    example = f"{{name: {one.name}, run: {json.dumps(one.run)}}}" if one else "{name: tests, run: [pytest, -q]}"
    return [f"{POLICY} names nothing that decides whether work lands; add it: verify: [{example}]"]


def _for_agents(workspace: Workspace, tests: _Tests) -> tuple[dict[str, str | None], list[str]]:
    """AGENTS.md with bmad's section, where that says something new; and what to tell a person of it."""
    if not tests.checks:
        return {}, []
    try:
        text = workspace.read(AGENTS)
    except UsageError as error:  # a link to what other agents read, or no text
        return {}, [f"{error} Name there what decides: {'; '.join(shlex.join(run) for _, run in tests.checks)}"]
    new = with_checks(text, tests.setup, tests.checks)
    return ({AGENTS: new} if new != text else {}), []


def _agents(found: tuple[str, ...]) -> tuple[str, str]:
    """The part of bmad.yaml that says who works, and what to say about it."""
    match found:
        case (first, second):
            told = f"{first} develops and {second} reviews (`agents` of {POLICY}); see that they can: bmad doctor"
            return _AGENTS.format(first, second), told
        case ():
            return _NO_AGENTS, f"found no coding agent; name who works under `agents` of {POLICY}, or work by hand"
        case _:
            names = ", ".join(found)
            return _NO_AGENTS, f"found {names}; name who develops and who reviews under `agents` of {POLICY}"


def _next(workspace: Workspace, files: Mapping[str, str | None], found: Surroundings, layout: Layout) -> list[str]:
    steps: list[str] = []
    if POLICY in files:
        steps += ["next: tell agents how to work here: bmad agents install"] if found.agents else []
        older = f"; what is older than {found.head[:12]} is not judged" if found.head else ""
        steps.append(f'next: commit these files alone (git add …, git commit -m "Adopt bmad"){older}')
    elif files:
        steps.append(
            f"next: commit these files, with the adoption where {POLICY} is not committed yet, else alone and "
            "with a last paragraph `Policy: REASON`"
        )
    if not list(workspace.spec_paths(layout)):
        planned = [folder for mark, folder in _PLANNED if any(re.match(mark, path) for path in found.paths)]
        if planned:
            ways = " · ".join(f"bmad import {folder} --dry-run" for folder in planned)
            return [*steps, f"next: what is planned already comes in as it is: {ways}"]
        intent = layout.places[0].intent
        there = workspace.read(intent) is not None
        write = "" if there else f"write {intent} (what is wanted, and why), then: "
        steps.append(f"next: {write}bmad map {intent}")
    return steps
