"""Signing and verifying by `ssh-keygen -Y`, which git calls for both; keys stay with it or its agent."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bmad.errors import CannotAnswerError, UndecidableError
from bmad.model.signing import Signed, Signer

_SECONDS = 60
"""For a signature: a person may have to touch a key."""
_PROGRAM = "ssh-keygen"


def verifies(signed: Signed, by: Signer, environ: Mapping[str, str]) -> bool:
    """Whether a signature is one of that signer's, of that content and for that namespace.

    Nothing but the key itself is trusted: no file of the user's and no agent is asked.

    Raises: UndecidableError where the program is not there.
    """
    with tempfile.TemporaryDirectory(prefix="bmad-") as folder:
        allowed, armour = Path(folder, "allowed"), Path(folder, "signature")
        allowed.write_text(f"signer {by.key_type} {by.key}\n", encoding="ascii")
        armour.write_bytes(signed.armour)
        words = ["-Y", "verify", "-f", str(allowed), "-I", "signer", "-n", signed.namespace, "-s", str(armour)]
        try:
            done = _run(words, signed.content, {"PATH": environ.get("PATH", os.defpath), "LC_ALL": "C"})
        except OSError as error:
            raise UndecidableError(f"`{_PROGRAM}` does not start ({error.strerror}): install OpenSSH.") from None
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def sign(content: bytes, key: str, namespace: str, environ: Mapping[str, str]) -> bytes:
    """The signature of a content by a key: a file, or a public key (`ssh-ed25519 …`) that an agent holds.

    Raises: CannotAnswerError where the program or the key cannot sign without being asked for a password.
    """
    kept = ("PATH", "HOME", "SSH_AUTH_SOCK", "SSH_SK_PROVIDER")
    own = {name: environ[name] for name in kept if name in environ} | {
        "LC_ALL": "C",
        "SSH_ASKPASS_REQUIRE": "never",
    }
    with tempfile.TemporaryDirectory(prefix="bmad-") as folder:
        path = Path(key).expanduser()
        if key.startswith(("ssh-", "sk-", "ecdsa-")):
            path = Path(folder, "key.pub")
            path.write_text(f"{key}\n", encoding="utf-8")
        try:
            done = _run(["-Y", "sign", "-f", str(path), "-n", namespace], content, own)
        except OSError as error:
            raise CannotAnswerError(f"`{_PROGRAM}` does not start ({error.strerror}): install OpenSSH.") from None
        except subprocess.TimeoutExpired:
            raise CannotAnswerError(f"`{_PROGRAM}` has not signed within {_SECONDS} seconds.") from None
    if done.returncode != 0 or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CannotAnswerError(
            f"`{_PROGRAM}` cannot sign with user.signingKey: {words[-1][:200] if words else 'it says nothing'}. "
            "Load the key into an agent (ssh-add), or name one without a password."
        )
    return done.stdout


def _run(words: list[str], content: bytes, environ: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    """In a session of its own, so that it can ask no terminal for a password."""
    return subprocess.run(
        [_PROGRAM, *words],
        input=content,
        capture_output=True,
        env=dict(environ),
        timeout=_SECONDS,
        start_new_session=True,
        check=False,
    )
