"""A made-up borough, to see the alerter at work without anybody's data."""
