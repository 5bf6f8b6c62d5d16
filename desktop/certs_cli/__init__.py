"""The command `changgu certs`: certificate files on every medium, for people and for programs."""
