"""Signatures of a world without keys: who signs, and what, stands in them, so that both judges can tell.

They are laid out as OpenSSH has them (PROTOCOL.sshsig), as far as the gate reads whose they say they are.
"""

import base64
import json
from hashlib import sha256
from textwrap import wrap

from bmad.model.record import Record
from bmad.model.signing import COMMITS, RECORDS, Signed, Signer, canonical

ADA = "ada@x"


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _key(name: str) -> bytes:
    return _string(b"ssh-ed25519") + _string(sha256(name.encode()).digest())


def line_of(name: str) -> str:
    """The person as `gate.signers` names them."""
    return f"{name} ssh-ed25519 {base64.b64encode(_key(name)).decode()}"


def armour(content: bytes, name: str, namespace: str) -> bytes:
    """What stands for the signature of a content."""
    made = sha256(b"\0".join((_key(name), namespace.encode(), content))).digest()
    blob = b"SSHSIG\0\0\0\1" + _string(_key(name)) + _string(namespace.encode()) + _string(made)
    lines = ["-----BEGIN SSH SIGNATURE-----", *wrap(base64.b64encode(blob).decode(), 70)]
    return "\n".join([*lines, "-----END SSH SIGNATURE-----"]).encode()


def holds(signed: Signed, by: Signer) -> bool:
    """Whether it is what that signer would make."""
    return armour(signed.content, by.name, signed.namespace) == signed.armour.strip()


def sign_commit(raw: bytes, name: str) -> bytes:
    """A raw commit with its signature, as git writes it."""
    head, _, message = raw.partition(b"\n\n")
    made = armour(raw, name, COMMITS).replace(b"\n", b"\n ")
    return head + b"\ngpgsig " + made + b"\n\n" + message


def is_signed(headers: tuple[tuple[bytes, bytes], ...], message: bytes) -> bool:
    """Whether a commit bears what Ada would have signed."""
    kept = b"".join(key + b" " + value + b"\n" for key, value in headers if key != b"gpgsig")
    return dict(headers).get(b"gpgsig") == armour(kept + b"\n" + message, ADA, COMMITS)


def _content(record: Record) -> bytes:
    return canonical(json.loads(record.as_json()))


def sign_record(record: Record, name: str) -> Record:
    made = armour(_content(record), name, RECORDS).decode()
    return record.model_copy(update={"signature": made})


def is_signed_record(record: Record) -> bool:
    """Whether Ada would have signed a record."""
    return record.signature.encode() == armour(_content(record), ADA, RECORDS)
