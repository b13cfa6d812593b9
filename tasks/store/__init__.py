"""The database: the only truth.

Start at `open_store`: it gives a `Store`, whose `write()` and `read()` are the
only ways to a session. `models` names the tables, `states` the machine;
`deliveries`, `attempts`, `incidents`, `documents` and `effects` hold the moves,
each a function over a session so that several make one transaction.
"""
