"""Foreign text made safe, compared, counted, fitted."""
