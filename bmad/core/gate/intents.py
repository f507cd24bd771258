"""What may become of the files of an intent: the first map names one, and from then on it only moves.

Nobody judges a change of an intent by a story, so that a change that names another file as the intent could have
any file pass. A move therefore ends where the base has nothing, or the very same words, and leaves nothing behind.
"""

from collections.abc import Iterator

from bmad.core.gate.documents import files_of, moving
from bmad.core.gate.facts import Step
from bmad.core.gate.state import State
from bmad.core.gate.words import finding, listed, printable
from bmad.model.commits import ABSENT
from bmad.model.gate import GateFinding
from bmad.model.layout import POLICY, Place, is_sharded, may_be_intent
from bmad.model.normal import fold

_MOVE = "move it in one change with its line in the register: git mv, bmad map (and `intent` of bmad.yaml)"
_LATER = "what is to stand there comes by a story, once the move has landed"


def misplaced(step: Step) -> Iterator[GateFinding]:
    """G13: an intent that goes where it may not, by its register or by the settings, which may be ahead of that.

    Before the first map the policy may say where it is, and that map itself, which writes the register; of a file
    that the base has already neither changes anything.
    """
    before, after = step.before, step.after
    old = {place.register: place for place in before.layout.places}
    for new in after.layout.places:
        was = old.get(new.register)
        if was is None or was.intent == new.intent:
            continue
        if was.register not in before.documents:
            yield from _taken_over(step, new, POLICY if after.named(was.register) is None else was.register)
        elif new.register in after.documents:
            yield from _unfit(step, was, new)
        elif after.documents:
            message = f"{POLICY} says that the intent is {printable(new.intent)}, and the base has it elsewhere"
            yield finding("G13", message, POLICY, f"restore {new.register}")
    for was, new in moving(step):
        yield from _astray(step, was, new)


def _taken_over(step: Step, new: Place, where: str) -> Iterator[GateFinding]:
    """G13: a file of the base that becomes the intent, by the first map or before it, and changes in the range."""
    stood = files_of(step.net, lambda one: one.old_mode != ABSENT)
    if stood.intersection(new.files):
        named = f"which {where} names as the intent"
        message = f"{printable(new.intent)}, {named}, stood in the base already and changes"
        yield finding(
            "G13", message, new.intent, "change it under a story first, or name a new file as the intent"
        )


def _unfit(step: Step, was: Place, new: Place) -> Iterator[GateFinding]:
    """G13: what no mapped intent may become, whatever the register says of it yet."""
    before, text, moves = step.before, _text(step.after, new), _moves(was, new)
    if not may_be_intent(new.intent):
        yield finding("G13", f"{moves}, which is no Markdown file", new.register, "name a file that ends in .md")
    elif any(step.after.layout.is_state(path) for path in new.files):
        yield finding("G13", f"{moves}, which bmad writes itself", new.intent, _MOVE)
    elif text is not None:
        fresh = files_of(step.net, lambda one: one.old_mode == ABSENT)
        stood = [path for path in new.files if path not in fresh and path not in before.layout.intents]
        if stood and (text != _text(before, was) or files_of(step.net, lambda _: True).intersection(stood)):
            message = f"{moves}, and {listed(stood)} stood in the base already as something else"
            yield finding("G13", message, stood[0], "move it to where nothing stands")


def _astray(step: Step, was: Place, new: Place) -> Iterator[GateFinding]:
    """G13: a mapped intent whose register sends it to nowhere, or that leaves a file behind."""
    after, moves = step.after, _moves(was, new)
    if _text(after, new) is None or new.intent not in {place.intent for place in after.layout.places}:
        yield finding("G13", f"{moves}, and no intent stands there", new.register, _MOVE)
        return
    gone = files_of(step.net, lambda one: one.new_mode == ABSENT)
    never = {one.path for one in step.before.intents if one.text is None}
    left = [one for one in was.files if one not in gone and one not in never and one not in after.layout.intents]
    if left:
        message = f"{moves}, and {listed(left)} stays, where no story answers for it"
        yield finding("G13", message, left[0], f"remove it in the same change; {_LATER}")


def _moves(was: Place, new: Place) -> str:
    return f"the intent moves from {printable(was.intent)} to {printable(new.intent)}"


def _text(state: State, place: Place) -> str | None:
    return next((one.text for one in state.intents if one.place.register == place.register), None)


def move_notes(step: Step) -> Iterator[str]:
    """What the report tells of intents that move, since a diff shows the one file as gone and the other as new."""
    for was, new in moving(step):
        one, two = (_text(state, place) or "" for state, place in ((step.before, was), (step.after, new)))
        how = "as it was" if one == two else "in other lines" if fold(one) == fold(two) else "in other words"
        yield f"{_moves(was, new)}{f', {how}' if one else ''}"


def taken_in(step: Step) -> Iterator[str]:
    """What the report tells of files of the base that become part of an intent: any may change them then."""
    before, after = step.before.layout, step.after.layout
    if before == after:
        return
    new = files_of(step.net, lambda one: one.old_mode == ABSENT)
    stands = {one.path for one in step.after.intents if one.text is not None}
    files = (path for one in after.places for path in one.files if is_sharded(one.intent) or path in stands)
    taken = [path for path in dict.fromkeys(files) if path not in new and not before.is_spec(path)]
    if taken:
        yield f"part of an intent from now on, so that no story answers for a change of them: {listed(taken)}"
