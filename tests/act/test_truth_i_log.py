"""What `bmad log` says of unfinished work is where that lies now."""

from bmad.model.act import Event, State
from bmad.model.act_reports import ActEvent, LogReport
from bmad.render.acting import happened
from bmad.render.log import log

STORY = "STORY-a"


def event(step: str, state: State, kept: str = "") -> ActEvent:
    content = {"fault": "unfinished", "words": "It died.", "kept": kept}
    return ActEvent(
        time="2026-01-01T00:00:00",
        story=STORY,
        round=1,
        step=step,
        event=Event.FAILED,
        state=state,
        content=content,
    )


def told(*events: ActEvent) -> list[str]:
    text = log(LogReport(story=STORY, title="A", state=events[-1].state, events=events))
    return [row for row in text.splitlines() if row.startswith("unfinished")]


def test_i_the_log_names_the_ref_that_kept_work_has_when_its_story_is_done() -> None:
    died = event("1/dev", State.FAILED, f"refs/bmad/kept/{STORY}/1-dev")
    again = event("1/fix", State.FAILED, f"refs/bmad/kept/{STORY}/1-fix")
    folder = event("1/dev", State.FAILED, "/home/a/.bmad/kept/STORY-a/1-dev")
    beside = event("1/land", State.LAND, f"refs/bmad/kept/{STORY}/done")
    done = event("1/land", State.DONE)
    assert told(died) == [f"unfinished work: refs/bmad/kept/{STORY}/1-dev"]
    assert told(died, done) == [f"unfinished work: refs/bmad/archive (as {STORY}/1-dev)"]
    assert told(died, done, again) == [
        f"unfinished work: refs/bmad/archive (as {STORY}/1-dev)",
        f"unfinished work: refs/bmad/kept/{STORY}/1-fix",
    ]
    assert told(folder, beside, done) == [
        "unfinished work: /home/a/.bmad/kept/STORY-a/1-dev",
        f"unfinished work: refs/bmad/kept/{STORY}/done",
    ]


def test_what_is_followed_by_more_is_not_closed_by_its_own_full_stop() -> None:
    work = ({"backend": "human", "model": "", "asked": ""},)
    bad = {"id": "F-1", "severity": "P1", "path": "a", "line": 1, "claim": "Bad."}
    for kind, content in (
        (Event.CANCELLED, {"why": "It is not wanted."}),
        (Event.RULED, {"finding": "F-1", "disposition": "open", "why": "So.", "by": "Ada"}),
        (Event.LANDED, {"commit": "1" * 40, "record": "r.json", "words": "It is done."}),
        (Event.REVIEWED, {"findings": (bad,)}),
    ):
        for more in ({}, {"work": work}, {"settled": ("F-2",), "work": work}):
            told = {"event": kind, "content": content | more}
            said = happened(event("1/dev", State.DEV).model_copy(update=told))
            assert ".;" not in said
            assert said.endswith(".") == (more == {} and kind is not Event.RULED)
