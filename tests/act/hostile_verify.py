"""A `verify` command for tests: fails where a story's file `verify.txt` asks it to, in the way it asks for."""

import os
import pathlib
import time

for file in pathlib.Path("src").glob("*/verify.txt"):
    how = file.read_text(encoding="utf-8")
    if "lies" in how:
        raise SystemExit("it does not do what it says")
    if "hang" in how:
        time.sleep(600)
    while "flood" in how:
        os.write(1, b"flood\n" * 20_000)
    if "litter" in how:
        pathlib.Path("litter.txt").write_text("left behind\n", encoding="utf-8")
        pathlib.Path(".git").unlink()
