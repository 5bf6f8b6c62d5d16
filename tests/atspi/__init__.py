"""A whole journey heard, not seen: a real accessibility bus and the program in a display of its own."""
