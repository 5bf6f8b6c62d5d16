"""The window of a branch: full screen, by touch, for one person after another, with nothing left between them."""
