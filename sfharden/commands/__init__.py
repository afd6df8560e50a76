"""One module for each sub-command; each loads what it needs when it's run."""
