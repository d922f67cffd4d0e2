"""Rules on values: no clock, no disk, no network."""
