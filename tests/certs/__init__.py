"""Certificate files at hand, on the command line and below it."""
