"""Questions to a snapshot: known for sure, or CannotTell."""
