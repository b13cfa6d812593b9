"""The append-only, hash-chained record of decisions and effects.

`append` runs in the transaction of the change it describes, so there is neither a
change without its entry nor an entry without its change. `verify` finds any edit,
deletion, swap or insertion. It cannot find a cut-off tail or a chain that was
rewritten as a whole: both need an anchor outside this database.
"""
