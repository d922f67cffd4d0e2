"""The report for a panel: one paper, as a page, a Word document or a table."""
