"""Stage three: what was taken becomes requirements, stories and epics, by the author's own structure."""
