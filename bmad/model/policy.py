"""What of `act:` a story goes by from its start on."""

from typing import Literal

from pydantic import Field

from bmad.model.base import Value


class Policy(Value):
    """What `act:` said when the story was started or taken up again."""

    rounds: int = Field(default=8, ge=1)
    plan: Literal["auto", "human"] = "auto"
    accept: Literal["story", "end", "auto"] = "story"
    land: Literal["merge", "squash", "rebase", "branch"] = "merge"
