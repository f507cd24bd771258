"""Whole ways with real programs and a real model, which the default suite skips by name."""
