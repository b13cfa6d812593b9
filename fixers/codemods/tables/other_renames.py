"""Public names that libraries for texts, forms, tasks, shapes, pictures and databases renamed or moved.

As in `renamed_apis`: an entry is used only where the installed release lacks the old name and has the new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def _same(old: str, new: str, names: str) -> Iterator[tuple[str, str]]:
    return ((f"{old}.{name}", f"{new}.{name}") for name in names.split())


def _renamed(module: str, pairs: str) -> Iterator[tuple[str, str]]:
    return ((f"{module}.{old}", f"{module}.{new}") for old, new in (pair.split("=") for pair in pairs.split()))


SYMBOLS: Mapping[str, str] = {
    # Celery 5, kombu
    "celery.task.task": "celery.shared_task",
    "celery.task.Task": "celery.Task",
    "celery.task.base.Task": "celery.Task",
    "celery.decorators.task": "celery.shared_task",
    **dict(_same("celery.utils.encoding", "kombu.utils.encoding", "bytes_to_str ensure_bytes safe_repr safe_str")),
    # openpyxl
    **dict(_same("openpyxl.cell", "openpyxl.utils", "column_index_from_string get_column_letter")),
    **dict(_same("openpyxl.reader.excel", "openpyxl", "load_workbook")),
    # pyparsing 3
    **dict(
        _renamed(
            "pyparsing",
            "operatorPrecedence=infix_notation infixNotation=infix_notation delimitedList=DelimitedList "
            "oneOf=one_of quotedString=quoted_string dblQuotedString=dbl_quoted_string restOfLine=rest_of_line "
            "sglQuotedString=sgl_quoted_string lineStart=line_start lineEnd=line_end pythonStyleComment="
            "python_style_comment cppStyleComment=cpp_style_comment cStyleComment=c_style_comment htmlComment="
            "html_comment opAssoc=OpAssoc removeQuotes=remove_quotes replaceWith=replace_with nestedExpr=nested_expr "
            "countedArray=counted_array makeHTMLTags=make_html_tags originalTextFor=original_text_for",
        )
    ),
    "pyparsing.downcaseTokens": "pyparsing.pyparsing_common.downcase_tokens",
    "pyparsing.upcaseTokens": "pyparsing.pyparsing_common.upcase_tokens",
    # Shapely 2
    "shapely.ops.cascaded_union": "shapely.ops.unary_union",
    **dict(_same("shapely.geos", "shapely.errors", "TopologicalError WKTReadingError")),
    # Markdown 3, mistune 2, docutils
    "markdown.util.etree": "xml.etree.ElementTree",
    "markdown.util.string_type": "str",
    "markdown.util.text_type": "str",
    "mistune.Renderer": "mistune.HTMLRenderer",
    "mistune.BlockGrammar": "mistune.BlockParser",
    "mistune.InlineLexer": "mistune.InlineParser",
    "docutils.utils.error_reporting.ErrorString": "docutils.io.error_string",
    # WTForms 3
    **{
        f"{home}.{old}": f"{home}.{new}"
        for home in ("wtforms", "wtforms.fields", "wtforms.fields.core", "wtforms.fields.simple")
        for old, new in (("TextField", "StringField"),)
    },
    **dict(_renamed("wtforms.validators", "Required=DataRequired required=data_required")),
    # Babel
    "babel.numbers.format_number": "babel.numbers.format_decimal",
    # PyMongo 4
    "pymongo.Connection": "pymongo.MongoClient",
    "pymongo.MongoReplicaSetClient": "pymongo.MongoClient",
    # scikit-image
    **{
        f"skimage.measure.compare_{old}": f"skimage.metrics.{new}"
        for old, new in (
            ("mse", "mean_squared_error"),
            ("nrmse", "normalized_root_mse"),
            ("psnr", "peak_signal_noise_ratio"),
            ("ssim", "structural_similarity"),
        )
    },
    "skimage.filters.gaussian_filter": "skimage.filters.gaussian",
    # seaborn, tqdm, sympy
    "seaborn.factorplot": "seaborn.catplot",
    "tqdm.tqdm_notebook": "tqdm.notebook.tqdm",
    "sympy.Tr": "sympy.physics.quantum.trace.Tr",
    # NetworkX 2 and 3
    **dict(
        _renamed(
            "networkx",
            "OrderedMultiDiGraph=MultiDiGraph adj_matrix=adjacency_matrix edge_betweenness=edge_betweenness_centrality "
            "find_cores=core_number hits_numpy=hits hits_scipy=hits random_lobster=random_lobster_graph "
            "strongly_connected_components_recursive=strongly_connected_components",
        )
    ),
    # SciPy's further copies of NumPy's names
    **dict(
        _same(
            "scipy",
            "numpy",
            "arccosh arcsinh arctan arctan2 bitwise_and bitwise_not bitwise_or bitwise_xor conjugate copysign cosh "
            "cross cumsum deg2rad degrees diff divide dtype expm1 floor fmod histogram hstack hypot imag inf isfinite "
            "isinf isnan linspace log1p log2 logical_and logical_not logical_or logical_xor matmul matrix max min "
            "multiply newaxis outer power prod rad2deg radians real reshape sign sinh sort sqrt tanh transpose trapz "
            "unique var vstack where",
        )
    ),
    # pandas, scikit-learn
    "pandas.arrays.PandasArray": "pandas.arrays.NumpyExtensionArray",
    "sklearn.utils.Memory": "joblib.Memory",
    # SQLAlchemy 1.4 and 2
    **dict(_renamed("sqlalchemy", "PassiveDefault=DefaultClause")),
    **dict(_renamed("sqlalchemy.orm", "compile_mappers=configure_mappers")),
    "sqlalchemy.util.KeyedTuple": "sqlalchemy.engine.Row",
    # Django 3 to 5, Flask, Werkzeug, Jinja
    "django.utils.http.limited_parse_qsl": "urllib.parse.parse_qsl",
    "django.utils.text.unescape_entities": "html.unescape",
    "flask.helpers.locked_cached_property": "werkzeug.utils.cached_property",
    "flask.json.JSONDecoder": "json.JSONDecoder",
    "jinja2.utils.unicode_urlencode": "jinja2.utils.url_quote",
    **{
        f"{home}.{old}": f"werkzeug.datastructures.{new}"
        for home in ("werkzeug", "werkzeug.datastructures")
        for old, new in (("ImmutableOrderedMultiDict", "ImmutableMultiDict"), ("OrderedMultiDict", "MultiDict"))
    },
    "werkzeug.filesystem.get_filesystem_encoding": "sys.getfilesystemencoding",
    # marshmallow 3 and 4
    "marshmallow.base.FieldABC": "marshmallow.fields.Field",
    "marshmallow.base.SchemaABC": "marshmallow.Schema",
    "marshmallow.pprint": "pprint.pprint",
    "marshmallow.utils.from_iso_datetime": "datetime.datetime.fromisoformat",
    "marshmallow.utils.from_iso_date": "datetime.date.fromisoformat",
    "marshmallow.utils.from_rfc": "email.utils.parsedate_to_datetime",
    "marshmallow.utils.rfcformat": "email.utils.format_datetime",
    # jsonschema, requests
    "jsonschema.compat.urlparse": "urllib.parse",
    "requests.packages.chardet": "chardet",
    # polars
    **dict(
        _renamed(
            "polars", "avg=mean cumsum=cum_sum cumfold=cum_fold cumreduce=cum_reduce map=map_batches apply=map_groups"
        )
    ),
    **dict(
        _same(
            "polars",
            "polars.exceptions",
            "ColumnNotFoundError ComputeError DuplicateError InvalidOperationError NoDataError OutOfBoundsError "
            "PolarsError SchemaError SchemaFieldNotFoundError ShapeError StructFieldNotFoundError",
        )
    ),
    # Shapely 2
    **{f"shapely.geometry.{name}": "shapely.geometry.shape" for name in ("asShape",)},
    # Starlette, FastAPI
    **{
        f"{home}.status.{old}": f"{home}.status.{new}"
        for home in ("starlette", "fastapi")
        for old, new in (
            ("HTTP_413_REQUEST_ENTITY_TOO_LARGE", "HTTP_413_CONTENT_TOO_LARGE"),
            ("HTTP_414_REQUEST_URI_TOO_LONG", "HTTP_414_URI_TOO_LONG"),
            ("HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE", "HTTP_416_RANGE_NOT_SATISFIABLE"),
            ("HTTP_422_UNPROCESSABLE_ENTITY", "HTTP_422_UNPROCESSABLE_CONTENT"),
        )
    },
    # websockets, WTForms, Django
    "websockets.exceptions.InvalidStatusCode": "websockets.exceptions.InvalidStatus",
    **dict(
        _same(
            "wtforms.fields.html5",
            "wtforms.fields",
            "DateField DateTimeField DateTimeLocalField DecimalField DecimalRangeField EmailField IntegerField "
            "IntegerRangeField SearchField TelField TimeField URLField",
        )
    ),
    "django.utils.importlib.import_module": "importlib.import_module",
    "django.utils.datastructures.SortedDict": "collections.OrderedDict",
    "django.core.context_processors.request": "django.template.context_processors.request",
}
"""Old dotted name to new; a bare word is a builtin or a module."""
