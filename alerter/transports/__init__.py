"""Ways of sending: one protocol, one file a way."""
