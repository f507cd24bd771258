"""What other methods and trackers hold becomes documents of bmad, and goes back."""
