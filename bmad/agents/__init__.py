"""Whoever does the work: commands, recordings and people, and the processes that are started for them.

`registry.AgentRoom` is the door. Every call ends, and ends what it began.
"""
