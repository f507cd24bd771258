"""Whether an agent could work at all: its program, its version and its login, looked for and not tried."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import NamedTuple

from bmad import platforms
from bmad.agents.environment import absolute
from bmad.agents.presets import TABLE
from bmad.agents.presets.form import Preset
from bmad.agents.vendors import Vendor, vendor_of
from bmad.model.agents import PROVIDERS
from bmad.model.settings import AgentSettings

_PROVIDER_KEYS = {"anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"), "openai": ("OPENAI_API_KEY",)}
_UNSEEN = frozenset({"opencode"})
"""Agents that may work without a login that can be seen: some models ask for none."""
_SECONDS = 30
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?[\w.+-]*")


class Seen(NamedTuple):
    """A coding agent that bmad has a preset for; `path`, `version` and `login` are empty where there is none."""

    name: str
    title: str
    path: str = ""
    version: str = ""
    login: str = ""


def installed(environ: Mapping[str, str], user: Path, versions: Collection[str]) -> list[Seen]:
    """Every preset's program; the version of those that are named, since that starts them."""
    found = []
    for name, preset in TABLE.items():
        path = _found(preset.program, environ) or ""
        number = version(path, environ) if path and name in versions else ""
        agent = AgentSettings(use=name)
        found.append(Seen(name, preset.title, path, number, login(agent, environ, user)))
    return found


def lacking(agent: AgentSettings, environ: Mapping[str, str], user: Path) -> str:
    """What an agent would fail for want of, as the end of a sentence that begins with its name; else empty."""
    if agent.command is not None:
        return _program(agent.command[0], environ, "install it, or name another one in bmad.yaml")
    provider = (agent.use or "").partition(":")[0]
    if provider in PROVIDERS:
        keys = _PROVIDER_KEYS[provider]
        own = agent.base_url is not None or environ.get(f"{provider.upper()}_BASE_URL")
        there = own or _named(agent, environ) or any(environ.get(key) for key in keys)
        return "" if there else f"has no key: set {keys[0]}, or name its variable in `agents.NAME.env`"
    preset = TABLE.get(agent.use or "")
    if preset is None:
        return ""
    if agent.effort is not None and "effort" not in preset.settings:
        return f"cannot be told an `effort`: {preset.title} takes none in a call; leave it out of bmad.yaml"
    return _program(preset.program, environ, f"install it (`{preset.install}`)") or _login(
        preset, agent, environ, user
    )


def _login(preset: Preset, agent: AgentSettings, environ: Mapping[str, str], user: Path) -> str:
    if preset.program in _UNSEEN or _in_keychain(preset.program) or agent.base_url is not None:
        return ""
    if not login(agent, environ, user):
        return f"is not logged in: {preset.login}"
    if not _keyed(preset, agent, environ) and _ran_out(vendor_of(agent), environ, user):
        return f"has a login that has run out: use `{preset.program}` once yourself, which renews it, or set a key"
    return ""


def _keyed(preset: Preset, agent: AgentSettings, environ: Mapping[str, str]) -> list[str]:
    """The variables that are a login, of those that are there."""
    return [name for name in (*preset.keys, *preset.other, *_named(agent, environ)) if environ.get(name)]


def _ran_out(own: Vendor, environ: Mapping[str, str], user: Path) -> bool:
    """Whether a login that agents cannot renew (see `Vendor.once`) is over, as far as its file says."""
    ends = [end for file in _files(own, environ, user) if (end := expiry(file)) is not None] if own.once else []
    return bool(ends) and max(ends) <= time.time()


def expiry(file: Path) -> float | None:
    """When a login ends, in seconds since 1970, by Claude Code's or Codex's file; None where it does not say."""
    with suppress(OSError, ValueError, TypeError, KeyError, IndexError):
        data = json.loads(file.read_text(encoding="utf-8"))
        if "claudeAiOauth" in data:
            return float(data["claudeAiOauth"]["expiresAt"]) / 1000
        claims = data["tokens"]["access_token"].split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])
    return None


def login(agent: AgentSettings, environ: Mapping[str, str], user: Path) -> str:
    """What an agent would log in with: a variable or a file; empty where none is seen."""
    preset, own = TABLE[agent.use or ""], vendor_of(agent)
    named = _keyed(preset, agent, environ)
    if named:
        return named[0]
    files = [file for file in _files(own, environ, user) if file.is_file()]
    if files:
        return f"~/{files[0].relative_to(user)}" if files[0].is_relative_to(user) else str(files[0])
    return "the keychain, where it may be" if _in_keychain(preset.program) else ""


def _files(own: Vendor, environ: Mapping[str, str], user: Path) -> Iterator[Path]:
    """The files that hold a login, where the person has them."""
    moved = environ.get(own.variable) if own.variable else None
    for name, keys in own.login.items():
        if not keys:
            inner = PurePath(name)
            yield Path(moved) / inner.relative_to(own.root) if moved and own.root else Path(moved or user) / inner
    for name, keys in own.files.items():
        path = Path(moved or user) / name
        if "primaryApiKey" in keys and _holds(path, "primaryApiKey"):
            yield path


def _holds(path: Path, key: str) -> bool:
    with suppress(OSError, ValueError):
        data = json.loads(path.read_text(encoding="utf-8"))
        return isinstance(data, dict) and bool(data.get(key))
    return False


def _named(agent: AgentSettings, environ: Mapping[str, str]) -> list[str]:
    """The variables that bmad.yaml gives an agent, of those that are there."""
    whole = [name for name in agent.env if not name.endswith("*")]
    begun = tuple(name[:-1] for name in agent.env if name.endswith("*"))
    return [name for name in environ if name in whole or (begun and name.startswith(begun))]


def _in_keychain(program: str) -> bool:
    """Whether a login may lie where no file shows it."""
    return program == "claude" and platforms.MACOS


def _program(name: str, environ: Mapping[str, str], way: str) -> str:
    if os.sep in name and not name.startswith(os.sep):
        return ""  # it is looked for in the worktree
    return "" if _found(name, environ) else f"cannot work: there is no program `{name}` on the PATH; {way}"


def _found(name: str, environ: Mapping[str, str]) -> str | None:
    return shutil.which(name, path=absolute(environ.get("PATH", os.defpath)))


def version(path: str, environ: Mapping[str, str]) -> str:
    """The version that a program tells; empty where it tells none. It is started with nothing of the person's."""
    with (
        tempfile.TemporaryDirectory(prefix="bmad-version-") as home,
        suppress(OSError, subprocess.SubprocessError),
    ):
        told = subprocess.run(
            [path, "--version"],
            env={"PATH": absolute(environ.get("PATH", os.defpath)), "HOME": home, "NO_COLOR": "1"},
            cwd=home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        found = _VERSION.search(told.stdout.decode("utf-8", "replace"))
        return found[0] if found else ""
    return ""
