"""Repositories as earlier states of bmad left them, and what today's program does with them.

`make.py` made them: it runs the real code of a commit of this history. Nothing in them was written by hand.
"""
