"""The nouns: what was read, what was meant, what was found. Frozen; no network, no clock, no environment."""
