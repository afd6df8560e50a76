"""What both wires rest on: addresses, guarded and bounded calls, retries, counting. It knows no service by itself."""
