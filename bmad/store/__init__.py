"""What stands on disk: the item grammar, the lock, the settings, the work tree's files, the schemas."""
