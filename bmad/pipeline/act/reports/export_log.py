"""A story's whole log as JSON Lines, what agents and checks printed as well, to be read elsewhere."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from bmad.model.act_reports import LogReport

MOST = 4 << 20
"""Bytes of one transcript that are taken; what is left out is counted."""


def exported(report: LogReport, clean: Callable[[bytes], bytes]) -> Iterator[str]:
    """Lines: the story, each event, each transcript with its text; `clean` takes secrets out of bytes."""
    head = {"type": "story", **report.model_dump(mode="json", include={"story", "title", "state", "spent"})}
    for one in (head, *({"type": "event", **event.model_dump(mode="json")} for event in report.events)):
        yield _line(one, clean)
    for name in report.transcripts:
        path = Path(name)
        with path.open("rb") as file:
            raw = file.read(MOST)
        left = path.stat().st_size - len(raw)
        text = clean(raw).decode("utf-8", "replace")
        yield _line({"type": "transcript", "name": path.stem, "text": text, "bytes_left_out": max(left, 0)}, clean)


def _line(one: dict[str, object], clean: Callable[[bytes], bytes]) -> str:
    return clean(json.dumps(one, ensure_ascii=False).encode("utf-8", "backslashreplace")).decode(
        "utf-8", "replace"
    )
