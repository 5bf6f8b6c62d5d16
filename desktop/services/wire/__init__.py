"""Knows the wire: the one table (`operations`) that client, server and OpenAPI are made from, its forms and seals."""
