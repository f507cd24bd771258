"""Lines of files: what a change adds of them, and of which story each is. Pure."""
