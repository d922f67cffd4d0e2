"""What is true: rules on values, with no clock, no disk and no network."""
