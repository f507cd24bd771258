"""What the calls of this process have spent, held against the caps of bmad.yaml before each further one."""

from collections.abc import Mapping, Sequence

from bmad.core.act.run import Run
from bmad.core.act.spending import over, spent, summed
from bmad.model.act import Content
from bmad.model.record import Work
from bmad.model.settings import Cap, Price, Settings
from bmad.model.spending import Spending


class Purse:
    """The calls so far, and by story those since its last event: what came to nothing was paid for, too."""

    def __init__(self) -> None:
        self.spent = Spending()
        """By all calls of this process, each at the prices that held when it was made."""
        self._open: dict[str, list[Work]] = {}

    def paid(self, story: str, work: Work, prices: Mapping[str, Price]) -> None:
        self.spent = summed([self.spent, spent([work], prices)])
        self._open.setdefault(story, []).append(work)

    def arrange(self, story: str, steps: Sequence[str]) -> None:
        """Put the story's calls of some steps, made at once, into the order of these steps."""
        self._open.get(story, []).sort(key=lambda work: _rank(work.step, steps))

    def counts(self, story: str, work: Work) -> None:
        """A call did not come to nothing, though what is noted of it stands under other contexts, one a lens."""
        self._open[story].remove(work)

    def settled(self, story: str, content: Content) -> Content:
        """The content of an event with the calls on the way to it that came to nothing."""
        told = {work.context for work in content.work}
        lost = tuple(work for work in self._open.pop(story, ()) if work.context not in told)
        return content.model_copy(update={"lost": lost}) if lost else content

    def full(self, run: Run, settings: Settings) -> tuple[str, str]:
        """Which cap leaves no room for another call, and why, with what to do before all else; else empty."""
        caps = settings.act.budget.caps.items()
        for name, cap in ((name, cap) for name, cap in caps if cap != Cap()):
            if full := over(cap, self._spent(name, run, settings.prices)):
                where = f"(`act.budget{_KEY[name]}` of bmad.yaml)"
                return name, f"The budget of {_OF[name]} {full.why} {where}. {full.way} and commit that"
        return "", ""

    def _spent(self, name: str, run: Run, prices: Mapping[str, Price]) -> Spending:
        if name == "run":
            return self.spent
        before = (*run.works, *run.lost) if name == "story" else ()
        return spent([*before, *self._open.get(run.story, ())], prices)


def _rank(step: str, steps: Sequence[str]) -> int:
    """The place of the step that a call was made for; what came before all of them stays first."""
    fitting = [(len(one), at) for at, one in enumerate(steps) if step == one or step.startswith(f"{one}/")]
    return max(fitting)[1] if fitting else -1


_OF = {"step": "this step", "story": "the story", "run": "this run"}
_KEY = {"step": ".step", "story": ".story", "run": ""}
