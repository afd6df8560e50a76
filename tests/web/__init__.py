"""Tests of what both wires rest on."""
