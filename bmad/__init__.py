"""bmad: a person's intent becomes stories, stories become commits, and every line keeps its reason."""

__version__ = "0.1.0"
