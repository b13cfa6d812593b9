"""Public names that well-known distributions renamed, moved or dropped for another.

An entry is proposed only when the installed release lacks the old name and exports
the new one, so entries of all releases stand side by side. What needs another call
shape (`DataFrame.append`, `Query.get`) is left out: a name is all that changes here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fixers.codemods.tables.other_renames import SYMBOLS as OTHERS
from fixers.codemods.tables.tool_renames import SYMBOLS as TOOLS


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
    **dict(_moves("sqlalchemy.ext.declarative", "sqlalchemy.orm", "as_declarative declarative_base declared_attr")),
    "sqlalchemy.orm.relation": "sqlalchemy.orm.relationship",
    "sqlalchemy.orm.eagerload": "sqlalchemy.orm.joinedload",
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
    "django.contrib.admin.ACTION_CHECKBOX_NAME": "django.contrib.admin.helpers.ACTION_CHECKBOX_NAME",
    "django.contrib.staticfiles.templatetags.staticfiles.static": "django.templatetags.static.static",
    "django.db.models.fields.FieldDoesNotExist": "django.core.exceptions.FieldDoesNotExist",
    "django.db.models.sql.EmptyResultSet": "django.core.exceptions.EmptyResultSet",
    "django.db.models.sql.datastructures.EmptyResultSet": "django.core.exceptions.EmptyResultSet",
    "django.forms.extras.widgets.SelectDateWidget": "django.forms.SelectDateWidget",
    "django.utils.datetime_safe.datetime": "datetime.datetime",
    "django.utils.datetime_safe.date": "datetime.date",
    "django.utils.decorators.ContextDecorator": "contextlib.ContextDecorator",
    "django.utils.encoding.smart_unicode": "django.utils.encoding.smart_str",
    "django.utils.encoding.force_unicode": "django.utils.encoding.force_str",
    "django.utils.functional.curry": "functools.partial",
    "django.utils.http.cookie_date": "django.utils.http.http_date",
    "django.utils.http.urlunquote_plus": "urllib.parse.unquote_plus",
    "django.utils.lru_cache.lru_cache": "functools.lru_cache",
    "django.utils.safestring.SafeText": "django.utils.safestring.SafeString",
    # scikit-learn
    "sklearn.externals.joblib": "joblib",
    "sklearn.cross_validation.train_test_split": "sklearn.model_selection.train_test_split",
    "sklearn.cross_validation.KFold": "sklearn.model_selection.KFold",
    "sklearn.cross_validation.cross_val_score": "sklearn.model_selection.cross_val_score",
    "sklearn.grid_search.GridSearchCV": "sklearn.model_selection.GridSearchCV",
    "sklearn.metrics.jaccard_similarity_score": "sklearn.metrics.jaccard_score",
    "sklearn.utils.testing.assert_array_equal": "numpy.testing.assert_array_equal",
    **dict(
        _moves("sklearn.datasets.samples_generator", "sklearn.datasets", "make_blobs make_classification make_moons")
    ),
    **dict(_moves("sklearn.metrics.scorer", "sklearn.metrics", "make_scorer")),
    "sklearn.cross_validation.StratifiedKFold": "sklearn.model_selection.StratifiedKFold",
    "sklearn.lda.LDA": "sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
    "sklearn.mixture.GMM": "sklearn.mixture.GaussianMixture",
    "sklearn.neighbors.DistanceMetric": "sklearn.metrics.DistanceMetric",
    "sklearn.preprocessing.Imputer": "sklearn.impute.SimpleImputer",
    "sklearn.utils.testing.assert_array_almost_equal": "numpy.testing.assert_array_almost_equal",
    "sklearn.utils.testing.assert_allclose": "numpy.testing.assert_allclose",
    # SciPy's copies of NumPy's names, and its modules that became private
    **dict(
        _moves(
            "scipy",
            "numpy",
            "arange array asarray concatenate cos dot exp eye linspace log log10 mean mod nan ones pi sin sqrt std sum "
            "tan zeros interp where absolute",
        )
    ),
    **dict(_moves("scipy.ndimage.filters", "scipy.ndimage", "gaussian_filter median_filter uniform_filter convolve")),
    **dict(
        _moves("scipy.ndimage.interpolation", "scipy.ndimage", "map_coordinates rotate shift zoom affine_transform")
    ),
    **dict(_moves("scipy.ndimage.measurements", "scipy.ndimage", "center_of_mass label sum mean maximum minimum")),
    **dict(_moves("scipy.ndimage.morphology", "scipy.ndimage", "binary_dilation binary_erosion binary_fill_holes")),
    # sphinx
    **dict(_moves("sphinx.util", "sphinx.util.display", "SkipProgressMessage progress_message status_iterator")),
    "sphinx.util.compat.Directive": "docutils.parsers.rst.Directive",
    "sphinx.util.md5": "hashlib.md5",
    "sphinx.util.sha1": "hashlib.sha1",
    "sphinx.util.path_stabilize": "sphinx.util.osutil.path_stabilize",
    "sphinx.util.typing.stringify": "sphinx.util.typing.stringify_annotation",
    "sphinx.testing.path.path": "pathlib.Path",
    # cryptography's ciphers that nobody should choose today
    **dict(
        _moves(
            "cryptography.hazmat.primitives.ciphers.algorithms",
            "cryptography.hazmat.decrepit.ciphers.algorithms",
            "ARC4 Blowfish CAST5 IDEA SEED TripleDES",
        )
    ),
    # others
    **dict(_renames("jwt", "ExpiredSignature=ExpiredSignatureError InvalidAudience=InvalidAudienceError")),
    **dict(_renames("jwt", "InvalidIssuer=InvalidIssuerError")),
    **dict(_renames("networkx", "OrderedGraph=Graph OrderedDiGraph=DiGraph OrderedMultiGraph=MultiGraph")),
    **dict(_renames("networkx", "from_scipy_sparse_matrix=from_scipy_sparse_array")),
    **dict(_renames("networkx", "to_scipy_sparse_matrix=to_scipy_sparse_array random_tree=random_labeled_tree")),
    **dict(_renames("click", "MultiCommand=Group BaseCommand=Command")),
    "httpx.exceptions.HTTPError": "httpx.HTTPError",
    "pydantic.utils.to_camel": "pydantic.alias_generators.to_camel",
    "werkzeug.wrappers.BaseResponse": "werkzeug.wrappers.Response",
    "werkzeug.wrappers.BaseRequest": "werkzeug.wrappers.Request",
    "werkzeug.BaseResponse": "werkzeug.wrappers.Response",
    "werkzeug.Response": "werkzeug.wrappers.Response",
    "werkzeug.Request": "werkzeug.wrappers.Request",
    "werkzeug.urls.url_parse": "urllib.parse.urlsplit",
    "jinja2.utils.soft_unicode": "markupsafe.soft_str",
    **{
        f"jinja2.{home}.{old}": f"jinja2.pass_{new}"
        for home in ("filters", "utils")
        for old, new in (
            ("contextfilter", "context"),
            ("contextfunction", "context"),
            ("environmentfilter", "environment"),
            ("environmentfunction", "environment"),
            ("evalcontextfilter", "eval_context"),
            ("evalcontextfunction", "eval_context"),
        )
    },
    "jinja2.evalcontextfunction": "jinja2.pass_eval_context",
    "marshmallow.fields.LocalDateTime": "marshmallow.fields.DateTime",
    **dict(_renames("PIL.Image", "ANTIALIAS=LANCZOS LINEAR=BILINEAR CUBIC=BICUBIC")),
    "PIL.PILLOW_VERSION": "PIL.__version__",
    "werkzeug.useragents.UserAgent": "werkzeug.user_agent.UserAgent",
    "click.get_terminal_size": "shutil.get_terminal_size",
    "networkx.from_numpy_matrix": "networkx.from_numpy_array",
    "networkx.to_numpy_matrix": "networkx.to_numpy_array",
    **OTHERS,
    **TOOLS,
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
    ("click.Group", "resultcallback"): "result_callback",
    ("sphinx.application.Sphinx", "add_stylesheet"): "add_css_file",
    ("sphinx.application.Sphinx", "add_javascript"): "add_js_file",
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
