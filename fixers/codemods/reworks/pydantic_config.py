"""Pydantic 1's `class Config` and fields as pydantic 2 wants them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node

from fixers.codemods.reworks.pydantic_models import models
from fixers.codemods.workfile import Workfile

_RENAMED = {
    "allow_population_by_field_name": "populate_by_name",
    "anystr_lower": "str_to_lower",
    "anystr_strip_whitespace": "str_strip_whitespace",
    "anystr_upper": "str_to_upper",
    "keep_untouched": "ignored_types",
    "max_anystr_length": "str_max_length",
    "min_anystr_length": "str_min_length",
    "orm_mode": "from_attributes",
    "schema_extra": "json_schema_extra",
    "validate_all": "validate_default",
}
_IDLE = frozenset({"smart_union", "underscore_attrs_are_private", "copy_on_model_validation"})
"""Keys without an effect any more: what they asked for is what pydantic 2 always does."""
_GONE = frozenset({"fields", "getter_dict", "error_msg_templates", "json_loads", "json_dumps", "alias"})
_EXTRA = re.compile(r"^(?:\w+\.)*Extra\.(allow|forbid|ignore)$")
_MISSING = re.compile(r"^(?P<field>\w+)\n +Field required \[type=missing", re.MULTILINE)
_FOR = re.compile(r"validation errors? for (?P<model>\w+)")
_OPTIONAL = re.compile(r"^(?:typing\.|t\.)?Optional\[.*\]$|\| *None$|^None *\|", re.DOTALL)


def config_dicts(work: Workfile) -> None:
    """Write every model's `class Config` as `model_config`; one that means something else now is left alone."""
    _rewrite_configs(work, only_renamed=False)


def renamed_keys(work: Workfile) -> None:
    """Keep every `class Config` and give its keys their present names and values."""
    for model in models(work):
        config = next((n for n in model.body.body if isinstance(n, cst.ClassDef) and n.name.value == "Config"), None)
        keys = _keys(work, config) if config is not None else None
        if config is None or not keys or not all(_today(key, value)[0] for key, value in keys):
            continue
        for line in work.source.within(config.body, cst.Assign):
            target = line.targets[0].target
            old = (work.source.code(target), work.source.code(line.value))
            new = _today(*old)
            if new[0] != old[0]:
                work.edits.put(target, cst.Name(new[0]))
            if new[1] != old[1]:
                work.edits.put(line.value, cst.parse_expression(new[1]))


def outdated_config_dicts(work: Workfile) -> None:
    """Do so only where a key has another name now, and so is without effect."""
    _rewrite_configs(work, only_renamed=True)


def optional_fields(work: Workfile) -> None:
    """Give the optional fields that a message misses the default None, which they had in pydantic 1."""
    named = _FOR.search(work.said)
    missing = set(_MISSING.findall(work.said))
    for model in models(work):
        if named is not None and model.name.value == named["model"]:
            _default_none(work, model, missing)


def all_optional_fields(work: Workfile) -> None:
    """Do the same for every optional field of every model, when a message misses one: all lost it at once."""
    missing = set(_MISSING.findall(work.said))
    named = _FOR.search(work.said)
    found = list(models(work))
    if any(named and model.name.value == named["model"] and _optional(work, model) & missing for model in found):
        for model in found:
            _default_none(work, model, _optional(work, model))


def _optional(work: Workfile, model: cst.ClassDef) -> set[str]:
    """Return the names of a model's optional fields without a default."""
    return {
        field.target.value
        for field in _fields(model)
        if field.value is None
        and isinstance(field.target, cst.Name)
        and _OPTIONAL.search(work.source.code(field.annotation.annotation)) is not None
    }


def _default_none(work: Workfile, model: cst.ClassDef, wanted: set[str]) -> None:
    named = _optional(work, model) & wanted
    assign = cst.ensure_type(cst.parse_statement("x: int = None"), cst.SimpleStatementLine).body[0]
    for field in _fields(model):
        if isinstance(field.target, cst.Name) and field.target.value in named and isinstance(assign, cst.AnnAssign):
            work.edits.put(field, field.with_changes(value=assign.value, equal=assign.equal))


def unannotated_fields(work: Workfile) -> None:
    """Annotate the fields whose type pydantic 1 took from their default."""
    for model in models(work):
        for line in model.body.body:
            statement = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
            if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
                continue
            target, kind = statement.targets[0].target, _kind(work, statement.value)
            if kind and isinstance(target, cst.Name) and not target.value.startswith(("_", "model_")):
                equal = cst.AssignEqual(cst.SimpleWhitespace(" "), cst.SimpleWhitespace(" "))
                annotated = cst.AnnAssign(target, cst.Annotation(cst.Name(kind)), statement.value, equal=equal)
                work.edits.put(statement, annotated)


def _is_settings(model: cst.ClassDef) -> bool:
    return any("Settings" in (get_full_name_for_node(base.value) or "") for base in model.bases)


def _rewrite_configs(work: Workfile, *, only_renamed: bool) -> None:
    for model in models(work):
        config = next((n for n in model.body.body if isinstance(n, cst.ClassDef) and n.name.value == "Config"), None)
        keys = _keys(work, config) if config is not None and not config.bases else None
        if config is None or not keys or (only_renamed and not any(_is_renamed(key) for key, _ in keys)):
            continue
        home = "pydantic_settings.SettingsConfigDict" if _is_settings(model) else "pydantic.ConfigDict"
        name = work.spelled(home)
        if name is None:
            continue
        items = [f"{key}={value}" for key, value in (_today(key, value) for key, value in keys) if key]
        one = f"model_config = {name}({', '.join(items)})"
        indent = " " * (work.source.place(config).start.column + 4)
        text = (
            one
            if len(indent) + len(one) < 88
            else f"model_config = {name}(\n" + "".join(f"{indent}{item},\n" for item in items) + f"{indent[:-4]})"
        )
        line = cst.parse_statement(text)
        if isinstance(line, cst.SimpleStatementLine):
            work.edits.put(config, line.with_changes(leading_lines=config.leading_lines))


def _keys(work: Workfile, config: cst.ClassDef) -> list[tuple[str, str]] | None:
    """Return the keys and values of a `Config`, or None when it holds what has no counterpart."""
    found = []
    for line in config.body.body:
        statement = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
        if isinstance(statement, cst.Expr) and isinstance(statement.value, cst.SimpleString):
            continue
        if isinstance(statement, cst.AnnAssign) and statement.value is not None:
            target, value = statement.target, statement.value
        elif isinstance(statement, cst.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0].target, statement.value
        else:
            return None
        if not isinstance(target, cst.Name) or target.value in _GONE:
            return None
        found.append((target.value, work.source.code(value)))
    return found


def _is_renamed(key: str) -> bool:
    return key in _RENAMED or key == "allow_mutation"


def _today(key: str, value: str) -> tuple[str, str]:
    if key in _IDLE or (key, value) == ("allow_mutation", "True"):
        return "", ""
    if key == "allow_mutation":
        return "frozen", "True" if value == "False" else f"not {value}"
    extra = _EXTRA.match(value)
    return _RENAMED.get(key, key), f'"{extra[1]}"' if extra else value


def _fields(model: cst.ClassDef) -> Iterator[cst.AnnAssign]:
    for line in model.body.body:
        if isinstance(line, cst.SimpleStatementLine):
            yield from (item for item in line.body if isinstance(item, cst.AnnAssign))


def _kind(work: Workfile, value: cst.BaseExpression) -> str:
    """Return the builtin type of a literal, empty for anything else."""
    try:
        literal = ast.literal_eval(work.source.code(value))
    except (ValueError, SyntaxError):
        return ""
    return type(literal).__name__ if isinstance(literal, (bool, int, float, str)) else ""
