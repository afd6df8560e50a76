"""A loopback Azure Resource Manager: a tenant as data, and the answers that ARM gives about it."""
