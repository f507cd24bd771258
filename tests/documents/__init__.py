"""The documents: what is written from the code is in step, what is shown was run, and no link is dead."""
