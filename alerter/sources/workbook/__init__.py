"""Workbooks: looked over before they are opened, then read by calamine."""
