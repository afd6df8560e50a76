"""Tests of the checks, by subject: each changes one thing of the healthy org."""
