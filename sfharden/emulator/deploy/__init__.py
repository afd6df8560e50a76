"""Retrieve and deploy: what the embedded org's Metadata API does."""
