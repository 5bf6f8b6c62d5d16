"""Other programs beside ours: what we write is read by them, and what they write by us."""
