"""The command line: one command a file; each opens the App, calls one use case, renders, returns an exit code."""
