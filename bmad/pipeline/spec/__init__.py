"""The specification in the work tree: read, validated, and edited by the commands that change it."""
