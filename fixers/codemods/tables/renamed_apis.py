"""Public names that well-known distributions renamed, moved or dropped for another.

An entry is proposed only when the installed release lacks the old name and exports
the new one, so entries of all releases stand side by side. What needs another call
shape (`DataFrame.append`, `Query.get`) is left out: a name is all that changes here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def _renames(module: str, pairs: str) -> Iterator[tuple[str, str]]:
    for pair in pairs.split():
        old, new = pair.split("=")
        yield f"{module}.{old}", f"{module}.{new}"


def _moves(old: str, new: str, names: str) -> Iterator[tuple[str, str]]:
    return ((f"{old}.{name}", f"{new}.{name}") for name in names.split())


def _builtins(module: str, pairs: str) -> Iterator[tuple[str, str]]:
    return ((f"{module}.{pair.split('=')[0]}", pair.split("=")[1]) for pair in pairs.split())


SYMBOLS: Mapping[str, str] = {
    # NumPy 1.24 dropped the aliases of builtins, NumPy 2.0 about a hundred further names.
    **dict(_builtins("numpy", "bool=bool int=int float=float complex=complex object=object str=str unicode=str")),
    **dict(_builtins("numpy", "long=int")),
    **dict(
        _renames(
            "numpy",
            "Inf=inf Infinity=inf infty=inf NaN=nan NAN=nan PINF=inf bool8=bool_ cfloat=complex128 "
            "clongfloat=clongdouble "
            "complex_=complex128 float_=float64 longcomplex=clongdouble longfloat=longdouble object0=object_ "
            "string_=bytes_ unicode_=str_ singlecomplex=complex64 int0=intp uint0=uintp "
            "alltrue=all sometrue=any cumproduct=cumprod product=prod row_stack=vstack round_=round"
            " trapz=trapezoid",
        )
    ),
    **dict(_moves("numpy", "numpy.exceptions", "AxisError ComplexWarning TooHardError VisibleDeprecationWarning")),
    **dict(_moves("numpy", "numpy.exceptions", "ModuleDeprecationWarning RankWarning DTypePromotionError")),
    "numpy.byte_bounds": "numpy.lib.array_utils.byte_bounds",
    # SciPy
    **dict(_renames("scipy.integrate", "cumtrapz=cumulative_trapezoid simps=simpson trapz=trapezoid")),
    **dict(_moves("scipy.signal", "scipy.signal.windows", "blackman boxcar gaussian hamming hann kaiser triang tukey")),
    "scipy.misc.comb": "scipy.special.comb",
    "scipy.misc.factorial": "scipy.special.factorial",
    "scipy.misc.logsumexp": "scipy.special.logsumexp",
    # pandas
    "pandas.Int64Index": "pandas.Index",
    "pandas.Float64Index": "pandas.Index",
    "pandas.UInt64Index": "pandas.Index",
    "pandas.io.json.json_normalize": "pandas.json_normalize",
    "pandas.np": "numpy",
    "pandas.datetime": "datetime.datetime",
    "pandas.tools.plotting.scatter_matrix": "pandas.plotting.scatter_matrix",
    "pandas.util.testing.assert_frame_equal": "pandas.testing.assert_frame_equal",
    "pandas.util.testing.assert_series_equal": "pandas.testing.assert_series_equal",
    "pandas.util.testing.assert_index_equal": "pandas.testing.assert_index_equal",
    # pydantic 2
    "pydantic.BaseSettings": "pydantic_settings.BaseSettings",
    "pydantic.generics.GenericModel": "pydantic.BaseModel",
    "pydantic.error_wrappers.ValidationError": "pydantic.ValidationError",
    # SQLAlchemy 1.4 and 2.0
    "sqlalchemy.engine.RowProxy": "sqlalchemy.engine.Row",
    "sqlalchemy.engine.result.RowProxy": "sqlalchemy.engine.Row",
    "sqlalchemy.Binary": "sqlalchemy.LargeBinary",
    # Flask, Werkzeug, Jinja, MarkupSafe, ItsDangerous
    "flask.Markup": "markupsafe.Markup",
    "flask.escape": "markupsafe.escape",
    "flask.safe_join": "werkzeug.utils.safe_join",
    "jinja2.Markup": "markupsafe.Markup",
    "jinja2.escape": "markupsafe.escape",
    "jinja2.utils.Markup": "markupsafe.Markup",
    "jinja2.utils.escape": "markupsafe.escape",
    "jinja2.contextfilter": "jinja2.pass_context",
    "jinja2.contextfunction": "jinja2.pass_context",
    "jinja2.environmentfilter": "jinja2.pass_environment",
    "jinja2.environmentfunction": "jinja2.pass_environment",
    "jinja2.evalcontextfilter": "jinja2.pass_eval_context",
    "markupsafe.soft_unicode": "markupsafe.soft_str",
    "itsdangerous.json": "json",
    "werkzeug.secure_filename": "werkzeug.utils.secure_filename",
    "werkzeug.cached_property": "werkzeug.utils.cached_property",
    "werkzeug.redirect": "werkzeug.utils.redirect",
    "werkzeug.generate_password_hash": "werkzeug.security.generate_password_hash",
    "werkzeug.check_password_hash": "werkzeug.security.check_password_hash",
    "werkzeug.FileStorage": "werkzeug.datastructures.FileStorage",
    "werkzeug.contrib.fixers.ProxyFix": "werkzeug.middleware.proxy_fix.ProxyFix",
    "werkzeug.wsgi.DispatcherMiddleware": "werkzeug.middleware.dispatcher.DispatcherMiddleware",
    "werkzeug.wsgi.SharedDataMiddleware": "werkzeug.middleware.shared_data.SharedDataMiddleware",
    "werkzeug.security.safe_str_cmp": "hmac.compare_digest",
    "werkzeug.security.safe_join": "werkzeug.utils.safe_join",
    **{
        f"werkzeug.urls.url_{name}": f"urllib.parse.{new}"
        for name, new in (
            ("encode", "urlencode"),
            ("join", "urljoin"),
            ("quote", "quote"),
            ("quote_plus", "quote_plus"),
            ("unparse", "urlunsplit"),
            ("unquote", "unquote"),
            ("unquote_plus", "unquote_plus"),
        )
    },
    # Django 3 to 5
    "django.conf.urls.url": "django.urls.re_path",
    "django.core.urlresolvers.reverse": "django.urls.reverse",
    "django.core.urlresolvers.reverse_lazy": "django.urls.reverse_lazy",
    "django.core.urlresolvers.resolve": "django.urls.resolve",
    "django.utils.encoding.force_text": "django.utils.encoding.force_str",
    "django.utils.encoding.smart_text": "django.utils.encoding.smart_str",
    "django.utils.http.urlquote": "urllib.parse.quote",
    "django.utils.http.urlquote_plus": "urllib.parse.quote_plus",
    "django.utils.http.urlunquote": "urllib.parse.unquote",
    "django.utils.http.is_safe_url": "django.utils.http.url_has_allowed_host_and_scheme",
    "django.utils.timezone.utc": "datetime.timezone.utc",
    "django.utils.translation.ugettext": "django.utils.translation.gettext",
    "django.utils.translation.ugettext_lazy": "django.utils.translation.gettext_lazy",
    "django.utils.translation.ugettext_noop": "django.utils.translation.gettext_noop",
    "django.utils.translation.ungettext": "django.utils.translation.ngettext",
    "django.utils.translation.ungettext_lazy": "django.utils.translation.ngettext_lazy",
    "django.contrib.postgres.fields.JSONField": "django.db.models.JSONField",
    # scikit-learn
    "sklearn.externals.joblib": "joblib",
    "sklearn.cross_validation.train_test_split": "sklearn.model_selection.train_test_split",
    "sklearn.cross_validation.KFold": "sklearn.model_selection.KFold",
    "sklearn.cross_validation.cross_val_score": "sklearn.model_selection.cross_val_score",
    "sklearn.grid_search.GridSearchCV": "sklearn.model_selection.GridSearchCV",
    "sklearn.metrics.jaccard_similarity_score": "sklearn.metrics.jaccard_score",
    "sklearn.utils.testing.assert_array_equal": "numpy.testing.assert_array_equal",
    # others
    "click.get_terminal_size": "shutil.get_terminal_size",
    "networkx.from_numpy_matrix": "networkx.from_numpy_array",
    "networkx.to_numpy_matrix": "networkx.to_numpy_array",
}
"""Old dotted name to new; a bare word is a builtin."""

MODULES: Mapping[str, str] = {
    "django.core.urlresolvers": "django.urls",
    "numpy.core": "numpy._core",
    "pandas.util.testing": "pandas.testing",
    "pydantic.error_wrappers": "pydantic",
    "sklearn.cross_validation": "sklearn.model_selection",
    "sklearn.grid_search": "sklearn.model_selection",
}
"""Modules whose public names all live under another name now."""

METHODS: Mapping[tuple[str, str], str] = {
    ("pandas.DataFrame", "as_matrix"): "to_numpy",
    ("pandas.DataFrame", "iteritems"): "items",
    ("pandas.Index", "is_monotonic"): "is_monotonic_increasing",
    ("pandas.Series", "as_matrix"): "to_numpy",
    ("pandas.Series", "is_monotonic"): "is_monotonic_increasing",
    ("pandas.Series", "iteritems"): "items",
    ("networkx.DiGraph", "node"): "nodes",
    ("networkx.Graph", "node"): "nodes",
    ("networkx.Graph", "edges_iter"): "edges",
    ("networkx.Graph", "nodes_iter"): "nodes",
    ("numpy.ndarray", "tostring"): "tobytes",
    ("sklearn.feature_extraction.text.CountVectorizer", "get_feature_names"): "get_feature_names_out",
    ("sklearn.feature_extraction.text.TfidfVectorizer", "get_feature_names"): "get_feature_names_out",
}
"""(dotted type, old attribute) to new attribute."""

KEYWORDS: Mapping[tuple[str, str], str] = {
    ("to_csv", "line_terminator"): "lineterminator",
    ("read_excel", "sheetname"): "sheet_name",
    ("to_excel", "encoding"): "",
    ("create_engine", "convert_unicode"): "",
    ("String", "convert_unicode"): "",
    ("Field", "regex"): "pattern",
    ("Field", "min_items"): "min_length",
    ("Field", "max_items"): "max_length",
    ("constr", "regex"): "pattern",
    ("conlist", "min_items"): "min_length",
    ("conlist", "max_items"): "max_length",
    ("OneHotEncoder", "sparse"): "sparse_output",
    ("AdaBoostClassifier", "base_estimator"): "estimator",
    ("KMeans", "n_jobs"): "",
    ("loads", "encoding"): "",
    ("attrib", "convert"): "converter",
    ("ib", "convert"): "converter",
    ("send_file", "attachment_filename"): "download_name",
    ("send_file", "add_etags"): "etag",
    ("send_file", "cache_timeout"): "max_age",
    ("sleep", "loop"): "",
    ("wait", "loop"): "",
    ("wait_for", "loop"): "",
    ("gather", "loop"): "",
    ("Lock", "loop"): "",
    ("Event", "loop"): "",
    ("Queue", "loop"): "",
    ("Semaphore", "loop"): "",
    ("Condition", "loop"): "",
}
"""(callable, old keyword) to new keyword; empty when the argument had no effect any more and is dropped."""
