"""Frozen values that every other room speaks in. No files, no clock, no git."""
