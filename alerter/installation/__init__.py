"""One council's installation: its settings made into parts, and its clock."""
