"""What another method or tracker has written, read as epics, stories and requirements of bmad.

Each format has a reader of its own; all of them give the values of `source`, with the place of every word, and
`drafting` makes of those what a mapper makes of an intent, so that ids, hand edits and files are `mapping`'s.
Pure over texts: who imports brings them.
"""
