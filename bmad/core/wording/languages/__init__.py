"""The words by language, one file each, and nothing but data."""
