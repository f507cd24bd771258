"""No command: `python -m bmad.cli.rulebook` writes `docs/rules.md` of the checkout that one stands in."""

from bmad.pipeline.spec.rulebook import examined
from bmad.render.rulebook import page
from bmad.wiring import open_app

PAGE = "docs/rules.md"


def main() -> None:
    app = open_app(None)
    (app.root / PAGE).write_text(page(examined(app.formats)), encoding="utf-8")


if __name__ == "__main__":
    main()
