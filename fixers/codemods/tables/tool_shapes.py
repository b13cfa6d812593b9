"""Calls of libraries for files, terminals, clocks, tasks and sockets that their later releases take in another form."""

from __future__ import annotations

from fixers.codemods.reworks.starlette_lifespan import one_lifespan
from fixers.codemods.reworks.websockets_path import without_path
from fixers.codemods.shapes import Keyword, Reach, Rework, Rule, Shape
from fixers.model import Tier

_REMOVED = r"\"{}\(\)\" has been removed, use"
_UNITS = "years quarters months weeks days hours minutes seconds microseconds"
_RUAMEL = "ruamel.yaml 0.18"
_TINYDB = "tinydb 4.0"
_NO_MEMBER = r"'(?:TinyDB|Table)' object has no attribute '{}'"

YAML: tuple[Rule, ...] = (
    *(Shape(f"ruamel.yaml.{old}($x)", f'ruamel.yaml.YAML(typ="{kind}", pure=True).{new}($x)', _RUAMEL,
            message=_REMOVED.format(old))
      for old, kind, new in (("safe_load", "safe", "load"), ("safe_load_all", "safe", "load_all"))),
    *(Shape(f"ruamel.yaml.{old}($x)", f"ruamel.yaml.YAML().{new}($x)", _RUAMEL, message=_REMOVED.format(old))
      for old, new in (("round_trip_load", "load"), ("round_trip_load_all", "load_all"))),
    *(Shape(f"ruamel.yaml.load($x, Loader=ruamel.yaml.{loader})", f"ruamel.yaml.YAML({kind}).load($x)", _RUAMEL,
            message=_REMOVED.format("load"))
      for loader, kind in (("SafeLoader", 'typ="safe", pure=True'), ("RoundTripLoader", ""))),
    *(Shape(f"ruamel.yaml.{old}($x, $s)", f"ruamel.yaml.YAML({kind}).dump($x, $s)", _RUAMEL,
            message=_REMOVED.format(old))
      for old, kind in (("round_trip_dump", ""), ("safe_dump", 'typ="safe", pure=True'))),
)  # fmt: skip

STORES: tuple[Rule, ...] = (
    *(Shape(f"$d.{old}", f"$d.{new}", _TINYDB, message=_NO_MEMBER.format(name), reach=Reach.LINE)
      for name, old, new in (
        ("purge", "purge()", "truncate()"), ("purge_tables", "purge_tables()", "drop_tables()"),
        ("purge_table", "purge_table($n)", "drop_table($n)"))),
    Shape("$d.eid", "$d.doc_id", _TINYDB, message=r"'Document' object has no attribute 'eid'"),
    *(Keyword(f"tinydb.table.Table.{name}", old, new, _TINYDB, method=True)
      for name in ("get", "update", "remove", "contains", "upsert")
      for old, new in (("eid", "doc_id"), ("eids", "doc_ids"))),
    *(Keyword("redis.Redis", old, new, "redis 5.0") for old, new in (
        ("charset", "encoding"), ("errors", "encoding_errors"))),
    Shape("google.protobuf.message_factory.MessageFactory($p).GetPrototype($d)",
          "google.protobuf.message_factory.GetMessageClass($d)", "protobuf 4.22",
          message=r"'MessageFactory' object has no attribute 'GetPrototype'|GetPrototype"),
    Shape("google.protobuf.symbol_database.Default().GetPrototype($d)",
          "google.protobuf.message_factory.GetMessageClass($d)", "protobuf 4.22", message=r"GetPrototype"),
)  # fmt: skip

TASKS: tuple[Rule, ...] = (
    *(Keyword(f"{home}.to_thread.run_sync", "cancellable", "abandon_on_cancel", since)
      for home, since in (("trio", "trio 0.23"), ("anyio", "anyio 4.1"))),
    *(Keyword(f"websockets.{name}", "extra_headers", new, "websockets 14.0",
              message=r"unexpected keyword argument 'extra_headers'", tier=Tier.B)
      for name, new in (("connect", "additional_headers"),)),
    Rework("starlette", "starlette 1.0", r"unexpected keyword argument 'on_(?:startup|shutdown)'", one_lifespan),
    Rework("websockets", "websockets 13.0",
           r"missing 1 required positional argument: 'path'|ConnectionClosedError.*1011", without_path),
)  # fmt: skip

SECRETS: tuple[Rule, ...] = (
    *(Shape(f"bcrypt.{name}($p, $*s)", f"bcrypt.{name}($p[:72], $*s)", "bcrypt 5.0",
            unless=f"bcrypt.{name}($p[:72], $*s)", message=r"password cannot be longer than 72 bytes")
      for name in ("hashpw", "checkpw")),
)  # fmt: skip

CLOCKS: tuple[Rule, ...] = (
    *(Shape(f"$a.replace({unit}=$n)", f"$a.shift({unit}=$n)", "arrow 0.14.5", message=rf"Unknown attribute: '{unit}'",
            reach=Reach.LINE) for unit in _UNITS.split()),
)  # fmt: skip

FORMS: tuple[Rule, ...] = (
    Shape("rest_framework.serializers.NullBooleanField($*a)",
          "rest_framework.serializers.BooleanField($*a, allow_null=True)", "djangorestframework 3.14",
          message=r"NullBooleanField"),
    *(Shape(f"rest_framework.decorators.{old}($*a)", f"rest_framework.decorators.action($*a, {new})",
            "djangorestframework 3.10")
      for old, new in (("detail_route", "detail=True"), ("list_route", "detail=False"))),
    *(Keyword(f"django_filters.{name}", old, new, "django-filter 2.0",
              message=rf"unexpected keyword argument '{old}'")
      for name in ("CharFilter", "NumberFilter", "BooleanFilter", "DateFilter", "ChoiceFilter", "Filter",
                   "ModelChoiceFilter", "DateFromToRangeFilter", "RangeFilter")
      for old, new in (("name", "field_name"), ("lookup_type", "lookup_expr"))),
    Shape("sklearn.metrics.SCORERS", "sklearn.metrics.get_scorer_names()", "scikit-learn 1.3", tier=Tier.B),
    *(Shape(f"sklearn.metrics.{old}($*a)", f"sklearn.metrics.{new}.from_estimator($*a)", "scikit-learn 1.2")
      for old, new in (("plot_confusion_matrix", "ConfusionMatrixDisplay"), ("plot_roc_curve", "RocCurveDisplay"),
                       ("plot_precision_recall_curve", "PrecisionRecallDisplay"))),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*YAML, *STORES, *TASKS, *SECRETS, *CLOCKS, *FORMS)
