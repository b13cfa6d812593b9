"""Further facts that a library takes in one mapping now, and that are passed as arguments of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, nearest_site
from fixers.codemods.guards import guarded
from fixers.codemods.nearest import nearest, related
from fixers.codemods.signatures import called_name, callee
from fixers.codemods.source import Edits
from fixers.model import Candidate, Tier

_UNKNOWN = re.compile(r"(?P<callee>[\w.<>]+)\(\) got an unexpected keyword argument '(?P<keyword>\w+)'")
_SAID = re.compile(
    r"(?:[Ee]xtra|[Aa]dditional|metadata as|[Aa]rbitrary) .{0,40}?keyword arguments?\b.{0,160}?"
    r"\b[Uu]se (?:the )?(?:explicit )?[`'\"]+(?P<into>\w+)(?:=\.\.\.)?[`'\"]",
    re.DOTALL,
)
_MAPPING = "metadata"
"""A parameter of this name takes anything that its library does not look at."""
_FIELD = "from shop import Field\n\nX = Field(3, required=True, %s)\n"
_FIXED = 'metadata={"note": "a", "unit": "b"}'


class UngatheredKeyword(Codemod):
    """Pass what a library does not know itself in the mapping that it keeps for that.

    Its message names the mapping and the arguments, or its live signature has a parameter `metadata` and
    nothing that is called like the argument.
    """

    NAME = "ungathered-keyword"
    NUMBER = 9
    TIER = Tier.A
    PRIOR = 0.84
    MESSAGE = "facts that a library takes in one mapping are passed one by one"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a parameter is called almost like it
            before=_FIELD % "require=True",
            after=_FIELD % "require=True",
            exception="TypeError",
            message="Field.__init__() got an unexpected keyword argument 'require'",
            line=3,
            parameters={"shop:Field": ("width", "*", "required=False", "metadata=None")},
        ),
        Rewrite(  # no such mapping
            before=_FIELD % "note='a'",
            after=_FIELD % "note='a'",
            exception="TypeError",
            message="Field.__init__() got an unexpected keyword argument 'note'",
            line=3,
            parameters={"shop:Field": ("width", "*", "required=False")},
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_FIELD % 'note="a", unit="b"',
            after=_FIELD % _FIXED,
            exception="TypeError",
            message="Field.__init__() got an unexpected keyword argument 'note'",
            line=3,
            parameters={"shop:Field": ("width", "*", "required=False", "metadata=None")},
        ),
        Rewrite(
            before="from pydantic import Field\n\nX = Field(gt=0, example=9)\n",
            after='from pydantic import Field\n\nX = Field(gt=0, json_schema_extra={"example": 9})\n',
            exception="pydantic.warnings.PydanticDeprecatedSince20",
            message="Using extra keyword arguments on `Field` is deprecated and will be removed. Use "
            "`json_schema_extra` instead. (Extra keys: 'example'). Deprecated in Pydantic V2.0",
            line=3,
        ),
        Rewrite(
            before="from shop import fields\n\nX = fields.Text(\n    required=True,\n    note='a',\n)\n",
            after="from shop import fields\n\nX = fields.Text(\n    required=True,\n    metadata={\"note\": 'a'},\n)\n",
            exception="DeprecationWarning",
            message="Passing field metadata as keyword arguments is deprecated. Use the explicit `metadata=...` "
            "argument instead. Additional metadata: {'note': 'a'}",
            line=3,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Gather the arguments in the call that failed, then in all calls of the same function in the file."""
        for crash in crashes(scene):
            site = nearest_site(scene, crash)
            found = _gathering(scene, site, crash.message) if site is not None else None
            if site is None or found is None:
                continue
            call, into, names = found
            alike = [c for c in site.source.all(cst.Call) if site.source.code(c.func) == site.source.code(call.func)]
            made: list[str] = []
            for calls in ([call], alike):
                text = _gathered(site, calls, into, names)
                if text in made:
                    continue
                made.append(text)
                yield from self.offer(
                    scene,
                    {site.path: text},
                    summary=f"`{called_name(call)}` takes {', '.join(f'`{name}`' for name in names)} within `{into}`.",
                    line=site.line,
                    function=site.function,
                    wider=calls is alike,
                )


def _gathering(scene: Scene, site: Site, message: str) -> tuple[cst.Call, str, tuple[str, ...]] | None:
    """Return the call, the parameter to gather in, and the arguments that belong there; None when unsure."""
    said, unknown = _SAID.search(message), _UNKNOWN.search(message)
    found = []
    for call in site.source.at(site.line, cst.Call):
        named = [arg.keyword.value for arg in call.args if arg.keyword is not None]
        if guarded(site.source, call) or any(arg.star for arg in call.args):
            continue
        if said is not None and said["into"] not in named:
            told = tuple(name for name in named if re.search(rf"['\"]{name}['\"]", message[said.end() :]))
            found += [(call, said["into"], told)] if told else []
        elif unknown is not None and unknown["keyword"] in named and _MAPPING not in named:
            reached = callee(scene, site, call, called_name(call))
            keywords = reached.signature.keywords if reached and reached.definition is None else ()
            strange = tuple(name for name in named if name not in keywords)
            meant = any(nearest(name, keywords) or related(name, keywords) for name in strange)
            if _MAPPING in keywords and not meant and reached and not reached.signature.takes_any_keyword:
                found.append((call, _MAPPING, strange))
    return found[0] if len(found) == 1 else None


def _gathered(site: Site, calls: list[cst.Call], into: str, names: tuple[str, ...]) -> str:
    edits = Edits(site.source)
    for call in calls:
        taken = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value in names]
        if not taken or any(arg.keyword is not None and arg.keyword.value == into for arg in call.args):
            continue
        items = ", ".join(f'"{arg.keyword.value}": {site.source.code(arg.value)}' for arg in taken if arg.keyword)
        first = taken[0].with_changes(keyword=cst.Name(into), value=cst.parse_expression(f"{{{items}}}"))
        kept = [first if arg is taken[0] else arg for arg in call.args if arg is taken[0] or arg not in taken]
        kept[-1] = kept[-1].with_changes(comma=call.args[-1].comma)
        edits.change(call, cst.Call, lambda node, kept=kept: node.with_changes(args=kept))  # type: ignore[misc]
    return edits.text() if edits.changes else site.source.text
