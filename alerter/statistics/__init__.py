"""What a panel asks of the past: pure rules on counts, shares and durations."""
