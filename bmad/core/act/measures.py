"""The numbers of a backlog that machines work on together, from its runs. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping

from bmad.core.act.run import Run
from bmad.core.act.spending import spent
from bmad.model.act import State
from bmad.model.machines import Fleet, Held
from bmad.model.measures import Measure
from bmad.model.settings import Price


def measures(
    runs: Collection[Run], fleet: Fleet, held: Collection[Held], prices: Mapping[str, Price]
) -> tuple[Measure, ...]:
    """How stories stand, who works, what waits, and what was spent so far. `prices` are of models."""
    states = Counter(run.state for run in runs)
    total = spent([work for run in runs for work in (*run.works, *run.lost)], prices)
    jobs = {"waiting": fleet.waiting, "doing": fleet.doing}
    tokens = {"in": total.tokens_in, "cached": total.tokens_cached, "out": total.tokens_out}
    return (
        Measure(
            "bmad_stories",
            "Stories that were begun, by state.",
            "gauge",
            _by("state", {one.value: states[one] for one in State}),
        ),
        Measure("bmad_workers", "Workers that were heard of lately.", "gauge", _one(fleet.workers)),
        Measure("bmad_jobs", "Stories in the queue.", "gauge", _by("status", jobs)),
        Measure("bmad_stories_held", "Stories that a worker holds.", "gauge", _one(sum(one.live for one in held))),
        Measure(
            "bmad_stories_resting",
            "Stories for which nothing can be done now.",
            "gauge",
            _one(sum(bool(one.rests) for one in held)),
        ),
        Measure(
            "bmad_takeovers_total",
            "Times that a story was held again.",
            "counter",
            _one(sum(max(one.epoch - 1, 0) for one in held)),
        ),
        Measure("bmad_events_total", "Events of the journal.", "counter", _one(sum(run.seq for run in runs))),
        Measure("bmad_calls_total", "Calls of agents.", "counter", _one(total.calls)),
        Measure("bmad_tokens_total", "Tokens that agents reported.", "counter", _by("direction", tokens)),
        Measure("bmad_usd_total", "Money that agents reported, or their prices tell.", "counter", _one(total.usd)),
    )


def _one(value: float) -> tuple[tuple[dict[str, str], float], ...]:
    return (({}, value),)


def _by(label: str, values: Mapping[str, float]) -> tuple[tuple[dict[str, str], float], ...]:
    return tuple(({label: str(name)}, value) for name, value in sorted(values.items()))
