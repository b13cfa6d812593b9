"""Messages as libraries print them, and the two names in each."""

import pytest

from fixers.codemods.advice import Advice, advised, offered

SAID = (
    ("The `dict` method is deprecated; use `model_dump` instead. Deprecated in Pydantic V2.0.", "dict", "model_dump"),
    (
        "`pydantic.error_wrappers:ValidationError` has been moved to `pydantic:ValidationError`. Deprecated in",
        "pydantic.error_wrappers.ValidationError",
        "pydantic.ValidationError",
    ),
    (
        "Please import `gaussian_filter` from the `scipy.ndimage` namespace; the `scipy.ndimage.filters` namespace is",
        "scipy.ndimage.filters.gaussian_filter",
        "scipy.ndimage.gaussian_filter",
    ),
    (
        "The ``declarative_base()`` function is now available as sqlalchemy.orm.declarative_base(). (deprecated",
        "declarative_base",
        "sqlalchemy.orm.declarative_base",
    ),
    (
        "The return type of `Dataset.dims` will be changed to a set. To get lengths, please use `Dataset.sizes`.",
        "Dataset.dims",
        "Dataset.sizes",
    ),
    ("Function load_x is deprecated; load_y should be used instead.", "load_x", "load_y"),
    ("Please use load_y; load_x is deprecated", "load_x", "load_y"),
    ("load_x() is deprecated since 2.0, call load_y() instead.", "load_x", "load_y"),
    ("The load_x function has been superseded by load_y.", "load_x", "load_y"),
    ("The option `fit` was renamed `fill`.", "fit", "fill"),
    ("Parameter fit is no longer supported. It is now called `fill`.", "fit", "fill"),
    ("shop.old_cart has been moved to shop.cart", "shop.old_cart", "shop.cart"),
    ('Argument "writer_name" will be removed in 2.0.  Name it in the "writer" argument.', "writer_name", "writer"),
    ("Call to deprecated close. (Use aclose() instead) -- Deprecated since version 5.0.1.", "close", "aclose"),
    (
        "'MultiCommand' is deprecated and will be removed in Click 9.0. Use 'Group' instead.",
        "MultiCommand",
        "Group",
    ),
    (
        "nx.random_tree was removed in version 3.4. Use `nx.random_labeled_tree` instead.",
        "networkx.random_tree",
        "networkx.random_labeled_tree",
    ),
    (
        "The SelectBase.as_scalar() method is deprecated and will be removed.  Please refer to SelectBase.scalar().",
        "SelectBase.as_scalar",
        "SelectBase.scalar",
    ),
    (
        "DataFrame.applymap has been deprecated. Use DataFrame.map instead.",
        "DataFrame.applymap",
        "DataFrame.map",
    ),
    ("nodes.Node.traverse() is obsoleted by Node.findall().", "nodes.Node.traverse", "Node.findall"),
    ("Call to deprecated method findAll. (Replaced by find_all) -- Deprecated since 4.0.0.", "findAll", "find_all"),
    ("The 'text' argument to find()-type methods is deprecated. Use 'string' instead.", "text", "string"),
    ("CheckConstraint.check is deprecated in favor of `.condition`.", "CheckConstraint.check", "condition"),
    ("`regex` has been deprecated, please use `pattern` instead", "regex", "pattern"),
    ("'parseString' deprecated - use 'parse_string'", "parseString", "parse_string"),
    ("'force_all_finite' was renamed to 'ensure_all_finite' in 1.6", "force_all_finite", "ensure_all_finite"),
    ("the argument `columns` for `DataFrame.pivot` is deprecated. It was renamed to `on`", "columns", "on"),
    ("onerror argument is deprecated, use onexc instead", "onerror", "onexc"),
    ("currentThread() is deprecated, use current_thread() instead", "currentThread", "current_thread"),
    ("`np.float_` was removed in the NumPy 2.0 release. Use `np.float64` instead.", "numpy.float_", "numpy.float64"),
)
SILENT = (
    "Call to deprecated function get_sheet_by_name (Use wb[sheetname]).",
    "The 'app' shortcut is now deprecated. Use the explicit style 'transport=WSGITransport(app=...)' instead.",
    "Use 'content=<...>' to upload raw bytes/text content.",
    "DataFrame.fillna with 'method' is deprecated and will raise in a future version. Use obj.ffill() instead.",
    "Support for class-based `config` is deprecated, use ConfigDict instead. Deprecated in Pydantic V2.0.",
    "The '__version__' attribute is deprecated. Use feature detection or 'importlib.metadata.version(\"x\")' instead.",
    "pkg_resources is deprecated as an API. See https://setuptools.pypa.io/en/latest/pkg_resources.html",
    "setName() is deprecated, set the name attribute instead",
    "name 'x' is not defined",
    "",
)


@pytest.mark.parametrize(("message", "old", "new"), SAID)
def test_names_are_read(message: str, old: str, new: str) -> None:
    assert advised(message) == Advice(old, new)


@pytest.mark.parametrize("message", SILENT)
def test_no_two_names_no_advice(message: str) -> None:
    assert advised(message) is None


def test_every_name_to_use_is_read() -> None:
    said = "Properties that return a naïve datetime object have been deprecated. Please switch to not_valid_after_utc."
    assert offered(said) == ("not_valid_after_utc",)
    assert offered("getsize is deprecated. Use getbbox or getlength instead.") == ("getbbox", "getlength")
    assert offered("use it instead of that") == ()
