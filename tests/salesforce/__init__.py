"""Tests of the wire; nothing here leaves the machine."""
