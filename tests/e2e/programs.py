"""The coding agents that `make e2e` runs: which version, and where it is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = {
    "claude": ("@anthropic-ai/claude-code", "2.1.197"),
    "codex": ("@openai/codex", "0.169.0"),
    "qwen": ("@qwen-code/qwen-code", "0.15.10"),
    "opencode": ("opencode-ai", "1.18.33"),
}
"""Program -> its package and the version that bmad was tried with."""

INSTALLED = "E2E_BIN"
"""The variable that names a folder with programs that are there already."""

_SECONDS = 900


def programs(folder: Path) -> dict[str, Path]:
    """Program -> its path, of those that are there: from `E2E_BIN`, else installed below the folder."""
    told = os.environ.get(INSTALLED)
    bins = Path(told).absolute() if told else folder / "node_modules" / ".bin"
    if not told:
        for name in PACKAGES:
            _install(name, folder)
    return {name: bins / name for name in PACKAGES if _starts(bins / name)}


def _install(name: str, folder: Path) -> None:
    """Install one, apart from the others: where it is not to be had, they are."""
    package, version = PACKAGES[name]
    manifest = folder / "node_modules" / package / "package.json"
    if manifest.exists() and json.loads(manifest.read_text(encoding="utf-8"))["version"] == version:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(f"e2e: npm is needed to install {name}; or name a folder of programs: {INSTALLED}=DIR")
    folder.mkdir(parents=True, exist_ok=True)
    _allow(folder / "package.json")
    argv = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", f"{package}@{version}"]
    sys.stdout.write(f"e2e: installing {package} {version}\n")
    sys.stdout.flush()
    subprocess.run(argv, cwd=folder, check=False, timeout=_SECONDS, stdout=subprocess.DEVNULL)


def _allow(manifest: Path) -> None:
    """Say that these packages, in these versions, may make their program when they are installed: npm 12 asks."""
    told = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {"private": True}
    told["allowScripts"] = {f"{package}@{version}": True for package, version in PACKAGES.values()}
    manifest.write_text(json.dumps(told), encoding="utf-8")


def _starts(program: Path) -> bool:
    """Whether it is there and says its version: what a registry gave may be for another machine."""
    if not program.exists():
        return False
    argv = [str(program), "--version"]
    ended = subprocess.run(argv, check=False, capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
    return ended.returncode == 0
