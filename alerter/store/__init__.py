"""Our own data: what was read, who was told what, and what is still owed."""
