"""Stage two: each block gets a class and a part, or a reason why it is left. It knows words, and joins nothing."""
