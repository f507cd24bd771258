"""What other tools are given of a specification: rows of items, and files as the BMAD method has them. Pure."""
