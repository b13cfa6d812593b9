"""Pages for people: what was seen, tried, proven, decided and done. They only read; nobody signs in here."""
