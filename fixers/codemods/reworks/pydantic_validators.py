"""Pydantic 1's validator decorators as pydantic 2 wants them."""

from __future__ import annotations

import libcst as cst

from fixers.codemods.workfile import Workfile

_DROPPED = frozenset({"allow_reuse"})
_KEPT = frozenset({"check_fields"})


def field_validators(work: Workfile) -> None:
    """Write `@validator` as `@field_validator` with `@classmethod`; what needs another design is left alone.

    That is `each_item`, `always`, `**kwargs`, and what asks the field for more than its name.
    """
    for function in work.source.all(cst.FunctionDef):
        for decorator in function.decorators:
            call = decorator.decorator
            if not isinstance(call, cst.Call) or not work.real(call.func).endswith(".validator"):
                continue
            options = {arg.keyword.value: arg for arg in call.args if arg.keyword}
            if not set(options) <= _DROPPED | _KEPT | {"pre"} or not work.real(call.func).startswith("pydantic."):
                continue
            signature = _with_info(work, function)
            name = work.spelled("pydantic.field_validator") if signature else None
            if signature is None or name is None:
                continue
            before = "pre" in options and work.source.code(options["pre"].value) == "True"
            kept = [arg for arg in call.args if arg.keyword is None or arg.keyword.value in _KEPT]
            new = _call(name, kept, {"mode": '"before"'} if before else {})
            _redecorate(work, function, decorator, new)


def model_validators(work: Workfile) -> None:
    """Write `@root_validator` as `@model_validator`.

    One that runs afterwards gets the model in place of a dictionary: its `values["x"]` becomes
    `self.x`. Where it does anything else with the dictionary, it is only told to skip failures.
    """
    for function in work.source.all(cst.FunctionDef):
        for decorator in function.decorators:
            call = decorator.decorator
            real = work.real(call.func if isinstance(call, cst.Call) else call)
            if not (real.startswith("pydantic.") and real.endswith(".root_validator")):
                continue
            args = call.args if isinstance(call, cst.Call) else ()
            options = {arg.keyword.value: work.source.code(arg.value) for arg in args if arg.keyword}
            if options.get("pre") == "True":
                if (name := work.spelled("pydantic.model_validator")) is not None:
                    _redecorate(work, function, decorator, _call(name, [], {"mode": '"before"'}))
            elif _speaks_of_self(work, function):
                if (name := work.spelled("pydantic.model_validator")) is not None:
                    _redecorate(work, function, decorator, _call(name, [], {"mode": '"after"'}), bound=True)
            elif options.get("skip_on_failure") != "True":
                written = work.source.code(call.func if isinstance(call, cst.Call) else call)
                work.edits.put(decorator.decorator, _call(written, list(args), {"skip_on_failure": "True"}))


def _call(name: str, args: list[cst.Arg], more: dict[str, str]) -> cst.Call:
    new = cst.parse_expression(f"{name}({', '.join(f'{key}={value}' for key, value in more.items())})")
    assert isinstance(new, cst.Call)  # noqa: S101 - the text is a call
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    every = [*args, *new.args]
    spaced = [arg.with_changes(comma=comma) for arg in every[:-1]]
    return new.with_changes(args=[*spaced, *(arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in every[-1:])])


def _redecorate(
    work: Workfile, function: cst.FunctionDef, old: cst.Decorator, new: cst.Call, *, bound: bool = False
) -> None:
    """Replace a decorator; what does not get the instance is a class method."""
    others = {d.decorator.value for d in function.decorators if isinstance(d.decorator, cst.Name)}
    index = function.decorators.index(old)
    added = [] if bound or "classmethod" in others else [cst.Decorator(cst.Name("classmethod"))]

    def changed(node: cst.FunctionDef) -> cst.FunctionDef:
        kept = [d for d in node.decorators if not (bound and _is_classmethod(d.decorator))]
        place = kept[index].with_changes(decorator=new)
        return node.with_changes(decorators=[*kept[:index], place, *added, *kept[index + 1 :]])

    work.edits.change(function, cst.FunctionDef, changed)


def _is_classmethod(decorator: cst.BaseExpression) -> bool:
    return isinstance(decorator, cst.Name) and decorator.value == "classmethod"


def _with_info(work: Workfile, function: cst.FunctionDef) -> bool | None:
    """Put `info` for `values` and `field`; None when the parameters cannot be kept."""
    parameters = function.params
    if parameters.star_kwarg or parameters.kwonly_params or isinstance(parameters.star_arg, cst.Param):
        return None
    extra = [param.name.value for param in parameters.params[2:]]
    if len(parameters.params) < 2 or not set(extra) <= {"values", "field"}:
        return None
    reads = [name for name in work.source.within(function.body, cst.Name) if _is_read(work, name)]
    if not extra:
        return True
    put = [(name, new) for name in reads if name.value in extra and (new := _of_info(work, name)) is not None]
    if any(name.value == "info" for name in reads) or len(put) != sum(name.value in extra for name in reads):
        return None
    first = parameters.params[2].with_changes(name=cst.Name("info"), annotation=None, comma=cst.MaybeSentinel.DEFAULT)
    kept = [*parameters.params[:2], first]
    work.edits.change(parameters, cst.Parameters, lambda node: node.with_changes(params=kept))
    for _, (old, text) in put:
        work.edits.put(old, cst.parse_expression(text))
    return True


def _of_info(work: Workfile, name: cst.Name) -> tuple[cst.CSTNode, str] | None:
    """Return a use of `values` or of the field's name, and what it is of `info`; None for any other use."""
    if name.value == "values":
        return name, "info.data"
    parent = work.source.parents[name]
    named = isinstance(parent, cst.Attribute) and parent.value is name and parent.attr.value in {"name", "alias"}
    return (parent, "info.field_name") if named else None


def _is_read(work: Workfile, name: cst.Name) -> bool:
    parent = work.source.parents[name]
    attribute = isinstance(parent, cst.Attribute) and parent.attr is name
    return not attribute and not (isinstance(parent, cst.Arg) and parent.keyword is name)


def _speaks_of_self(work: Workfile, function: cst.FunctionDef) -> bool:
    """Turn the dictionary of a root validator into the model; False, and nothing changed, when it cannot be."""
    params = [param.name.value for param in function.params.params]
    if len(params) != 2:
        return False
    first, values = params
    changes: list[tuple[cst.CSTNode, cst.CSTNode]] = []
    for name in work.source.within(function.body, cst.Name):
        if not _is_read(work, name) or name.value not in {first, values, "self"}:
            continue
        new = _attribute(work, name) if name.value == values else None
        if new is None:
            return False
        changes.append(new)
    for old, replacement in changes:
        work.edits.put(old, replacement)
    kept = [function.params.params[0].with_changes(name=cst.Name("self"), comma=cst.MaybeSentinel.DEFAULT)]
    work.edits.put(function.params, function.params.with_changes(params=kept))
    if function.returns is not None:
        work.edits.change(function, cst.FunctionDef, lambda node: node.with_changes(returns=None))
    return True


def _attribute(work: Workfile, name: cst.Name) -> tuple[cst.CSTNode, cst.CSTNode] | None:
    """Return a use of the dictionary and what it is of the model; None for any other use."""
    parent = work.source.parents[name]
    if isinstance(parent, cst.Return):
        return name, cst.Name("self")
    if isinstance(parent, cst.Subscript) and len(parent.slice) == 1:
        index = parent.slice[0].slice
        key = index.value if isinstance(index, cst.Index) else None
        return (parent, _of_self(key)) if isinstance(key, cst.SimpleString) and _is_word(key) else None
    call = work.source.parents.get(parent)
    got = isinstance(parent, cst.Attribute) and parent.attr.value == "get"
    if got and isinstance(call, cst.Call) and call.func is parent:
        key = call.args[0].value if call.args else None
        return (call, _of_self(key)) if isinstance(key, cst.SimpleString) and _is_word(key) else None
    return None


def _is_word(key: cst.SimpleString) -> bool:
    return isinstance(key.evaluated_value, str) and key.evaluated_value.isidentifier()


def _of_self(key: cst.SimpleString) -> cst.Attribute:
    return cst.Attribute(cst.Name("self"), cst.Name(str(key.evaluated_value)))
