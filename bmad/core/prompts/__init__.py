"""What agents are told: bmad's own words by role, and between fences all that others wrote."""
