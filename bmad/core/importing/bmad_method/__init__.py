"""The BMAD method: PRD, epics, board and story files of v6, and the epic folders of the v7 preview.

`files` tells who is what, `requirements`, `epics`, `stories` and `board` read one kind each, `agreeing` compares
two places that say the same, and `reader` puts a project together.
"""
