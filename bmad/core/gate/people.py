"""Which identities are one person: by the addresses themselves, and by what the base's `.mailmap` joins.

A mailmap is only believed to say that two are one. So it can take a review away from who wrote the change, and can
give nobody anything; and only the base's is read, since whoever writes a change could part themselves in its own.
"""

import re
import unicodedata
from collections.abc import Iterable

from bmad.model.normal import normal

_PERSON = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_NUMBER = re.compile(r"^[0-9]+[+-](?=.)")
_LINE = re.compile(r"([^<>]*)<([^<>]*)>(?:([^<>]*)<([^<>]*)>)?[^<>]*")

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def sign(text: str) -> str:
    """Text as it reads: in one form and case, without blanks and signs that cannot be seen."""
    folded = normal("NFKC", normal("NFKC", text).casefold())
    return "".join(one for one in folded if unicodedata.category(one) not in _UNSEEN and one not in _BLANK)


def says(*words: str) -> bool:
    """Whether somebody who reads the words sees any."""
    return any(map(sign, words))


class People:
    """Tells whether two of `Name <address>` are one person; `mailmap` is the text of one, as git reads it."""

    def __init__(self, mailmap: str = "") -> None:
        self._over: dict[str, str] = {}
        """Address -> another of the same person, towards the one that stands for all."""
        self._named: dict[tuple[str, str], set[str]] = {}
        """Name and address -> addresses of who uses the address under that name alone."""
        for line in mailmap.split("\n"):
            match = None if line.startswith("#") else _LINE.fullmatch(line.rstrip("\r"))
            if match is not None and match[4] is not None:
                self._join(_mailbox(match[2]), sign(match[3]), _mailbox(match[4]))

    def _join(self, proper: str, name: str, address: str) -> None:
        if not proper or not address:
            return
        if name:
            self._named.setdefault((name, address), set()).add(proper)
        else:
            self._over[self._first(address)] = self._first(proper)

    def _first(self, address: str) -> str:
        way = [address]
        while (above := self._over.get(way[-1], way[-1])) != way[-1]:
            way.append(above)
        for one in way[:-1]:
            self._over[one] = way[-1]
        return way[-1]

    def are_one(self, one: str, other: str) -> bool:
        """Whether they are one person: by address, or by name where one has no address."""
        (name, address), (second, there) = _read(one), _read(other)
        if not address or not there:
            return bool(name) and name == second
        return not self._addresses(name, address).isdisjoint(self._addresses(second, there))

    def _addresses(self, name: str, address: str) -> set[str]:
        """The addresses that stand for a person: of their own, and of what is theirs under this name."""
        return {self._first(one) for one in (address, *self._named.get((name, address), ()))}

    def among(self, one: str, others: Iterable[str]) -> bool:
        """Whether somebody is one of some people."""
        return any(self.are_one(one, other) for other in others)


def _read(person: str) -> tuple[str, str]:
    """Name and address as they read; what is no `Name <address>` is a name, or where it holds an @ an address."""
    match = _PERSON.fullmatch(person.strip())
    if match is not None:
        return sign(match["name"]), _mailbox(match["address"])
    return ("", _mailbox(person)) if "@" in person else (sign(person), "")


def _mailbox(address: str) -> str:
    """An address as it reads, without what its owner may add to it: a tag behind a plus, a host's own number."""
    local, at, domain = sign(address).rpartition("@")
    if domain.startswith("users.noreply."):
        return f"{_NUMBER.sub('', local)}{at}{domain}"
    return f"{local.partition('+')[0] or local}{at}{domain}"


NOBODY = People()
"""No two of whom are joined by anything but their addresses."""
