"""Sets up a repository with a history as `bmad init` does, or only says in bmad.yaml where tracing begins."""

from functools import partial

from bmad.cli import output
from bmad.cli.init import run as set_up
from bmad.cli.output import Json, Repo
from bmad.errors import CannotAnswerError, Exit, UsageError
from bmad.model.layout import POLICY
from bmad.pipeline.setup.adopt import adopt
from bmad.render.backfill import adopted
from bmad.wiring import open_here


def run(json: Json = False, repo: Repo = None) -> int:
    app = open_here(repo)
    checkout = app.checkout()
    if not checkout.exists() or (head := checkout.head()) is None:
        raise CannotAnswerError("There is no commit here yet, so there is nothing to adopt: bmad init")
    app = open_here(checkout.top())
    is_new = app.workspace.read(POLICY) is None
    if is_new:
        if json:
            raise UsageError(f"There is no {POLICY} yet. First: bmad init --yes")
        set_up(yes=True, repo=repo)
    report = adopt(app.workspace, app.formats, head)
    output.told(report, partial(adopted, is_new=is_new), json=json)
    return Exit.OK
