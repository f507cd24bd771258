"""A scripted model server on loopback, for tests of whatever talks to a model: SDKs, coding agents, routers.

`ModelServer(script)` speaks Anthropic Messages, OpenAI Chat Completions and OpenAI Responses, streaming or not.
What it answers is a function of what was asked (`script.py`); `faults.py` has how providers fail.
"""
