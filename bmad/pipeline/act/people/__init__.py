"""A person's part: their verdicts, their own work and reviews, and what they look at before they accept."""
