"""Joint-certificate formats (NPKI): what the Korean profile adds to X.509 and PKCS#8."""
