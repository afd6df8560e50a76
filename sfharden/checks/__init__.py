"""The checks, by subject. Each is a short pure function: facts in, verdicts out."""
