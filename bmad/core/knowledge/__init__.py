"""Lessons of earlier stories: read, arranged, and held against what stands now."""
