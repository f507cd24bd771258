"""How reviewers are asked about a change, agents and people, and what they were shown of it."""
