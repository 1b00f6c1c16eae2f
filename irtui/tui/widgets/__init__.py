"""Small widgets; each paints what `present` gives it."""
