"""What judging a step will cost, reckoned before it is judged: globs, paths and states multiply."""

from bmad.core.gate.rules import Rules
from bmad.core.gate.words import undecidable
from bmad.core.territory import compiled
from bmad.core.trailers import parse, stories
from bmad.model.bounds import TRIED
from bmad.model.gate import GateFinding


def too_costly(rules: Rules) -> GateFinding | None:
    """G12 where more globs would be tried on paths than the gate tries."""
    step = rules.step
    tries: dict[str, int] = {}
    total = 0
    for facts in step.commits:
        for story in stories(parse(facts.commit.message)).ids if facts.changes else ():
            if story not in tries:
                tries[story] = rules.book(story).territory.tries
            total += len(facts.changes) * tries[story]
    after = step.after.settings
    exempt = after.gate.exempt if after is not None else ()
    changed = sum(len(facts.changes) for facts in step.commits)
    total += changed * sum(compiled(one.paths).tries for one in exempt) + len(step.net) * sum(tries.values())
    if total <= TRIED:
        return None
    message = f"the globs of its territories would be tried {total} times on its paths, and the gate tries {TRIED}"
    fix = "name folders in territories before the first star, or judge the range in parts"
    return undecidable(message, fix=fix)
