"""What the calls of this process have spent, held against the caps of bmad.yaml before each further one."""

from bmad.core.act.run import Run
from bmad.core.act.spending import over, spent
from bmad.model.act import Content
from bmad.model.agents import Spending
from bmad.model.record import Work
from bmad.model.settings import Settings


class Purse:
    """The calls so far, and by story those since its last event: what came to nothing was paid for, too."""

    def __init__(self) -> None:
        self._all: list[Work] = []
        self._open: dict[str, list[Work]] = {}

    def paid(self, story: str, work: Work) -> None:
        self._all.append(work)
        self._open.setdefault(story, []).append(work)

    def settled(self, story: str, content: Content) -> Content:
        """The content of an event with the calls on the way to it that came to nothing."""
        told = {work.context for work in content.work}
        lost = tuple(work for work in self._open.pop(story, ()) if work.context not in told)
        return content.model_copy(update={"lost": lost}) if lost else content

    def spent(self, settings: Settings) -> Spending:
        """By all calls of this process."""
        return spent(self._all, settings.prices)

    def full(self, run: Run, settings: Settings) -> tuple[str, str]:
        """Which cap leaves no room for another call, and why, as a sentence; twice empty where none."""
        for name, cap in settings.act.budget.caps.items():
            why = over(cap, spent(self._calls(name, run), settings.prices))
            if why:
                return name, f"The budget of {_OF[name]} is used up: {why} (`act.budget{_KEY[name]}` of bmad.yaml)"
        return "", ""

    def _calls(self, name: str, run: Run) -> list[Work]:
        now = self._open.get(run.story, [])
        if name == "step":
            return now
        return self._all if name == "run" else [*run.works, *run.lost, *now]


_OF = {"step": "this step", "story": "the story", "run": "this run"}
_KEY = {"step": ".step", "story": ".story", "run": ""}
