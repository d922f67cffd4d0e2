"""Recognises a council's own extract: kind, sheet, heading line, and which heading is which column."""
