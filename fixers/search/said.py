"""What one module says, for the other modules of its project to lean on."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field

from fixers.search.callees import last_name

_LONGEST = 60


@dataclass(slots=True)
class Said:
    """Counts of one module, made in one pass over its nodes."""

    attributes: Counter[str] = field(default_factory=Counter)
    strings: Counter[str] = field(default_factory=Counter)
    """Short ones."""
    calls: dict[str, list[ast.Call]] = field(default_factory=dict)
    """By the last name of what is called."""
    attributes_of: dict[str, list[str]] = field(default_factory=dict)
    """By the plain name that they are read from."""
    mentioned: set[str] = field(default_factory=set)
    """Every name, attribute and import."""


def said_by(tree: ast.Module) -> Said:
    """Read a module once."""
    found = Said()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=attribute):
                found.attributes[attribute] += 1
                if isinstance(node.value, ast.Name):
                    found.attributes_of.setdefault(node.value.id, []).append(attribute)
            case ast.Call(func=callee):
                found.calls.setdefault(last_name(callee), []).append(node)
            case ast.Constant(value=str(text)) if len(text) <= _LONGEST:
                found.strings[text] += 1
            case ast.Name(id=name) | ast.alias(name=name):
                found.mentioned.add(name)
    found.mentioned.update(found.attributes)
    return found
