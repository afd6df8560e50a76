"""The embedded org: a program of its own that imports nothing of sfharden but its errors."""
