"""The page on which managers answer: rendered here, without a script, and changed by nothing but a POST."""
