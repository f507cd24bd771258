"""Models reached by the SDKs of their providers: one loop of our own over three wire formats, and its tools.

`work.run` is the door. An SDK is imported where its wire format is used (`messages`, `chat`, `responses`), for it
takes seconds. The loop runs within bmad: what touches files is held to the worktree by `tree`, and what is run is
a confined program like any check (`programs`).
"""
