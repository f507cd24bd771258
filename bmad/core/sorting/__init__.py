"""A model as judge of an intent's blocks: it names what bmad cut, and words nothing of what is mapped."""
