"""Signatures as `ssh-keygen -Y` makes them and as git has them in commits: who may sign, and what was signed."""

import base64
import binascii
import json
import re
from typing import NamedTuple

from bmad.model.commits import Commit

RECORDS, COMMITS = "bmad.record", "git"
"""The namespaces of signatures of records, and of git's own of commits: one does not pass for the other."""

_TYPES = re.compile(r"(?:sk-)?ssh-ed25519(?:@openssh\.com)?|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa|"
                    r"sk-ecdsa-sha2-nistp256@openssh\.com")  # fmt: skip
_NAME = re.compile(r"[^\s,*?!\"#]+")
_MAGIC = b"SSHSIG\x00\x00\x00\x01"
_ARMOUR = re.compile(
    rb"\s*-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END SSH SIGNATURE-----\s*", re.ASCII
)
_MOST_ARMOUR = 16_384
"""Bytes of one signature; that of a key of 16,384 bits has 6,000."""


class Signer(NamedTuple):
    """Somebody whose signature counts, and the public key, as an `allowed_signers` file has them."""

    name: str
    key_type: str
    key: str
    """Base64, without line ends."""


class Signed(NamedTuple):
    """A content with the signature that it bears, and the namespace that it has to be made for."""

    content: bytes
    armour: bytes
    namespace: str


def signer(line: str) -> Signer | str:
    """Who a line `NAME TYPE KEY` speaks of, without options; else what is wrong with it.

    A name is one person's, and no pattern.
    """
    parts = line.split(" ")
    if len(parts) not in (3, 4) or not all(parts[:3]):
        return "is no `NAME KEYTYPE KEY`, as a line of an allowed_signers file without options"
    name, key_type, key = parts[:3]
    if not _NAME.fullmatch(name):
        return "does not name one person"
    if not _TYPES.fullmatch(key_type):
        return "has a key of a type that signs nothing here (ssh-ed25519, ecdsa-sha2-nistp…, ssh-rsa, sk-…)"
    blob = _decoded(key)
    if blob is None or _string(blob, 0) != key_type.encode():
        return "has a key that is none of its type"
    if not _is_whole(blob) or base64.b64encode(blob).decode() != key:
        return "has a key that is not whole, or not spelt as OpenSSH spells it: no signature could be its"
    return Signer(name, key_type, key)


def key_of(armour: bytes) -> str | None:
    """The public key that a signature says it was made with, in base64; None where it is no signature.

    Source: PROTOCOL.sshsig of OpenSSH.
    """
    match = _ARMOUR.fullmatch(armour) if len(armour) <= _MOST_ARMOUR else None
    blob = _decoded(b"".join(match[1].split()).decode("ascii")) if match else None
    if blob is None or not blob.startswith(_MAGIC):
        return None
    key = _string(blob, len(_MAGIC))
    return base64.b64encode(key).decode() if key is not None else None


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _string(blob: bytes, at: int) -> bytes | None:
    """A string of the SSH wire format: its length in four bytes, then itself."""
    end = at + 4 + int.from_bytes(blob[at : at + 4], "big")
    return blob[at + 4 : end] if at + 4 <= len(blob) and end <= len(blob) else None


def _is_whole(blob: bytes) -> bool:
    """Whether strings of the wire format follow one another to the end: a type, and what there is of a key."""
    at = count = 0
    while at < len(blob) and (part := _string(blob, at)) is not None:
        at, count = at + 4 + len(part), count + 1
    return at == len(blob) and count > 1


def canonical(data: dict[str, object]) -> bytes:
    """What a signature of a record is made over: all of it but the signature itself, however it was laid out."""
    kept = {key: value for key, value in data.items() if key != "signature"}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def commit_signed(commit: Commit) -> Signed | None:
    """A commit without its signature, as git signs it; None where it bears none, or more than one."""
    armours = [value for key, value in commit.headers if key in _HEADERS]
    if len(armours) != 1:
        return None
    kept = (
        key + b" " + value.replace(b"\n", b"\n ") + b"\n" for key, value in commit.headers if key not in _HEADERS
    )
    return Signed(b"".join(kept) + b"\n" + commit.message, armours[0], COMMITS)


_HEADERS = (b"gpgsig", b"gpgsig-sha256")
