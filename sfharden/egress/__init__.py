"""The addresses an integration calls from."""
