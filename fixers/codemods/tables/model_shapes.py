"""Calls of libraries for typed data (pydantic, marshmallow, attrs) that later releases take in another form."""

from __future__ import annotations

from fixers.codemods.reworks.marshmallow_hooks import open_hooks
from fixers.codemods.reworks.pydantic_config import (
    all_optional_fields,
    config_dicts,
    optional_fields,
    outdated_config_dicts,
    renamed_keys,
    unannotated_fields,
)
from fixers.codemods.reworks.pydantic_models import sure_methods
from fixers.codemods.reworks.pydantic_validators import field_validators, model_validators
from fixers.codemods.shapes import Keyword, Reach, Rework, Rule, Shape
from fixers.model import Tier

_V2 = "pydantic 2.0"
_MODEL = "pydantic.BaseModel"
_CONFIG = r"class-based `config` is deprecated"
_KEYS = (
    r"`?from_attributes=True`? to use from_orm|model_config\['from_attributes'\]|Valid config keys have changed"
    r"|Extra` is deprecated"
)
_DUMPING = ("include", "exclude", "by_alias", "exclude_unset", "exclude_defaults", "exclude_none")


def _removed(name: str) -> str:
    return rf"`{name}` is (?:removed|deprecated)"


def _method(old: str, new: str) -> str:
    """Return what pydantic says of a method: deprecated, or that something under its new name is wrong."""
    more = "|`dumps_kwargs` keyword arguments are no longer" if old == "json" else ""
    return rf"[Tt]he `{old}` (?:method|attribute) is deprecated|`{old}` is deprecated.*`{new}`{more}"


PYDANTIC: tuple[Rule, ...] = (
    *(Shape(f"$m.{old}($*a)", f"$m.{new}($*a)", _V2, _MODEL, _method(old, new)) for old, new in (
        ("dict", "model_dump"), ("parse_obj", "model_validate"), ("parse_raw", "model_validate_json"),
        ("construct", "model_construct"), ("update_forward_refs", "model_rebuild"),
        ("schema", "model_json_schema"), ("from_orm", "model_validate"))),
    *(Shape(f"$m.json({name}=$v, $**k)", f"$m.model_dump_json({name}=$v, $**k)", _V2, _MODEL,
            _method("json", "model_dump_json")) for name in _DUMPING),
    Shape("$m.json(indent=$n)", "$m.model_dump_json(indent=$n)", _V2, _MODEL, _method("json", "model_dump_json")),
    Shape("$m.json()", "$m.model_dump_json()", _V2, _MODEL, _method("json", "model_dump_json"), reach=Reach.LINE),
    Shape("$m.copy(update=$v, $**k)", "$m.model_copy(update=$v, $**k)", _V2, _MODEL, _method("copy", "model_copy")),
    Shape("$m.copy(deep=$v)", "$m.model_copy(deep=$v)", _V2, _MODEL, _method("copy", "model_copy")),
    Shape("$m.copy()", "$m.model_copy()", _V2, _MODEL, _method("copy", "model_copy"), reach=Reach.LINE),
    Shape("$m.schema_json()", "json.dumps($m.model_json_schema())", _V2, _MODEL, _method("schema_json", "")),
    Shape("$m.schema_json($**k)", "json.dumps($m.model_json_schema(), $**k)", _V2, _MODEL, _method("schema_json", "")),
    Shape("$m.__fields__", "$m.model_fields", _V2, _MODEL, r"`__fields__` attribute is deprecated"),
    Shape("$m.__fields_set__", "$m.model_fields_set", _V2, _MODEL, r"`__fields_set__` attribute is deprecated"),
    Shape("pydantic.parse_obj_as($t, $x)", "pydantic.TypeAdapter($t).validate_python($x)", _V2),
    Shape("pydantic.tools.parse_obj_as($t, $x)", "pydantic.TypeAdapter($t).validate_python($x)", _V2),
    Shape("pydantic.schema_of($t)", "pydantic.TypeAdapter($t).json_schema()", _V2),
    *(Keyword(f"pydantic.{callee}", old, new, _V2, message=rf"{_removed(old)}|unexpected keyword argument '{old}'")
      for callee, old, new in (
        ("Field", "regex", "pattern"), ("Field", "min_items", "min_length"), ("Field", "max_items", "max_length"),
        ("constr", "regex", "pattern"), ("conlist", "min_items", "min_length"), ("conlist", "max_items", "max_length"),
        ("conset", "min_items", "min_length"), ("conset", "max_items", "max_length"))),
    Keyword("pydantic.Field", "allow_mutation", "frozen=True", _V2, "False", _removed("allow_mutation")),
    Keyword("pydantic.Field", "allow_mutation", "", _V2, "True", _removed("allow_mutation")),
    Rework("pydantic", _V2, r"[Tt]he `(?:copy|json)` method is deprecated", sure_methods, ("pydantic.ConfigDict",)),
    Rework("pydantic", _V2, r"`@validator` validators are deprecated|The `field` and `config` parameters are not",
           field_validators, ("pydantic.field_validator",)),
    Rework("pydantic", _V2, r"`@root_validator`", model_validators, ("pydantic.model_validator",)),
    Rework("pydantic", _V2, _KEYS, renamed_keys),
    Rework("pydantic", _V2, _KEYS, config_dicts, ("pydantic.ConfigDict",), wider=True),
    Rework("pydantic", _V2, _CONFIG, config_dicts, ("pydantic.ConfigDict",)),
    Rework("pydantic", _V2, r"ValidationError: |DID NOT RAISE", outdated_config_dicts, ("pydantic.ConfigDict",),
           Tier.B),
    Rework("pydantic", _V2, r"ValidationError: [\s\S]*Field required \[type=missing", optional_fields, tier=Tier.B),
    Rework("pydantic", _V2, r"ValidationError: [\s\S]*Field required \[type=missing", all_optional_fields,
           tier=Tier.B, wider=True),
    Rework("pydantic", _V2, r"[Aa] non-annotated attribute", unannotated_fields, tier=Tier.B),
)  # fmt: skip

MARSHMALLOW: tuple[Rule, ...] = (
    *(Keyword("marshmallow.fields.Field", old, new, f"marshmallow {since}", family=True) for old, new, since in (
        ("missing", "load_default", "3.13"), ("default", "dump_default", "3.13"),
        ("load_from", "data_key", "3.0"), ("dump_to", "data_key", "3.0"))),
    Keyword("marshmallow.Schema", "strict", "", "marshmallow 3.0", "True", reach=Reach.LINE),
    Shape("$s.dump($*a).data", "$s.dump($*a)", "marshmallow 3.0",
          message=r"'(?:dict|list|OrderedDict)' object has no attribute 'data'"),
    Shape("$s.load($*a).data", "$s.load($*a)", "marshmallow 3.0",
          message=r"'(?:dict|list|OrderedDict)' object has no attribute 'data'|object has no attribute 'data'"),
    Shape("$s.dumps($*a).data", "$s.dumps($*a)", "marshmallow 3.0", message=r"'str' object has no attribute 'data'"),
    Shape("$r.data", "$r", "marshmallow 3.0", message=r"'(?:dict|list|OrderedDict)' object has no attribute 'data'",
          reach=Reach.LINE, tier=Tier.B),
    Rework("marshmallow", "marshmallow 3.0",
           r"\(\) got an unexpected keyword argument '(?:many|partial|unknown|data_key)'", open_hooks),
)  # fmt: skip

ATTRS: tuple[Rule, ...] = (
    *(
        Keyword(
            f"attr.{name}",
            "convert",
            "converter",
            "attrs 19.2",
            message=r"attrib\(\) got an unexpected keyword argument 'convert'",
        )
        for name in ("ib", "attrib")
    ),
    Shape("attr.assoc($*a)", "attr.evolve($*a)", "attrs 17.1"),
)

RULES: tuple[Rule, ...] = (*PYDANTIC, *MARSHMALLOW, *ATTRS)
