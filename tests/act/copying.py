"""What a reviewer is asked to copy out of the diff of its prompt, found as a reader would; for agents in tests."""

import re

_ASKED = re.compile(r"the last line that this diff (adds to|takes out of) the file to copy from")


def copied(prompt: str) -> str:
    """The line, without its number and sign; where files are to be counted, their number."""
    label = re.search(r"DATA ([0-9a-f]{16})", prompt)
    if label is None:
        return ""
    diff = prompt.rpartition(f"The diff:\n\n<<<DATA {label[1]}\n")[2].partition(f"\nDATA {label[1]}>>>")[0]
    diff = re.sub(r"(?m)^ *\d*\|", "", diff)
    asked = _ASKED.search(prompt)
    if asked is None:
        return str(len(re.findall(r"(?m)^diff --git ", diff)))
    [named] = re.findall(rf"(?m)^The file to copy from:\n\n<<<DATA {label[1]}\n(.*)\nDATA {label[1]}>>>$", prompt)
    sign = "+" if asked[1] == "adds to" else "-"
    of_file = re.split(r"(?m)^diff --git .*\n", diff)
    path = re.escape(named.strip('"'))
    [own] = [one for one in of_file if re.search(rf'(?m)^[+-]{{3}} "?[ab]/{path}"?$', one)]
    lines = [line[1:] for line in own.partition("\n@@")[2].split("\n") if line.startswith(sign)]
    return [line for line in lines if line.strip()][-1]
