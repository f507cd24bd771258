"""`bmad brainstorm`: an intent written in conversation."""
