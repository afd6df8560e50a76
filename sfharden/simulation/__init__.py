"""A change before the change: who gets in, what breaks, who is locked out."""
