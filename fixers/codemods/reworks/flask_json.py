"""Flask's `JSONEncoder`, whose place a provider of the application took in 2.3."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile

_OLD = "flask.json.JSONEncoder"


def providers(work: Workfile) -> None:
    """Derive from the default provider, and give it to the application in the place of `json_encoder`.

    Its `default` is found in the same way. Only classes are turned: whoever calls an encoder is left alone.
    """
    bases = [
        base.value for kind in work.source.all(cst.ClassDef) for base in kind.bases if work.real(base.value) == _OLD
    ]
    new = work.spelled("flask.json.provider.DefaultJSONProvider") if bases else None
    for base in bases if new is not None else ():
        work.edits.put(base, cst.parse_expression(new or ""))
    for line in work.source.all(cst.Assign):
        target = line.targets[0].target
        if len(line.targets) != 1 or not isinstance(target, cst.Attribute) or target.attr.value != "json_encoder":
            continue
        provider = f"{work.source.code(line.value)}({work.source.code(target.value)})"
        work.edits.put(target.attr, cst.Name("json"))
        work.edits.put(line.value, cst.parse_expression(provider))
