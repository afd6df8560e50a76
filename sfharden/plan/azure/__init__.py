"""The Azure side of a plan: changes as commands that a person runs. Nothing here runs one."""
