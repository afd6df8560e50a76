"""The doors of a run, opened: the process, the clock, the log of calls, a running org, and who is asked."""
