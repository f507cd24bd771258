"""`bmad act`: stories carried out by agents, step by step, each step idempotent.

`scheduler` says which story is next and `runner` carries one; `steps` are the work of the states, `checks` and
`reviewers` what two of them ask, `people` is a person's part, and `reports` tell how it stands.
"""
