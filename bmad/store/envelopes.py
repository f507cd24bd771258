"""Statements in signed DSSE envelopes, by the library of the people who specify them (extra `attest`)."""

import json
from pathlib import Path

from bmad.errors import UsageError
from bmad.model.attestation import Statement

_TYPE = "application/vnd.in-toto+json"
_INSTALL = "Signing statements needs more libraries than bmad brings: pip install 'bmad[attest]'"


def envelope(statement: Statement, key: Path) -> str:
    """A statement as one JSON document, signed with a private key of OpenSSH or PEM form that has no password.

    Raises: UsageError where the file holds no such key, or the libraries are not installed.
    """
    try:
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - an extra
            load_pem_private_key,
            load_ssh_private_key,
        )
        from securesystemslib.dsse import Envelope  # noqa: PLC0415 - as above
        from securesystemslib.signer._crypto_signer import CryptoSigner  # noqa: PLC0415 - as above
    except ImportError:
        raise UsageError(_INSTALL) from None
    try:
        content = key.read_bytes()
        load = load_ssh_private_key if b"OPENSSH PRIVATE KEY" in content else load_pem_private_key
        signer = CryptoSigner(load(content, password=None))
    except OSError as error:
        raise UsageError(f"{key} cannot be read: {error.strerror or error}.") from None
    except (ValueError, TypeError):
        raise UsageError(f"{key} holds no private key without a password that can sign.") from None
    made = Envelope(json.dumps(statement, sort_keys=True).encode(), _TYPE, {})
    made.sign(signer)
    return json.dumps(made.to_dict(), sort_keys=True)
