"""Measurements of the whole repair, on other people's code; nothing here is part of the product."""
