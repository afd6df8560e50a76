"""Azure: the shapes of its exports. Pure; nothing here reads a file or the network."""
