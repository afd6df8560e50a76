"""Files in and out: YAML, JSON, output files and folders."""
