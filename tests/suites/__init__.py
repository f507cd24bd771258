"""What a change does to the tests that were there."""
