"""Places where certificates are kept, and how to write there completely or not at all: no Qt, no format."""
