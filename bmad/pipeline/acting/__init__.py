"""`bmad act`: stories carried out by agents, step by step, each step idempotent."""
