"""What prepares a repository, a branch and a machine: `bmad init`, `hooks`, `start`, `doctor`, `agents`."""
