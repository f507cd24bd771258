"""Agents by preset: a coding agent's own program, started with a home of one call and read by what it prints.

A call counts where the program said that it ended well and its answer fits. Its exit code alone says neither.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from bmad import platforms
from bmad.agents import answers, calls, faults, mentions, processes, redacting, streams, strict
from bmad.agents.calls import Place, died
from bmad.agents.faults import Told
from bmad.agents.homes import Given
from bmad.agents.presets import TABLE
from bmad.agents.presets.form import Heard, Preset, Start, Wanted
from bmad.agents.private import private_folder
from bmad.agents.words import short
from bmad.model.agents import Fault, Outcome, Task

_SCHEMA = "\nThe schema of your answer:\n\n{}\n"
_FENCE = "```"
_OTHER_VERSION = ("unrecognized subcommand", "unexpected argument")
"""Words of a program that cannot be asked: another version of it."""
_MOMENT = 60.0
"""Seconds that a sandbox may take to run nothing."""
_LONGEST = 4000
"""Characters of a summary; a longer one is no reason to lose the work."""


def run(task: Task, hold: int, place: Place) -> Outcome:
    """Do a task with the coding agent that it names. Raises: KeyboardInterrupt where `place.stop` is set."""
    name = task.agent.use or ""
    preset, under = TABLE[name], platforms.path_of(hold)
    kept = confinement(preset, task)
    if kept is None:
        words = f"`{name}` has no sandbox of its own that bmad can ask for: set `sandbox: bmad`, or leave it out"
        return _stopped(task, Fault.MISCONFIGURED, f"was not started: {words}")
    task = task._replace(confine=kept == "bmad")
    try:
        with private_folder(under) as folder, private_folder(under, place.homes) as home:
            given = calls.furnished(task, place, home)
            program = _program(_Call(task, preset, kept), hold, place, folder, given)
            if kept == "own" and (broken := _sandboxed(program._replace(argv=preset.own_sandbox), place)):
                return _stopped(task, Fault.SANDBOX, broken)
            end = processes.run(program._replace(answers=True), place.stop)
            heard = preset.hear(streams.events(printed(task, end)))
            now = datetime.now().astimezone()
            done = outcome(task, end, heard, redacting.secrets(program.environ), now)
            return done._replace(shared=given.shared)
    except OSError as error:
        return _stopped(task, Fault.ENVIRONMENT, f"has no temporary folder: {error.strerror or error}")


def confinement(preset: Preset, task: Task) -> Literal["bmad", "own", "none"] | None:
    """Who keeps a task's agent in: bmad where it can, else the program itself; None where it is to and cannot."""
    asked = task.agent.sandbox
    if asked == "own":
        return "own" if preset.own_sandbox else None
    if asked == "none":
        return "none"
    if calls.confined(task.confine):
        return "bmad"
    return "own" if preset.own_sandbox else "none"


def _sandboxed(program: processes.Program, place: Place) -> str:
    """Why a program's own sandbox runs nothing here, as the end of a sentence; empty where it works."""
    end = processes.run(program._replace(timeout=_MOMENT), place.stop)
    told = processes.tail(program.log)
    if (end.fault is None and end.exit == 0) or any(word in told for word in _OTHER_VERSION):
        return ""
    why = short(told) or end.words or f"exit code {end.exit}"
    return (
        f"was not started: its own sandbox runs no command here ({why}); see that it can, or set `sandbox: none`"
    )


class _Call(NamedTuple):
    task: Task
    preset: Preset
    kept: Literal["bmad", "own", "none"]


def _program(call: _Call, hold: int, place: Place, folder: Path, given: Given) -> processes.Program:
    task, preset = call.task, call.preset
    schema, rules = folder / "schema.json", json.dumps(strict.schema(task.kind))
    schema.write_text(rules, encoding="utf-8")
    prompt = task.prompt if preset.holds_schema else f"{task.prompt}{_SCHEMA.format(rules)}"
    program = calls.program(task._replace(prompt=prompt), hold, place, folder, given)
    writes = (place.cache_of(task), *calls.writable(task._replace(writable=False), place))
    wanted = Wanted(task.agent, task.writable, schema, rules, call.kept, program.environ, writes)
    start = preset.start(wanted)
    _settle(start, given)
    return program._replace(argv=start.argv, environ={**program.environ, **start.environ})


def _settle(start: Start, given: Given) -> None:
    """Write the files of the configuration home; in one that the person grants nothing is touched."""
    for home in given.folders:
        for name, content in start.files.items():
            _put(home / name, content)
        for name, keys in start.added.items():
            held = (home / name).read_text(encoding="utf-8") if (home / name).is_file() else "{}"
            _put(home / name, json.dumps({**json.loads(held), **keys}))


def _put(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(content, encoding="utf-8")


def printed(task: Task, end: processes.End) -> Path | bytes:
    """What the program itself printed, which alone is its answer; its log, where nobody else could write there."""
    return task.log if end.printed is None else end.printed


def outcome(task: Task, end: processes.End, heard: Heard, secrets: tuple[bytes, ...], now: datetime) -> Outcome:
    """What came of a call that ended, by what its program printed; `now` has the time zone of what it tells."""
    return _known(_outcome(task, end, heard, secrets, now), task, heard)


def _outcome(task: Task, end: processes.End, heard: Heard, secrets: tuple[bytes, ...], now: datetime) -> Outcome:
    if end.fault is not None and (end.fault is not Fault.TIMEOUT or heard.told is None):
        return calls.faulty(task, end, end.fault, end.words)
    if heard.told is not None or heard.fault is not None:
        return _failed(task, end, heard, now)
    cause = died(end.exit) or streams.unfinished(printed(task, end))
    if cause:
        left = None if heard.answer is None else _raw(task, heard.answer, secrets).decode("utf-8", "replace")
        return _broke(task, end, cause, now)._replace(said=left)
    if heard.answer is None:
        return calls.faulty(task, end, Fault.NO_ANSWER, f"ended without an answer; see {task.log}")
    return _answered(task, end, heard.answer, secrets)


def _failed(task: Task, end: processes.End, heard: Heard, now: datetime) -> Outcome:
    """A call that its program says failed, by what the error says."""
    told = heard.told or Told(words=heard.words)
    fault, until = faults.classify(told, now)
    how = f"{end.words}, while its calls failed" if end.fault else "reports that its call failed"
    words = f"{how}: {short(told.words or heard.words)}; see {task.log}"
    outcome = calls.faulty(task, end, heard.fault or fault or Fault.UNFINISHED, words)
    return outcome._replace(until=until if heard.fault is None else None)


def _broke(task: Task, end: processes.End, cause: str, now: datetime) -> Outcome:
    """A program that broke off. Where it had not begun to work, what it printed says why."""
    begun = next(streams.events(printed(task, end)), None) is not None
    left = "" if begun else processes.tail(task.log)
    fault, until = faults.classify(Told(words=left), now)
    said = f": {short(left)}" if left.strip() else ""
    words = f"did not finish: it {cause}{said}; see {task.log}"
    return calls.faulty(task, end, fault or Fault.UNFINISHED, words)._replace(until=until)


def _raw(task: Task, answer: object, secrets: tuple[bytes, ...]) -> bytes:
    """An answer as it came, without secrets."""
    told = answer if isinstance(answer, str) else json.dumps(answer)
    heard = mentions.heard(_bare(told).encode("utf-8", "backslashreplace"), task.agent)
    return redacting.redacted(heard, secrets)


def _answered(task: Task, end: processes.End, answer: object, secrets: tuple[bytes, ...]) -> Outcome:
    raw = _raw(task, answer, secrets)
    try:
        data = _read(raw, task.kind)
        said = answers.fitted(strict.relaxed(data, task.kind), task.kind)
    except answers.BadAnswerError as error:
        words = f"gave an answer that does not count: {error} (exit code {end.exit}); see {task.log}"
        outcome = calls.faulty(task, end, Fault.BAD_ANSWER, words)
        return outcome._replace(said=raw.decode("utf-8", "replace"))
    return calls.base(end)._replace(answer=said.answer)


def _read(raw: bytes, kind: str) -> object:
    """An answer's JSON. Who works may end in words of their own: what counts of work is the change.

    Raises: BadAnswerError.
    """
    try:
        data = answers.parse(raw)
    except answers.BadAnswerError:
        if kind != "work":
            raise
        data = {"summary": raw.decode("utf-8", "replace")}
    if kind == "work" and isinstance(data, dict) and isinstance(data.get("summary"), str):
        data["summary"] = data["summary"][:_LONGEST]
    return data


def _bare(raw: str) -> str:
    """An answer without the fence that models like to put around JSON."""
    text = raw.strip()
    if not (text.startswith(_FENCE) and text.endswith(_FENCE) and "\n" in text):
        return text
    return text[text.index("\n") : -len(_FENCE)]


def _known(outcome: Outcome, task: Task, heard: Heard) -> Outcome:
    """What is known of a call whatever came of it: its backend, model, session and usage.

    What it cost is known of the provider's own service only: elsewhere the program's prices are of something else.
    """
    usage = heard.usage
    if usage is not None and task.agent.base_url is not None:
        usage = usage.model_copy(update={"usd": None})
    model = heard.model if answers.is_model(heard.model) else ""
    return outcome._replace(backend=task.agent.use or "", model=model, session=heard.session[:200], usage=usage)


def _stopped(task: Task, fault: Fault, words: str) -> Outcome:
    return calls.faulty(task, processes.End(None, fault, words, 0.0), fault, words)._replace(
        backend=task.agent.use or ""
    )
