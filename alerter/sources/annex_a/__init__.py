"""Ofsted's Annex A: the assessments of List 4, joined with what Lists 3 and 6 know of the same children."""
