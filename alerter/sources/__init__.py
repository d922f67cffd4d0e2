"""Where assessments and the directory come from: each row becomes an `Assessment` or a `Rejected`."""
