"""The coding agents that bmad starts and reads by itself: `use: claude`, `codex`, `gemini`, `qwen`, `opencode`.

A file each: its arguments to work and to review, and where in what it prints the answer, the usage, the model, the
session and an error stand. All are pure; `bmad.agents.coding` runs them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bmad.agents.presets import claude, codex, gemini, opencode, qwen
from bmad.agents.presets.form import Preset

TABLE: Mapping[str, Preset] = MappingProxyType(
    {
        "claude": claude.PRESET,
        "codex": codex.PRESET,
        "gemini": gemini.PRESET,
        "qwen": qwen.PRESET,
        "opencode": opencode.PRESET,
    }
)
