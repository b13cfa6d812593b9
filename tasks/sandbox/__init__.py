"""The only place that starts a process which can run repository code.

`choose.sandbox()` gives the one this machine can offer; `export` moves trees in
and bytes out without following what a repository planted.
"""
