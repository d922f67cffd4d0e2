"""Reads Ofsted's Annex A: the assessments of List 4, joined with Lists 3 and 6 by child."""
