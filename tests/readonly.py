"""`python -m tests.readonly FOLDER` with command lines as JSON on stdin: how each ends there, as JSON."""

import json
import sys
from pathlib import Path

from tests.program import inside

if __name__ == "__main__":
    ends = [inside(*words, cwd=Path(sys.argv[1])) for words in json.load(sys.stdin)]
    json.dump(ends, sys.stdout)
