"""An author's ids that were numbered anew, and what a text was before that."""

import re
from collections.abc import Iterable

from bmad.core.mapping.files import Stood
from bmad.core.mapping.parts import encode
from bmad.model.spec import AnyItem, Requirement, Statement, Story


class Numbering:
    """The author's ids of items that stand there and have other ones now."""

    def __init__(self, items: Iterable[AnyItem], stood: Stood) -> None:
        self.before: dict[str, str] = {}
        for item in items:
            if isinstance(item, Statement | Requirement | Story) and item.source and item.id in stood.graph.nodes:
                old = stood.item(item.id)
                if isinstance(old, Statement | Requirement | Story) and old.source not in {"", item.source}:
                    self.before[item.source] = old.source
        either = "|".join(re.escape(one) for one in sorted(self.before, key=len, reverse=True))
        self.ids = re.compile(rf"(?<![\w.-])(?:{either})(?![\w-])") if either else None

    def is_all_that_changed(self, part: str, base: str | None, value: str | None) -> bool:
        """Whether a part says what it said when it was written last, but for the ids in it."""
        if self.ids is None or base is None or value is None:
            return False
        return encode(part, self.ids.sub(lambda found: self.before[found.group()], value)) == base
