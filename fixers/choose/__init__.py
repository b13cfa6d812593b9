"""How plausible candidates are told apart, weighed and put in order."""
