"""Differences as text: how git is asked for them, and what is said where one is longer than is shown."""

MAX_DIFF = 4 << 20
CUT = f"\n[The difference is longer than {MAX_DIFF >> 20} MiB; the rest is left out.]\n"
DIFF = (
    *("diff-tree", "-r", "-p", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "-U3"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--submodule=short", "--full-index", "--inter-hunk-context=0"),
)
