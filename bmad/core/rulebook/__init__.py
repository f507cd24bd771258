"""The rules of `bmad validate` as people read them (`docs/rules.md`)."""
