"""Knows how a certificate is asked for and confirmed between a person's side and a CA (CMP, RFC 9810)."""
