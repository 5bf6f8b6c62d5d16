"""Measurements, run by `make bench`; the numbers stand in docs/performance.md."""
