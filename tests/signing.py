"""Keys of people who sign, and signatures as git and `ssh-keygen` make them."""

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from bmad.git.signing import sign
from bmad.model.record import Record
from bmad.model.signing import COMMITS, RECORDS, canonical
from tests.gate.repo import Repo


@cache
def file_of(name: str) -> Path:
    """The private key of a person; the public one stands beside it."""
    folder = Path(tempfile.mkdtemp(prefix="bmad-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / name
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def line_of(name: str) -> str:
    """The person as `gate.signers` names them."""
    return " ".join([f"{name}@example.org", *file_of(name).with_suffix(".pub").read_text().split()[:2]])


def armour(content: bytes, name: str, namespace: str) -> bytes:
    return sign(content, str(file_of(name)), namespace, os.environ)


def signed_record(record: Record, name: str = "ada", namespace: str = RECORDS) -> Record:
    content = canonical(json.loads(record.as_json()))
    return record.model_copy(update={"signature": armour(content, name, namespace).decode()})


def sign_tip(repo: Repo, branch: str, name: str = "ada", namespace: str = COMMITS) -> str:
    """Sign the last commit of a branch, as `git commit --amend -S` does."""
    raw = repo.said("cat-file", "commit", branch)
    head, _, message = raw.partition(b"\n\n")
    made = armour(raw, name, namespace).rstrip(b"\n").replace(b"\n", b"\n ")
    return repo.raw(branch, head + b"\ngpgsig " + made + b"\n\n" + message)
