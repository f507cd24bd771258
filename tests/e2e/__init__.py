"""Whole ways with real programs and a real model; none of it is in the default suite."""
