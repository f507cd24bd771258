"""What works: for `bmad act` and those who write: worktrees, commits of steps, refs, landing."""
