"""What stands for a criterion: which tests name it, what really ran, and what their failing or passing shows."""
