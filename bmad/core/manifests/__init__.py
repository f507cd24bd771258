"""What a project says that it depends on, by its manifests and lock files; read and never run."""
