"""What a bank brings to its server: a Protocol for each, and an adapter of the common kind behind it."""
