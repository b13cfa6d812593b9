"""Realistic one-place mistakes, put into a function by the smallest edit of its text; a file is one family.

Independent of the product on purpose: they share no code and no table with what
repairs, so that a repair is not merely a generator run backwards.
"""
