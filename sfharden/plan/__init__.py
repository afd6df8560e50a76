"""From the state that should be to files that bring it about: edits, diff, package and rollback. Pure."""
