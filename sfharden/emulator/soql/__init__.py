"""SOQL, parsed, compiled and run over the embedded org's tables."""
