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
    # jsonschema, requests
    "jsonschema.compat.urlparse": "urllib.parse",
    "requests.packages.chardet": "chardet",
}
"""Old dotted name to new; a bare word is a builtin or a module."""
