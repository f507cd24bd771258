"""What a program needs to keep out of the way of those in other worktrees: a name, a database's name, a port."""

import os
import re
import socket
from hashlib import sha256
from pathlib import Path

_FIRST, _PORTS = 20_000, 12_000
"""Below those that systems give to whoever asks for any: none is lent to another while `up` takes its time."""

_LOOPBACK = "127.0.0.1"
_ODD = re.compile(r"[^a-z0-9]+")
_LONGEST = 40


def surroundings(folder: Path) -> dict[str, str]:
    """Variables of the environment, the same for the same worktree; the port as long as nobody listens there.

    The database's name has letters, digits and underscores, 63 at most: PostgreSQL and MySQL take it unquoted.
    """
    place = sha256(os.fsencode(folder)).hexdigest()[:6]
    name = f"bmad-{_ODD.sub('-', folder.name.lower()).strip('-')[:_LONGEST]}-{place}"
    return {"BMAD_SLOT": name, "BMAD_DATABASE": name.replace("-", "_"), "BMAD_PORT": str(free_port(name))}


def free_port(name: str) -> int:
    """A port of the loopback interface that nobody listens at; the same for the same name where it is free."""
    first = int.from_bytes(sha256(name.encode()).digest()[:4]) % _PORTS
    for number in range(_PORTS):
        port = _FIRST + (first + number) % _PORTS
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind((_LOOPBACK, port))
            except OSError:
                continue
            return port
    return 0
