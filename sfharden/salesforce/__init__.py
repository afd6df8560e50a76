"""The wire to a Salesforce org: the only room that imports an HTTP library."""
