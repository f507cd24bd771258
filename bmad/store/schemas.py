"""The JSON Schemas of documents and reports, exported from the types, and the files that ship with bmad."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from bmad.errors import ALIKE, UsageError
from bmad.model.constraints import Settable

TYPES = {
    "bmad.yaml": "bmad.model.settings:Settings",
    "person-review-answer": "bmad.model.answers:PersonReview",
    "record": "bmad.model.record:Record",
    "research-answer": "bmad.model.answers:ResearchAnswer",
    "reopen": "bmad.model.gate:ReopenReport",
    "reply-answer": "bmad.model.answers:ReplyAnswer",
    "review": "bmad.model.act_reports:ReviewReport",
    "review-answer": "bmad.model.answers:ReviewAnswer",
    "ordering-answer": "bmad.model.sorting:OrderingAnswer",
    "phrasing-answer": "bmad.model.sorting:PhrasingAnswer",
    "placing-answer": "bmad.model.sorting:PlacingAnswer",
    "proposing-answer": "bmad.model.sorting:ProposingAnswer",
    "sorting-answer": "bmad.model.sorting:SortingAnswer",
    "triage-answer": "bmad.model.answers:TriageAnswer",
    "work-answer": "bmad.model.answers:WorkAnswer",
    "act": "bmad.model.act_reports:ActReport",
    "act-event": "bmad.model.act_reports:ActEvent",
    "agent-files": "bmad.model.machine:AgentFilesReport",
    "adopt": "bmad.model.backfill:AdoptReport",
    "agents": "bmad.model.machine:AgentsReport",
    "backfill": "bmad.model.backfill:BackfillReport",
    "blame": "bmad.model.trace:BlameReport",
    "capabilities": "bmad.model.capabilities:CapabilitiesReport",
    "confirm": "bmad.model.reports:ConfirmReport",
    "desk": "bmad.model.desk:DeskReport",
    "dismissed": "bmad.model.scan:DismissReport",
    "coverage": "bmad.model.coverage:CoverageReport",
    "doctor": "bmad.model.machine:DoctorReport",
    "error": "bmad.model.failure:ErrorReport",
    "explain": "bmad.model.explained:ExplainReport",
    "export": "bmad.model.exporting:ExportReport",
    "fmt": "bmad.model.reports:FmtReport",
    "gate": "bmad.model.gate:GateReport",
    "graph": "bmad.model.reports:GraphReport",
    "impact": "bmad.model.impact:ImpactReport",
    "inbox": "bmad.model.act_reports:InboxReport",
    "import": "bmad.model.importing:ImportReport",
    "intent": "bmad.model.intent:IntentReport",
    "init": "bmad.model.reports:InitReport",
    "knowledge": "bmad.model.knowledge:KnowledgeReport",
    "log": "bmad.model.act_reports:LogReport",
    "map": "bmad.model.map_reports:MapReport",
    "maps": "bmad.model.map_reports:MapsReport",
    "new": "bmad.model.reports:NewReport",
    "progress": "bmad.model.watching:Progress",
    "prompt": "bmad.model.act_reports:PromptReport",
    "renumber": "bmad.model.renumbering:RenumberReport",
    "report": "bmad.model.range_report:RangeReport",
    "finding": "bmad.model.explained_finding:FindingReport",
    "story-report": "bmad.model.range_report:OneStoryReport",
    "retro": "bmad.model.retro:RetroReport",
    "scan": "bmad.model.scan:ScanReport",
    "settled": "bmad.model.act_reports:SettledReport",
    "show": "bmad.model.reports:ShowReport",
    "start": "bmad.model.reports:StartReport",
    "status": "bmad.model.reports:StatusReport",
    "territory": "bmad.model.territories:TerritoryReport",
    "trace": "bmad.model.trace:TraceReport",
    "try": "bmad.model.desk:TryReport",
    "verify": "bmad.model.verification:VerifyReport",
    "validate": "bmad.model.validation:ValidateReport",
}
"""Each schema's name, and the type it is exported from."""


def _unknown(name: str) -> UsageError:
    from difflib import get_close_matches  # noqa: PLC0415 - where something is wrong

    near = get_close_matches(name.lower(), TYPES, n=2, cutoff=ALIKE)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    return UsageError(f"There is no schema `{name}`.{meant} There are: {', '.join(sorted(TYPES))}.")


def export(name: str) -> str:
    """The JSON Schema of a type, as text. Raises: UsageError where there is none of that name."""
    if name not in TYPES:
        raise _unknown(name)
    module, _, attribute = TYPES[name].partition(":")
    from pydantic import TypeAdapter  # noqa: PLC0415 - who is only told a schema reads a file

    model: Any = getattr(import_module(module), attribute)
    is_report = hasattr(model, "NAME")
    mode: Literal["serialization", "validation"] = "serialization" if is_report else "validation"
    with nullcontext() if is_report else _described():
        schema = TypeAdapter(model).json_schema(by_alias=True, mode=mode)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    if is_report:
        own = {"schema": {"const": f"bmad.{model.NAME}/1"}}
        schema["properties"] = own | schema["properties"]
        schema["required"] = ["schema", *schema.get("required", [])]
        _open(schema)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


@contextmanager
def _described() -> Iterator[None]:
    """Settings with the words that stand below each in the code: to find them takes too long but for an export.

    Not those in a report, a model that may have been built before: its schema would be one or the other.
    """
    config = Settable.__pydantic_config__
    config["use_attribute_docstrings"] = True
    try:
        yield
    finally:
        del config["use_attribute_docstrings"]


def _open(schema: Any) -> None:
    """A report may grow: a reader's schema must let keys through that it does not know."""
    if isinstance(schema, dict):
        schema.pop("additionalProperties", None) if schema.get("additionalProperties") is False else None
        for part in schema.values():
            _open(part)
    elif isinstance(schema, list):
        for part in schema:
            _open(part)


def resource(name: str) -> Path:
    """A file that ships with bmad: inside the package where it is installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    for place in (package / name, package.parent / name):
        if place.exists():
            return place
    raise UsageError(f"{name} is missing from this installation of bmad; install it again.")


def shipped(name: str) -> str:
    """The schema file of that name as it ships. Raises: UsageError where there is none."""
    if name not in TYPES:
        raise _unknown(name)
    return resource(f"schemas/{name}.schema.json").read_text(encoding="utf-8")


def put(name: str, folder: Path) -> str:
    """The shipped schema, kept for editors in a folder that no clone brings, where that can be written."""
    text = shipped(name)
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.schema.json").write_text(text, encoding="utf-8")
    return text


def write_all(folder: Path) -> None:
    """Write every schema file into folder."""
    for name in TYPES:
        (folder / f"{name}.schema.json").write_text(export(name), encoding="utf-8")


if __name__ == "__main__":
    write_all(Path(__file__).parent.parent.parent / "schemas")
