"""Calls of polars that its releases since 0.19 take by another name or in another form."""

from __future__ import annotations

from collections.abc import Iterator

from fixers.codemods.shapes import Keyword, Reach, Rule, Shape
from fixers.model import Tier

_FRAMES = "polars.DataFrame polars.LazyFrame"
_VALUES = "polars.Expr polars.Series"


def _methods(receiver: str, pairs: str) -> Iterator[Shape]:
    for old, new in (pair.split("=") for pair in pairs.split()):
        yield Shape(f"$x.{old}($*a)", f"$x.{new}($*a)", "polars 0.19", receiver)


def _spaced(space: str, pairs: str) -> Iterator[Shape]:
    """Yield renamings of methods that stand in a namespace: `$x.str.lengths()`."""
    for old, new in (pair.split("=") for pair in pairs.split()):
        message = rf"NameSpace' object has no attribute '{old}'"
        yield Shape(f"$x.{space}.{old}($*a)", f"$x.{space}.{new}($*a)", "polars 0.19", message=message)


def _arguments(callee: str, pairs: str, *, method: bool = True) -> Iterator[Keyword]:
    for old, new in (pair.split("=") for pair in pairs.split()):
        said = rf"unexpected keyword argument '{old}'|argument '?`?{old}`?'? .*(?:renamed|deprecated)"
        yield Keyword(f"polars.{callee}", old, new, "polars 0.18", message=said, method=method)


RULES: tuple[Rule, ...] = (
    *_methods(_FRAMES, "groupby=group_by with_column=with_columns groupby_dynamic=group_by_dynamic "
              "groupby_rolling=rolling take_every=gather_every cleared=clear"),
    *_methods("polars.DataFrame", "frame_equal=equals find_idx_by_name=get_column_index insert_at_idx=insert_column "
              "replace_at_idx=replace_column"),
    Shape("$x.with_row_count()", '$x.with_row_index("row_nr")', "polars 0.20", _FRAMES),
    Shape("$x.with_row_count($*a)", "$x.with_row_index($*a)", "polars 0.20", _FRAMES),
    Shape("$x.melt(id_vars=$i, value_vars=$v, $**k)", "$x.unpivot(index=$i, on=$v, $**k)", "polars 1.0", _FRAMES),
    Shape("$x.melt(id_vars=$i, $**k)", "$x.unpivot(index=$i, $**k)", "polars 1.0", _FRAMES),
    Shape("$x.melt($i, $v, $**k)", "$x.unpivot($v, index=$i, $**k)", "polars 1.0", _FRAMES),
    Shape("$x.melt($i, $**k)", "$x.unpivot(index=$i, $**k)", "polars 1.0", _FRAMES),
    Shape('$x.join($y, on=$k, how="outer", $**m)', '$x.join($y, on=$k, how="full", coalesce=True, $**m)', "polars 0.20",
          message=r"how='outer'`? should be replaced", tier=Tier.B),
    Shape('$x.join($y, on=$k, how="outer", $**m)', '$x.join($y, on=$k, how="full", $**m)', "polars 0.20",
          message=r"how='outer'`? should be replaced", tier=Tier.B),
    Shape('$x.join($y, on=$k, how="outer_coalesce", $**m)', '$x.join($y, on=$k, how="full", coalesce=True, $**m)',
          "polars 0.20", message=r"how='outer_coalesce'`? should be replaced"),
    *_methods(_VALUES, "apply=map_elements cumsum=cum_sum cumprod=cum_prod cummax=cum_max cummin=cum_min take=gather "
              "is_not=not_ is_first=is_first_distinct is_last=is_last_distinct take_every=gather_every "
              "approx_unique=approx_n_unique rolling_apply=rolling_map flatten=explode"),
    Shape("$x.apply($*a)", "$x.map_rows($*a)", "polars 0.19", "polars.DataFrame", tier=Tier.B),
    *_methods("polars.Expr", "where=filter"),
    *_methods("polars.Series", "series_equal=equals set_at_idx=scatter"),
    Shape("$x.cumcount()", "($x.cum_count() - 1)", "polars 0.20", _VALUES, tier=Tier.B),
    Shape("$x.cumcount()", "$x.cum_count()", "polars 0.20", _VALUES, tier=Tier.B),
    Shape("$x.map_dict($m)", "$x.replace_strict($m, default=None)", "polars 0.20", _VALUES),
    Shape("$x.map_dict($m, default=$d)", "$x.replace_strict($m, default=$d)", "polars 0.20", _VALUES),
    Shape("$x.clip_min($v)", "$x.clip(lower_bound=$v)", "polars 0.20", _VALUES),
    Shape("$x.clip_max($v)", "$x.clip(upper_bound=$v)", "polars 0.20", _VALUES),
    Shape("$x.shift_and_fill($n, $v)", "$x.shift($n, fill_value=$v)", "polars 0.20", _VALUES),
    Shape("$x.shift_and_fill($v, n=$n)", "$x.shift($n, fill_value=$v)", "polars 0.20", _VALUES),
    Shape("$x.suffix($s)", "$x.name.suffix($s)", "polars 0.20", "polars.Expr",
          unless="$x.name.suffix($s)"),
    Shape("$x.prefix($s)", "$x.name.prefix($s)", "polars 0.20", "polars.Expr", unless="$x.name.prefix($s)"),
    Shape("$x.keep_name()", "$x.name.keep()", "polars 0.20", "polars.Expr"),
    Shape("$x.map_alias($f)", "$x.name.map($f)", "polars 0.20", "polars.Expr"),
    *(Shape(f"$x.{name}()", f"$x.dtype.{name}()", "polars 0.20", "polars.Series", unless=f"$x.dtype.{name}()")
      for name in ("is_numeric", "is_float", "is_integer", "is_temporal")),
    Shape("$x.is_utf8()", "$x.dtype == polars.String", "polars 0.20", "polars.Series"),
    Shape("$x.is_boolean()", "$x.dtype == polars.Boolean", "polars 0.20", "polars.Series"),
    *_spaced("str", "lengths=len_bytes n_chars=len_chars strip=strip_chars lstrip=strip_chars_start "
             "rstrip=strip_chars_end ljust=pad_end rjust=pad_start concat=join json_extract=json_decode "
             "count_match=count_matches"),
    Shape("$x.str.parse_int($b)", "$x.str.to_integer(base=$b)", "polars 0.20",
          message=r"NameSpace' object has no attribute 'parse_int'"),
    *_spaced("dt", "days=total_days hours=total_hours minutes=total_minutes seconds=total_seconds "
             "milliseconds=total_milliseconds microseconds=total_microseconds nanoseconds=total_nanoseconds"),
    *_spaced("list", "lengths=len take=gather count_match=count_matches"),
    Shape("$x.arr.lengths()", "$x.list.len()", "polars 0.19", message=r"NameSpace' object has no attribute 'lengths'"),
    *(argument for name in ("read_csv", "scan_csv") for argument in _arguments(
        name, "sep=separator delimiter=separator comment_char=comment_prefix dtypes=schema_overrides "
        "parse_dates=try_parse_dates row_count_name=row_index_name row_count_offset=row_index_offset", method=False)),
    *_arguments("DataFrame", "columns=schema", method=False),
    *_arguments("concat_str", "sep=separator", method=False),
    *_arguments("DataFrame.write_csv", "sep=separator has_header=include_header quote=quote_char"),
    *_arguments("DataFrame.sort", "reverse=descending"),
    *_arguments("Expr.sort", "reverse=descending"),
    *_arguments("Expr.sort_by", "reverse=descending"),
    *_arguments("DataFrame.sample", "frac=fraction"),
    *_arguments("DataFrame.pivot", "columns=on"),
    *_arguments("DataFrame.join", "join_nulls=nulls_equal"),
    *_arguments("Expr.shift", "periods=n"),
    *(argument for name in ("mean", "sum", "min", "max", "std", "var", "median") for argument in _arguments(
        f"Expr.rolling_{name}", "min_periods=min_samples")),
    Keyword("polars.LazyFrame.collect", "streaming", 'engine="streaming"', "polars 1.23", "True", method=True,
            message=r"streaming"),
    Keyword("polars.LazyFrame.collect", "streaming", "", "polars 1.23", "False", method=True, message=r"streaming"),
    Shape("polars.pearson_corr($a, $b)", "polars.corr($a, $b)", "polars 0.20"),
    Shape("polars.spearman_rank_corr($a, $b)", 'polars.corr($a, $b, method="spearman")', "polars 0.20"),
    Shape("polars.count()", "polars.len()", "polars 0.20", message=r"`pl\.count\(\)` is deprecated"),
    Shape("polars.toggle_string_cache(True)", "polars.enable_string_cache()", "polars 0.20", reach=Reach.LINE),
)  # fmt: skip
