"""What may be done: deny by default, decided outside any model."""
