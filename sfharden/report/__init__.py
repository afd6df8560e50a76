"""One module for each format: a report in, text out."""
