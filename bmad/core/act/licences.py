"""What is asked of a new dependency beside its name: that it is there, that a lock holds it, and its licence."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bmad.core.gate.words import printable
from bmad.core.imports.declared import New

_SPDX = {
    "mit license": "MIT",
    "the mit license": "MIT",
    "expat": "MIT",
    "apache software license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "apache2": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "bsd": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "isc license": "ISC",
    "python software foundation license": "PSF-2.0",
    "psf": "PSF-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "zlib/libpng license": "Zlib",
    "gnu general public license v2 (gplv2)": "GPL-2.0-only",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
    "gnu general public license v3 (gplv3)": "GPL-3.0-only",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.0-or-later",
    "gnu affero general public license v3": "AGPL-3.0-only",
    "gnu affero general public license v3 or later (agplv3+)": "AGPL-3.0-or-later",
    "gplv2": "GPL-2.0-only",
    "gplv3": "GPL-3.0-only",
}
"""How metadata calls licences, in small letters -> the SPDX name."""
_MOST = 20


class Installed(NamedTuple):
    """What the project's environment says of a package: the licences that its metadata names.

    Of several each has to be allowed; one may be an expression (`MIT OR Apache-2.0`).
    """

    licences: tuple[str, ...] = ()


def unmet(
    found: Sequence[New],
    locked: Mapping[str, Iterable[str] | None],
    installed: Mapping[str, Installed] | None,
    allowed: Sequence[str] | None,
) -> list[str]:
    """What new dependencies lack, a sentence each.

    `locked` has by the path of a manifest the folded names that its kind's locks hold, None where there is none.
    `installed` is None where nothing could be asked.
    """
    words: list[str] = []
    for one in [each for each in found if not each.held][:_MOST]:
        name, path = printable(one.name), printable(one.path)
        held = locked.get(one.path)
        if held is not None and folded(one.name) not in set(held):
            words.append(f"{path} declares `{name}`, and no lock file holds it: lock it.")
        words += _environment(one, installed, allowed)
    return words


def _environment(one: New, installed: Mapping[str, Installed] | None, allowed: Sequence[str] | None) -> list[str]:
    name = printable(one.name)
    if installed is None:
        return (
            [] if allowed is None else [f"The licence of `{name}` cannot be seen: there is no environment to ask."]
        )
    there = installed.get(folded(one.name))
    if there is None:
        return [
            f"`{name}` is not installed in the project's environment: it does not exist, or `setup` leaves it out."
        ]
    if allowed is None or permits(there.licences, allowed):
        return []
    told = printable(" and ".join(there.licences)) or "none that its metadata names"
    return [f"The licence of `{name}` is {told}, which bmad.yaml (`licences`) does not allow."]


def folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.lower())


def permits(licences: Sequence[str], allowed: Sequence[str]) -> bool:
    """Whether all licences that are named are allowed; of an `OR` one is enough, and no licence is none."""
    known = {_spdx(one) for one in allowed}
    return bool(licences) and all(_holds(one, known) for one in licences)


def _holds(told: str, known: set[str]) -> bool:
    plain = _spdx(told)
    if plain in known:
        return True
    ways = re.split(r"\s+or\s+|/", told.strip("() "), flags=re.IGNORECASE)
    return any(_all_of(way, known) for way in ways)


def _all_of(way: str, known: set[str]) -> bool:
    parts = [part.strip("() ") for part in re.split(r"\s+and\s+", way, flags=re.IGNORECASE)]
    return all(_spdx(re.split(r"\s+with\s+", part, flags=re.IGNORECASE)[0]) in known for part in parts)


def _spdx(told: str) -> str:
    """A licence by its SPDX name, in small letters; as it is called where that is not known."""
    plain = " ".join(told.lower().split())
    return _SPDX.get(plain, plain).lower()
