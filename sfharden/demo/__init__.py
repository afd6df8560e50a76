"""The sample integration, and what is needed to show sfharden at work on it."""
