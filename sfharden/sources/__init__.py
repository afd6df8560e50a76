"""Doors to the facts: each module reads one kind of source and gives (parts of) a snapshot."""
