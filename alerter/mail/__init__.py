"""What emails say, and how their bytes are made."""
