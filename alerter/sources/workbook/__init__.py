"""Reads workbooks: each is checked before calamine opens it."""
