"""Lets `python -m sfharden` do what `sfharden` does."""

from sfharden.cli import run

run()
