"""The base of all typed values."""

from pydantic import BaseModel, ConfigDict

from bmad.model.unplugged import unplug

unplug()


class Value(BaseModel):
    """A frozen value; unknown keys are an error, since a misspelt key would be lost in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
