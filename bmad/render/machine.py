"""The machine and its agents, for people."""

from bmad.model.machine import AgentFilesReport, AgentsReport, Check, DoctorReport, Installed, Part, Tried
from bmad.render.words import line

_WIDTH = 11
_LONG = 400


def listed(report: AgentsReport) -> str:
    """The answer of `bmad agents`."""
    rows = [_installed(one) for one in report.installed]
    rows += ["", *(_part(one) for one in report.parts)] if report.parts else []
    return "\n".join([*rows, *(f"note: {line(note, _LONG)}" for note in report.notes)])


def told_to_agents(report: AgentFilesReport) -> str:
    """The answer of `bmad agents install`."""
    rows = [f"wrote {path}" for path in report.written] or [
        "nothing to write: agents are told what this bmad says"
    ]
    return "\n".join([*rows, *(line(note, _LONG) for note in report.notes)])


def _installed(one: Installed) -> str:
    if not one.path:
        return f"  {one.name:{_WIDTH}} not installed  {one.install}"
    login = f"login: {one.login}" if one.login else "no login seen"
    roles = f"  ({', '.join(one.roles)})" if one.roles else ""
    return f"  {one.name:{_WIDTH}} {line(one.version) or 'version unknown'}  {line(login)}{roles}"


def _part(one: Part) -> str:
    model = f" with {one.model}" if one.model else ""
    fallback = f", else {', '.join(one.fallback)}" if one.fallback else ""
    lacking = f"\n  {'':{_WIDTH}} {line(one.lacking, _LONG)}" if one.lacking else ""
    return f"  {one.role:{_WIDTH}} {line(one.use + model + fallback)}{lacking}"


def examined(report: DoctorReport) -> str:
    """The answer of `bmad doctor`."""
    rows = [*(_check(one) for one in report.checks), *(row for one in report.agents for row in _tried(one))]
    return "\n".join([*rows, *(f"note: {line(note, _LONG)}" for note in report.notes)])


def _check(one: Check) -> str:
    fix = f"\n  {'':4} {'':{_WIDTH}} fix: {line(one.fix, _LONG)}" if one.fix else ""
    return f"  {'ok' if one.ok else 'bad':4} {one.name:{_WIDTH}} {line(one.words, _LONG)}{fix}"


def _tried(one: Tried) -> list[str]:
    state = {True: "ok", False: "bad", None: "-"}[one.ok]
    told = [one.version, f"login: {one.login}" if one.login else ""]
    there = f" ({line(', '.join(filter(None, told)))})" if any(told) else ""
    rows = [f"  {state:4} {one.use:{_WIDTH}} {', '.join(one.roles)}{there}: {line(one.words, _LONG)}"]
    if one.usage is not None:
        spent = {"in": one.usage.tokens_in, "cached": one.usage.tokens_cached, "out": one.usage.tokens_out}
        tokens = ", ".join(f"{count:,} {name}" for name, count in spent.items() if count is not None)
        money = f", {one.usage.usd:.4f} USD" if one.usage.usd is not None else ""
        model = one.model or f"model not told by {one.use}"
        rows.append(f"  {'':4} {'':{_WIDTH}} {model}, {one.seconds} s, tokens: {tokens}{money}")
    return rows
