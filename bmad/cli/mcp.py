"""A server of the Model Context Protocol on stdin and stdout, which reads one repository and writes nothing.

Give an agent the command `bmad mcp --repo DIR`. It has the tools trace, show, impact, next and prompt; `--list`
prints them with the schemas of what they take. Needs `pip install 'bmad[mcp]'`.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, NamedTuple

import jsonschema
import typer

from bmad import __version__
from bmad.cli import output
from bmad.cli.boundary import Failed, guarded
from bmad.cli.output import Repo, Report
from bmad.cli.status import look
from bmad.errors import CannotAnswerError, Exit, UsageError
from bmad.model.plain import escaped
from bmad.needs import schema
from bmad.pipeline.act.collecting import collecting
from bmad.pipeline.act.reports.prompt import ShowRequest, show_prompt
from bmad.pipeline.spec.nodes import show
from bmad.pipeline.trace.blame import Here
from bmad.pipeline.trace.impact import ImpactRequest, impact
from bmad.pipeline.trace.trace import trace
from bmad.wiring import App, open_app

MOST = 100_000
"""Characters of an answer; what would be longer is refused with what to ask for instead."""
_INSTALL = "The server needs more than bmad brings: pip install 'bmad[mcp]'"
_INSTRUCTIONS = (
    "Why a line of this repository exists, what it is to do, and what hangs below it: from a line to its commit, "
    "story, requirement and the sentence of the intent. All tools only read; the program bmad changes things."
)

Arguments = Mapping[str, Any]


def _text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": 400, "description": words, **more}


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


class Tool(NamedTuple):
    """A tool: what it is for, the schema of what it takes, the name of its report's schema, and what answers."""

    told: str
    takes: dict[str, Any]
    report: str
    answer: Callable[[App, Arguments], Report]
    less: str
    """What to ask for where an answer is too long."""


def _trace(app: App, asked: Arguments) -> Report:
    here = Here.at(app.checkout(), app.places)
    return trace(app.history(), app.formats, asked["query"], asked.get("rev"), here)


def _show(app: App, asked: Arguments) -> Report:
    return show(app.workspace, app.formats, asked["id"])


def _impact(app: App, asked: Arguments) -> Report:
    checkout = app.checkout()
    history = app.history() if checkout.exists() and checkout.head() is not None else None
    return impact(app.workspace, app.formats, history, ImpactRequest(asked["ids"]))


def _next(app: App, asked: Arguments) -> Report:  # noqa: ARG001 - the signature of all
    board = look(app)
    wanted = board.next_up
    stories = tuple(one for one in board.stories if one.id in wanted)
    epics = tuple(epic for epic in board.epics if any(one.epic == epic.id for one in stories))
    return board.model_copy(update={"stories": stories, "epics": epics})


def _prompt(app: App, asked: Arguments) -> Report:
    request = ShowRequest(
        asked["story"], asked["role"], asked.get("lens"), asked.get("part", 1), app.local_target()
    )
    return show_prompt(app.desk(reading=True, alone=True), request)


_ID = "An id, such as STORY-3t8vnp; an unambiguous beginning will do, also without the prefix."
TOOLS = {
    "trace": Tool(
        "Why code exists: from a line, a file, a commit, a range or an id to its story, requirement and the "
        "sentence of the intent, each with how sure that is.",
        _object(
            ("query",),
            query=_text("`src/x.py:12`, `src/x.py:10-20`, a file, a commit, a range A..B, or an id."),
            rev=_text("The revision to answer at; by default what is checked out, with what is not committed."),
        ),
        "trace",
        _trace,
        "name some lines: FILE:FIRST-LAST",
    ),
    "show": Tool(
        "One statement, requirement, epic, story or criterion: its text, what is above it and what is below.",
        _object(("id",), id=_text(_ID)),
        "show",
        _show,
        "ask for one of the nodes below it",
    ),
    "impact": Tool(
        "What hangs below a change of some nodes: stories and criteria with the way there, commits, files.",
        _object(("ids",), ids={"type": "array", "items": _text(_ID), "minItems": 1, "maxItems": 50}),
        "impact",
        _impact,
        "ask for one node alone",
    ),
    "next": Tool(
        "The stories that can be begun now, with their state, and how much of the intent is done.",
        _object(()),
        "status",
        _next,
        "see it at a terminal: bmad status",
    ),
    "prompt": Tool(
        "What an agent on a story is told, whole: the story, its criteria, its territory, code that is near.",
        _object(
            ("story", "role"),
            story=_text(_ID),
            role=_text("creator, tester, developer, reviewer, …", maxLength=40),
            lens=_text("Of a reviewer; by default the first.", maxLength=100),
            part={"type": "integer", "minimum": 1, "maximum": 10_000},
        ),
        "prompt",
        _prompt,
        "see it at a terminal: bmad show STORY --prompt ROLE",
    ),
}


def run(
    listing: Annotated[bool, typer.Option("--list", help="Print the tools and what they take, and end.")] = False,
    repo: Repo = None,
) -> int:
    if listing:
        told = {
            name: {"does": tool.told, "takes": tool.takes, "answers": tool.report} for name, tool in TOOLS.items()
        }
        output.result(escaped(json.dumps(told, indent=2, ensure_ascii=False)))
        return Exit.OK
    app = open_app(repo)
    try:
        import mcp  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise CannotAnswerError(_INSTALL) from None
    with collecting():  # it lives as long as its client
        asyncio.run(_serve(lambda: open_app(app.root)))
    return Exit.OK


def answered(app: App, name: str, asked: Arguments) -> Report:
    """What a tool answers.

    Raises: UsageError on a tool that is none, or what it does not take; and as the tool itself.
    """
    tool = TOOLS.get(name)
    if tool is None:
        raise UsageError(f"There is no tool `{name[:80]}`; there are {', '.join(TOOLS)}.")
    fault = next(iter(jsonschema.Draft202012Validator(tool.takes).iter_errors(dict(asked))), None)
    if fault is not None:
        place = ".".join(map(str, fault.absolute_path)) or "the arguments"
        raise UsageError(f"{place} of {name} does not fit: {fault.validator} {str(fault.validator_value)[:200]}")
    report = tool.answer(app, asked)
    length = len(report.as_line())
    if length > MOST:
        raise UsageError(f"The answer has {length:,} characters, and at most {MOST:,} are given; {tool.less}.")
    return report


async def _serve(fresh: Callable[[], App]) -> None:
    """Answer until the client has gone; one call at a time, each on what stands there at that moment."""
    from mcp import types  # noqa: PLC0415 - an extra
    from mcp.server.lowlevel import Server  # noqa: PLC0415
    from mcp.server.stdio import stdio_server  # noqa: PLC0415

    turn = asyncio.Lock()
    only_reads = types.ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
    tools = [
        types.Tool(
            name=name,
            description=tool.told,
            input_schema=tool.takes,
            output_schema=json.loads(schema(tool.report)),
            annotations=only_reads,
        )
        for name, tool in TOOLS.items()
    ]

    async def listed(_context: Any, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tools)

    def said(text: str) -> list[Any]:
        return [types.TextContent(type="text", text=text)]

    async def called(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        async with turn:
            told = await asyncio.to_thread(
                guarded, lambda: answered(fresh(), params.name, params.arguments or {}).as_line()
            )
        if isinstance(told, Failed):
            return types.CallToolResult(content=said(told.words), is_error=True)
        return types.CallToolResult(content=said(told), structured_content=json.loads(told))

    server: Any = Server(
        "bmad", version=__version__, instructions=_INSTRUCTIONS, on_list_tools=listed, on_call_tool=called
    )
    async with stdio_server() as (reads, writes):
        running: Awaitable[None] = server.run(reads, writes, server.create_initialization_options())
        await running
