"""Controls of the Azure side: what stands at a resource, against the checklist."""
