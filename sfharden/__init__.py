"""sfharden: prove that a Salesforce integration is bound to its addresses, its users and its profile."""

__version__ = "0.1.0"
