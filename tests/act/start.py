"""`python -I -S start.py NAME WORD…` is the agent NAME of this folder with these words.

An agent that is a script would be compiled at each start, and is a module here, which is kept as compiled.
"""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])
sys.exit(__import__(sys.argv.pop(1)).main())
