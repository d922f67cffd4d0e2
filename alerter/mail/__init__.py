"""Digests in words, as one message each, and the ways of sending them."""
