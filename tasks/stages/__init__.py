"""The loop, one stage a file.

`observe.receive` makes an attempt of a delivery; from there `STAGES` in
`tasks.store.states` says which stage works on an attempt. Each stage is a function
over the attempt's id that returns the state it left the attempt in; when that
differs from the state it found, hand the attempt to the next stage. A stage may be
delivered twice, killed anywhere and run by two workers: the outcome is the same.
"""
