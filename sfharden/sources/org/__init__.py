"""A running org, read into a Snapshot."""
