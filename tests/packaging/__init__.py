"""What is published: two archives, the list of their parts, and how each was seen to install."""
