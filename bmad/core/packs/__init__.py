"""What an agent is given to know: the parts of a context pack, what gives way first, its hash."""
