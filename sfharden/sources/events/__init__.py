"""Event logs, live or as files, to groups of requests and logins."""
