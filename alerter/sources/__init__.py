"""Reads assessments and the directory: each row becomes an `Assessment` or a `Rejected`."""
