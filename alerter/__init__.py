"""Weekly deadline digests for children's social care assessments."""

__version__ = "0.1.0"
