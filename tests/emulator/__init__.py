"""Tests of the embedded org, over loopback HTTP."""
