"""A query on a council's own database: only ever read, never for long, a piece at a time."""
