"""What may be done: deny by default, decided outside any model.

`load.effective` joins the server's ceiling with the repository's file, which can
only tighten it; `decide.decide` says what the result makes of one action. Call it
again at the moment of the effect: a decision is true when it is made, not later.
"""
