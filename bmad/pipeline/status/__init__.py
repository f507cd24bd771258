"""`bmad status` and `bmad verify`: where the stories stand, and what their tests showed."""
