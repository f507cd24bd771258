"""Judges a range as `bmad gate` does, and prints the verdict as an in-toto statement in a signed DSSE envelope.

svr names the properties that passed (BMAD_SCOPED, BMAD_REVIEWED, …), vsa is a summary for consumers of source.
What is refused is no svr, and a vsa that says FAILED; both exit as the gate does.
"""

from pathlib import Path
from typing import Annotated

import typer

from bmad import __version__
from bmad.cli import output
from bmad.cli.output import Repo
from bmad.errors import UsageError
from bmad.model.attestation import Predicate
from bmad.needs import sealed
from bmad.pipeline.gate.attest import AttestRequest, attest
from bmad.pipeline.gate.gate import GateRequest
from bmad.render.gate import text
from bmad.wiring import open_app


def run(
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="A private key, OpenSSH or PEM.")],
    verifier: Annotated[str, typer.Option(metavar="URI", help="Who runs this and vouches for it.")],
    predicate: Annotated[Predicate, typer.Option(help="What kind of statement.")] = Predicate.SVR,
    base: Annotated[str | None, typer.Option(metavar="REV", help="As for bmad gate.")] = None,
    head: Annotated[str | None, typer.Option(metavar="REV", help="The commit that it is about.")] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="REV", help="Instead of --base: each step of a history."),
    ] = None,
    resource: Annotated[
        str | None, typer.Option(metavar="URI", help="The repository; by default gate.repository.")
    ] = None,
    ref: Annotated[
        str | None, typer.Option(metavar="REF", help="A full ref that points at the head, to be named.")
    ] = None,
    repo: Repo = None,
) -> int:
    if base is not None and since is not None:
        raise UsageError("Either --base or --since.")
    app = open_app(repo)
    request = AttestRequest(GateRequest(base, head, since=since), predicate, verifier, __version__, resource, ref)
    found = attest(app.history(), app.formats, app.clock, request)
    if found.report.ok or predicate is Predicate.VSA:
        output.result(sealed(found.statement, key))
    if not found.report.ok:
        output.message(text(found.report))
    return found.report.exit
