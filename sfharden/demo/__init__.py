"""The embedded org: a loopback server that behaves like a Salesforce org,."""
