"""The home of the person of the tests: Ada, whose git knows nothing of whoever runs them."""

import os
from pathlib import Path


def template(folder: Path) -> Path:
    """What her repositories begin with: none of the samples of hooks, which every copy of one would copy."""
    for name in ("hooks", "info"):
        (folder / name).mkdir(parents=True)
    return folder


def ada(home: Path, begins_with: Path) -> dict[str, str | None]:
    """Make a home; the environment's variables that lead there, None for those that are not to be set."""
    home.mkdir()
    (home / "gitconfig").write_text(
        "[user]\nname = Ada\nemail = ada@example.org\n[commit]\ngpgSign = false\n[maintenance]\nauto = false\n"
        f"[init]\ndefaultBranch = main\ntemplateDir = {begins_with}\n",
        encoding="utf-8",
    )
    others = dict.fromkeys(one for one in os.environ if one.startswith("GIT_") or one == "BMAD_ACTOR")
    told = {"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": str(home / "gitconfig")}
    return {**others, **told}
