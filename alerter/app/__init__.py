"""The composition root: settings become parts, and the only place that reads the clock."""
