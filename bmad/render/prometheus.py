"""Measures in the text format of Prometheus 0.0.4, which OpenTelemetry's collector reads, too."""

from collections.abc import Iterable, Mapping

from bmad.model.measures import Measure

TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPED = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


def prometheus(measures: Iterable[Measure]) -> str:
    lines = []
    for one in measures:
        lines += [f"# HELP {one.name} {one.help}", f"# TYPE {one.name} {one.kind}"]
        lines += [f"{one.name}{_labels(labels)} {_number(value)}" for labels, value in one.samples]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else repr(value)


def _labels(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{value.translate(_ESCAPED)}"' for name, value in labels.items())
    return f"{{{told}}}" if told else ""
