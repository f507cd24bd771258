"""Signing in the name of the person who works here, with the SSH key that their git is set up to sign with."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from bmad.errors import CannotAnswerError
from bmad.git.signing import sign
from bmad.model.signing import COMMITS, Signer, key_of


class Attestor:
    """Signs as one of those whose signature counts; `told` gives the value of a setting of git, or nothing.

    The key is looked for when the first thing is to be signed, and tried: whoever signs with another key than one
    of theirs would make what the gate refuses.
    """

    def __init__(self, signers: Sequence[Signer], told: Callable[[str], str], environ: Mapping[str, str]) -> None:
        self._signers = signers
        self._told = told
        self._environ = environ

    def sign(self, content: bytes, namespace: str) -> str:
        """The armoured signature of a content. Raises: CannotAnswerError where there is no key that counts."""
        return sign(content, self._key, namespace, self._environ).decode("ascii")

    def header(self, content: bytes, algorithm: str) -> bytes:
        """The header of a commit that bears the signature of its content, as git writes it."""
        name = b"gpgsig" if algorithm == "sha1" else b"gpgsig-sha256"
        armour = self.sign(content, COMMITS).encode().rstrip(b"\n")
        return name + b" " + armour.replace(b"\n", b"\n ")

    @cached_property
    def _key(self) -> str:
        names = ", ".join(sorted({one.name for one in self._signers}))
        key = self._told("user.signingKey").removeprefix("key::")
        lacks = "gpg.format ssh" if self._told("gpg.format") != "ssh" else "" if key else "user.signingKey FILE"
        if lacks:
            raise CannotAnswerError(
                f"gate.attest is `signed` ({names}), and git here signs with no SSH key: gpg.format has to be "
                f"`ssh`, and user.signingKey the key. Run: git config --global {lacks}"
            )
        made = key_of(sign(b"bmad", key, COMMITS, self._environ))
        if made not in {one.key for one in self._signers}:
            raise CannotAnswerError(f"user.signingKey of git is the key of none of gate.signers ({names}).")
        return key
