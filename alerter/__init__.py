"""Weekly deadline digests for children's social care assessments."""
