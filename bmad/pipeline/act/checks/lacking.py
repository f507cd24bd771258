"""Whether a module surely lacks a name, told by its source alone, which is read and never run.

It is asked of the project's interpreter as this very text, in whichever version of Python that is.
"""

import importlib.util
import os
import re

MOST = 5000
"""Files of a package that are looked through."""
MADE = re.compile(
    r"import\s*[(]?\s*[*]|__getattr__|__dict__|(?<![.])(?<!getLogger[(])__name__(?!\s*==)"
    r"|\b(globals|locals|vars|setattr|exec|eval|_convert_|extend_path)\b|\b(sys\s*[.]\s*modules\b|modules\s*\[)"
)


def read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as stream:
        return stream.read()


def lacks(module: str, name: str) -> bool:
    """Whether its source never says the name, nor makes names as it runs."""
    top, *below = module.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or not (spec.origin or "").endswith(".py"):
        return False
    at, folders = spec.origin or "", list(spec.submodule_search_locations or [])
    every = [os.path.join(root, one) for root, _, ones in os.walk(folders[0] if folders else "") for one in ones]
    for part in below:
        if len(folders) != 1:
            return False
        at, folders = os.path.join(folders[0], part, "__init__.py"), [os.path.join(folders[0], part)]
        if not os.path.isfile(at):
            at, folders = folders[0] + ".py", []
    whole = len(folders) == os.path.basename(at).startswith("__init__.")
    if len(every) > MOST or not whole or not os.path.isfile(at):
        return False
    if any(one.split(".")[0] == name for folder in folders for one in os.listdir(folder)):
        return False
    text, word = read(at), re.escape(name)
    if MADE.search(text) or re.search(r"\b" + word + r"\b", text):
        return False
    given = re.compile(r"[.]" + word + r"\s*(=(?!=)|:)|['\"]" + word + r"['\"]")
    return not any(given.search(read(one)) for one in every if one.endswith(".py"))
