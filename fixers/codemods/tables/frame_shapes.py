"""Calls of numeric libraries that their later releases take in another form."""

from __future__ import annotations

from collections.abc import Iterator

from fixers.codemods.reworks.pandas_positions import positions
from fixers.codemods.reworks.pandas_unchained import masked, unchained
from fixers.codemods.shapes import Keyword, Reach, Rework, Rule, Shape
from fixers.model import Tier

_FRAME = "pandas.DataFrame pandas.Series"
_GROUPED = ("mean", "sum", "std", "var", "min", "max", "median", "count")
_STYLES = (
    "bright classic colorblind dark dark-palette darkgrid deep muted notebook paper pastel poster talk ticks white "
    "whitegrid"
)
_NOT_A_STYLE = r"OSError: .*is not a valid package style|seaborn styles shipped by Matplotlib are deprecated"
_NO_COPY = r"Unable to avoid copy while creating an array as requested"
_FILL_METHOD = r"fillna\(\) got an unexpected keyword argument 'method'|fillna with 'method' is deprecated"
_NOT_NUMERIC = (
    r"agg function failed \[how->\w+,dtype->|[Cc]ould not convert [\s\S]* to numeric|Cannot convert [\s\S]* to numeric"
    r"|could not convert string to float|does not support (?:operation|reduction) '?\w+'?|Cannot perform reduction"
)
_PYTHON_SUM = r"Calling np\.sum\(generator\) is deprecated"
_TOO_MANY = r"\b{}\(\) takes (?:from \d+ to )?\d+ positional arguments? but|Starting with pandas version .* of \w+\.{} "
_GOT = r"InvalidParameterError: The '{}' parameter of \w+ must be .* Got '{}' instead"


def _keyword_only(name: str, *parameters: str) -> Iterator[Shape]:
    """Yield the shapes that pass the second argument, and the third, by name."""
    holes = [f"$a{number}" for number in range(len(parameters))]
    for count in range(2, len(parameters) + 1):
        new = ", ".join([holes[0], *(f"{parameters[n]}={holes[n]}" for n in range(1, count))])
        old = ", ".join(holes[:count])
        message = _TOO_MANY.format(name, name)
        yield Shape(f"$x.{name}({old}, $**more)", f"$x.{name}({new}, $**more)", "pandas 2.0", message=message)


def _estimators(module: str, names: str, keyword: str, old: str, new: str, since: str) -> Iterator[Keyword]:
    for name in names.split():
        message = _GOT.format(keyword, old)
        yield Keyword(
            f"sklearn.{module}.{name}", keyword, f"{keyword}={new!r}".replace("'", '"'), since, f'"{old}"', message
        )


NUMPY: tuple[Rule, ...] = (
    Shape("numpy.asscalar($x)", "$x.item()", "numpy 1.23"),
    Shape("numpy.alen($x)", "len($x)", "numpy 1.23"),
    Shape("numpy.rank($x)", "numpy.ndim($x)", "numpy 1.18"),
    Shape("numpy.msort($x)", "numpy.sort($x, axis=0)", "numpy 1.24"),
    Shape("numpy.asfarray($x)", "numpy.asarray($x, dtype=float)", "numpy 2.0"),
    Shape("numpy.asfarray($x, $t)", "numpy.asarray($x, dtype=$t)", "numpy 2.0"),
    Shape("numpy.asfarray($x, dtype=$t)", "numpy.asarray($x, dtype=$t)", "numpy 2.0"),
    Shape("numpy.find_common_type($a, [])", "numpy.result_type(*$a)", "numpy 1.25", tier=Tier.B),
    Shape("numpy.find_common_type([$*a], [$*b])", "numpy.result_type($*a, $*b)", "numpy 1.25", tier=Tier.B),
    Shape("numpy.obj2sctype($x)", "numpy.dtype($x).type", "numpy 2.0"),
    Shape("numpy.cast[$t]($x)", "numpy.asarray($x, dtype=$t)", "numpy 2.0"),
    Shape("numpy.issubsctype($a, $b)", "numpy.issubdtype($a, $b)", "numpy 2.0"),
    Shape("numpy.in1d($*a)", "numpy.isin($*a)", "numpy 2.0", tier=Tier.B),
    Shape("numpy.fromstring($x, $t)", "numpy.frombuffer($x, $t)", "numpy 1.14", message=r"fromstring"),
    Shape("numpy.fromstring($x, dtype=$t)", "numpy.frombuffer($x, dtype=$t)", "numpy 1.14", message=r"fromstring"),
    Shape("numpy.array($x, copy=False)", "numpy.asarray($x)", "numpy 2.0", message=_NO_COPY),
    Shape("numpy.array($x, dtype=$t, copy=False)", "numpy.asarray($x, dtype=$t)", "numpy 2.0", message=_NO_COPY),
    Shape("numpy.array($x, $t, copy=False)", "numpy.asarray($x, $t)", "numpy 2.0", message=_NO_COPY),
    Shape("numpy.random.random_integers($a, $b)", "numpy.random.randint($a, $b + 1)", "numpy 2.0"),
    Shape("numpy.random.random_integers($a, $b, $n)", "numpy.random.randint($a, $b + 1, $n)", "numpy 2.0"),
    Shape("numpy.random.random_integers($a, $b, size=$n)", "numpy.random.randint($a, $b + 1, size=$n)", "numpy 2.0"),
    Shape("$x.ptp($*a)", "numpy.ptp($x, $*a)", "numpy 2.0", receiver="numpy.ndarray"),
    Shape(
        "$x.newbyteorder($*a)",
        "$x.view($x.dtype.newbyteorder($*a))",
        "numpy 2.0",
        "numpy.ndarray",
        unless="$x.dtype.newbyteorder($*a)",
    ),
    Shape("$x.tostring($*a)", "$x.tobytes($*a)", "numpy 2.3", receiver="numpy.ndarray"),
    Shape("numpy.issubclass_($a, $b)", "issubclass($a, $b)", "numpy 2.0"),
    Shape("numpy.sum($x)", "sum($x)", "numpy 1.15", message=_PYTHON_SUM, reach=Reach.LINE),
)

PANDAS: tuple[Rule, ...] = (
    Shape("$x.append([$*y], $**k)", "pandas.concat([$x, $*y], $**k)", "pandas 2.0", _FRAME, used=True),
    Shape("$x.append($y, ignore_index=True)", "pandas.concat([$x, $y], ignore_index=True)", "pandas 2.0", _FRAME,
          tier=Tier.B),
    Shape("$x.append($y, ignore_index=True)", "pandas.concat([$x, pandas.DataFrame([$y])], ignore_index=True)",
          "pandas 2.0", _FRAME, tier=Tier.B),
    Shape("$x.append($y, $**k)", "pandas.concat([$x, $y], $**k)", "pandas 2.0", _FRAME, used=True),
    Shape("$x.iteritems()", "$x.items()", "pandas 2.0", _FRAME),
    Shape("$x.tshift($n, freq=$f)", "$x.shift($n, freq=$f)", "pandas 2.0", _FRAME),
    Shape("$x.tshift($*a)", '$x.shift($*a, freq="infer")', "pandas 2.0", _FRAME),
    Shape("$x.reindex_axis($l, axis=$k)", "$x.reindex($l, axis=$k)", "pandas 1.0", _FRAME),
    Shape("$x.reindex_axis($l, $k)", "$x.reindex($l, axis=$k)", "pandas 1.0", _FRAME),
    Shape("$x.bool()", "bool($x.item())", "pandas 3.0", "pandas.Series"),
    Shape("$x.pad($*a)", "$x.ffill($*a)", "pandas 3.0", _FRAME),
    Shape("$x.backfill($*a)", "$x.bfill($*a)", "pandas 3.0", _FRAME),
    Shape("$x.ravel()", "$x.to_numpy()", "pandas 3.0", "pandas.Series", reach=Reach.LINE),
    *(Shape(f"$x.{name}(level=$l)", f"$x.groupby(level=$l).{name}()", "pandas 2.0",
            message=rf"\b{name}\(\) got an unexpected keyword argument 'level'") for name in _GROUPED),
    *(Shape(f"pandas.read_{kind}($x)", f"pandas.read_{kind}(io.StringIO($x))", "pandas 2.1", reach=Reach.LINE,
            message=rf"Passing literal {kind} to 'read_{kind}'|FileNotFoundError: File [\[{{<].* does not exist")
      for kind in ("json", "html", "xml")),
    *(Shape(f"$x.{name}($**k)", f"$x.{name}(numeric_only=True, $**k)", "pandas 2.0", reach=Reach.LINE,
            message=_NOT_NUMERIC, unless=f"$x.{name}(numeric_only=$n, $**k)")
      for name in ("mean", "median", "std", "var", "sem", "skew", "prod", "quantile", "corr", "cov")),
    Rework("pandas", "pandas 3.0", r"AssertionError|ChainedAssignment", masked),
    Rework("pandas", "pandas 3.0", r"AssertionError|ChainedAssignment", unchained, tier=Tier.B, wider=True),
    Rework("pandas", "pandas 2.1", r"treating keys as positions is deprecated|^KeyError: -?\d+$", positions,
           tier=Tier.B),
    Shape("pandas.value_counts($x, $**k)", "pandas.Series($x).value_counts($**k)", "pandas 3.0"),
    Shape("$x.applymap($*a)", "$x.map($*a)", "pandas 2.1", "pandas.DataFrame"),
    Shape("$x.as_matrix()", "$x.to_numpy()", "pandas 1.0", _FRAME),
    Shape("$x.as_matrix($c)", "$x[$c].to_numpy()", "pandas 1.0", _FRAME),
    Shape("$x.get_value($i, $c)", "$x.at[$i, $c]", "pandas 1.0", _FRAME),
    Shape("$x.ix", "$x.loc", "pandas 1.0", _FRAME, tier=Tier.B),
    Shape("$x.ix", "$x.iloc", "pandas 1.0", _FRAME, tier=Tier.B),
    Shape("$x.sort($by)", "$x.sort_values($by)", "pandas 0.20", "pandas.DataFrame", reach=Reach.LINE),
    Shape("$x.sort(columns=$by, $**k)", "$x.sort_values(by=$by, $**k)", "pandas 0.20", "pandas.DataFrame"),
    Shape("$x.order($*a)", "$x.sort_values($*a)", "pandas 0.20", "pandas.Series"),
    Shape("$x.to_dense()", "$x", "pandas 1.0", _FRAME, reach=Reach.LINE, tier=Tier.B),
    Shape("$x.swapaxes($a, $b)", "$x.transpose()", "pandas 2.1", "pandas.DataFrame", reach=Reach.LINE),
    Shape("$x.is_monotonic", "$x.is_monotonic_increasing", "pandas 2.0",
          "pandas.Series pandas.Index pandas.RangeIndex pandas.DatetimeIndex pandas.MultiIndex"),
    Shape("$x.mad()", "($x - $x.mean()).abs().mean()", "pandas 2.0", _FRAME, reach=Reach.LINE),
    Shape("$x.weekday_name", "$x.day_name()", "pandas 1.0", "pandas.Timestamp pandas.DatetimeIndex"),
    Shape("$x.dt.weekofyear", "$x.dt.isocalendar().week", "pandas 2.0",
          message=r"'DatetimeProperties' object has no attribute 'weekofyear'", tier=Tier.B),
    Shape("$x.dt.week", "$x.dt.isocalendar().week", "pandas 2.0",
          message=r"'DatetimeProperties' object has no attribute 'week'", tier=Tier.B),
    *(Shape(f'$x.fillna(method="{old}", $**k)', f"$x.{new}($**k)", "pandas 2.1", message=_FILL_METHOD)
      for old, new in (("ffill", "ffill"), ("pad", "ffill"), ("bfill", "bfill"), ("backfill", "bfill"))),
    *(Shape(f"pandas.rolling_{name}($x, $n)", f"$x.rolling($n).{name}()", "pandas 0.23") for name in _GROUPED),
    Shape("pandas.TimeGrouper($f)", "pandas.Grouper(freq=$f)", "pandas 1.0"),
    Shape("pandas.TimeGrouper(freq=$f)", "pandas.Grouper(freq=$f)", "pandas 1.0"),
    Shape("pandas.read_csv($*a, squeeze=True)", 'pandas.read_csv($*a).squeeze("columns")', "pandas 2.0",
          message=r"read_csv\(\) got an unexpected keyword argument 'squeeze'"),
    Keyword("pandas.read_csv", "error_bad_lines", 'on_bad_lines="skip"', "pandas 2.0", "False"),
    Keyword("pandas.read_csv", "error_bad_lines", "", "pandas 2.0", "True"),
    Keyword("pandas.read_csv", "warn_bad_lines", "", "pandas 2.0"),
    Keyword("pandas.read_csv", "mangle_dupe_cols", "", "pandas 2.0", "True"),
    Keyword("pandas.read_csv", "infer_datetime_format", "", "pandas 2.0"),
    Keyword("pandas.read_csv", "tupleize_cols", "", "pandas 1.0", "False"),
    Keyword("pandas.to_datetime", "infer_datetime_format", "", "pandas 2.0"),
    Keyword("pandas.read_excel", "sheetname", "sheet_name", "pandas 0.25"),
    Keyword("pandas.read_excel", "parse_cols", "usecols", "pandas 0.25"),
    Keyword("pandas.DataFrame.to_csv", "line_terminator", "lineterminator", "pandas 2.0", method=True),
    Keyword("pandas.DataFrame.to_excel", "encoding", "", "pandas 2.0", method=True),
    Keyword("pandas.DataFrame.drop_duplicates", "take_last", 'keep="last"', "pandas 0.20", "True", method=True),
    Keyword("pandas.date_range", "closed", "inclusive", "pandas 2.0",
            message=r"(?:_generate_range|date_range)\(\) got an unexpected keyword argument 'closed'"),
    Keyword("pandas.DataFrame.groupby", "squeeze", "", "pandas 2.0", method=True),
    Keyword("pandas.Series.groupby", "squeeze", "", "pandas 2.0", method=True),
    Keyword("pandas.read_csv", "delim_whitespace", r'sep=r"\s+"', "pandas 2.2", "True"),
    Keyword("pandas.Timestamp", "freq", "", "pandas 2.0"),
    Keyword("pandas.concat", "join_axes", "", "pandas 1.0", "None"),
    *_keyword_only("drop", "labels", "axis"),
    *_keyword_only("set_index", "keys", "drop"),
    *_keyword_only("sort_values", "by", "axis", "ascending"),
    *_keyword_only("reset_index", "level", "drop"),
    *_keyword_only("pivot", "index", "columns", "values"),
    Shape("$x.pivot($i, $c, $v)", "$x.pivot(index=$i, columns=$c, values=$v)", "pandas 2.0",
          message=_TOO_MANY.format("pivot", "pivot")),
    Shape("pandas.concat($x, $a, $**k)", "pandas.concat($x, axis=$a, $**k)", "pandas 2.0",
          message=_TOO_MANY.format("concat", "concat")),
    Shape("pandas.read_csv($x, $s, $**k)", "pandas.read_csv($x, sep=$s, $**k)", "pandas 2.0",
          message=_TOO_MANY.format("read_csv", "read_csv")),
)  # fmt: skip

SCIPY: tuple[Rule, ...] = (
    Shape("scipy.stats.binom_test($*a)", "scipy.stats.binomtest($*a).pvalue", "scipy 1.12"),
    *(Shape(f"$m.{old}", f"$m.{new}", "scipy 1.14", reach=Reach.LINE,
            message=rf"'\w{{3}}_(?:array|matrix)' object has no attribute '{old}'")
      for old, new in (("A", "toarray()"), ("H", "conj().T"))),
    *(Keyword(f"scipy.sparse.linalg.{name}", "tol", "rtol", "scipy 1.14") for name in (
        "bicg", "bicgstab", "cg", "cgs", "gcrotmk", "gmres", "lgmres", "qmr", "tfqmr")),
    *(Keyword(f"scipy.linalg.{name}", "cond", "rtol", "scipy 1.9",
              message=rf"{name}\(\) got an unexpected keyword argument 'cond'") for name in ("pinv", "pinvh")),
    Keyword("scipy.linalg.eigh", "eigvals", "subset_by_index", "scipy 1.14",
            message=r"eigh\(\) got an unexpected keyword argument 'eigvals'"),
    Shape("scipy.stats.median_absolute_deviation($x)", "scipy.stats.median_abs_deviation($x, scale=1.4826)",
          "scipy 1.8"),
    Shape("scipy.linalg.pinv2($*a)", "scipy.linalg.pinv($*a)", "scipy 1.9"),
    Shape("scipy.randn($*a)", "numpy.random.randn($*a)", "scipy 1.12"),
    Shape("scipy.rand($*a)", "numpy.random.rand($*a)", "scipy 1.12"),
    *(Shape(f"scipy.integrate.{name}($y, $x)", f"scipy.integrate.{new}($y, x=$x)", "scipy 1.14",
            message=rf"\b{name}\b|\b{new}\(\) takes 1 positional argument but") for name, new in (
                ("simps", "simpson"), ("simpson", "simpson"))),
)  # fmt: skip

SKLEARN: tuple[Rule, ...] = (
    *(Shape(f"sklearn.metrics.plot_{name}($*a)", f"sklearn.metrics.{new}.from_estimator($*a)", "scikit-learn 1.2")
      for name, new in (("confusion_matrix", "ConfusionMatrixDisplay"), ("roc_curve", "RocCurveDisplay"),
                        ("det_curve", "DetCurveDisplay"), ("precision_recall_curve", "PrecisionRecallDisplay"))),
    Shape("sklearn.metrics.mean_squared_error($*a, squared=False)", "sklearn.metrics.root_mean_squared_error($*a)",
          "scikit-learn 1.4", message=r"mean_squared_error\(\) got an unexpected keyword argument 'squared'|'squared'"),
    Shape("$x.get_feature_names($*a)", "$x.get_feature_names_out($*a)", "scikit-learn 1.2",
          "sklearn.feature_extraction.text.CountVectorizer sklearn.feature_extraction.text.TfidfVectorizer "
          "sklearn.preprocessing.OneHotEncoder sklearn.preprocessing.PolynomialFeatures "
          "sklearn.compose.ColumnTransformer sklearn.feature_extraction.DictVectorizer"),
    *_estimators("ensemble", "GradientBoostingClassifier", "loss", "deviance", "log_loss", "scikit-learn 1.1"),
    *_estimators("ensemble", "GradientBoostingRegressor", "loss", "ls", "squared_error", "scikit-learn 1.0"),
    *_estimators("ensemble", "GradientBoostingRegressor", "loss", "lad", "absolute_error", "scikit-learn 1.0"),
    *_estimators("ensemble", "RandomForestRegressor ExtraTreesRegressor", "criterion", "mse", "squared_error",
                 "scikit-learn 1.0"),
    *_estimators("ensemble", "RandomForestRegressor ExtraTreesRegressor", "criterion", "mae", "absolute_error",
                 "scikit-learn 1.0"),
    *_estimators("tree", "DecisionTreeRegressor ExtraTreeRegressor", "criterion", "mse", "squared_error",
                 "scikit-learn 1.0"),
    *_estimators("tree", "DecisionTreeRegressor ExtraTreeRegressor", "criterion", "mae", "absolute_error",
                 "scikit-learn 1.0"),
    *_estimators("ensemble", "RandomForestClassifier ExtraTreesClassifier", "max_features", "auto", "sqrt",
                 "scikit-learn 1.1"),
    *_estimators("tree", "DecisionTreeClassifier", "max_features", "auto", "sqrt", "scikit-learn 1.1"),
    *_estimators("linear_model", "SGDClassifier", "loss", "log", "log_loss", "scikit-learn 1.1"),
    *_estimators("linear_model", "SGDRegressor", "loss", "squared_loss", "squared_error", "scikit-learn 1.0"),
    Keyword("sklearn.linear_model.LogisticRegression", "penalty", "penalty=None", "scikit-learn 1.2", '"none"',
            r"The 'penalty' parameter of LogisticRegression must be .* Got 'none' instead"),
    Keyword("sklearn.preprocessing.OneHotEncoder", "sparse", "sparse_output", "scikit-learn 1.2"),
    *(Keyword(f"sklearn.ensemble.{name}", "base_estimator", "estimator", "scikit-learn 1.2")
      for name in ("AdaBoostClassifier", "AdaBoostRegressor", "BaggingClassifier", "BaggingRegressor")),
    Keyword("sklearn.calibration.CalibratedClassifierCV", "base_estimator", "estimator", "scikit-learn 1.2"),
    Keyword("sklearn.linear_model.RANSACRegressor", "base_estimator", "estimator", "scikit-learn 1.2"),
    Keyword("sklearn.cluster.AgglomerativeClustering", "affinity", "metric", "scikit-learn 1.2"),
    Keyword("sklearn.cluster.KMeans", "n_jobs", "", "scikit-learn 1.0"),
    Keyword("sklearn.cluster.KMeans", "precompute_distances", "", "scikit-learn 1.0"),
    Keyword("sklearn.utils.check_array", "force_all_finite", "ensure_all_finite", "scikit-learn 1.6"),
    Keyword("sklearn.utils.check_X_y", "force_all_finite", "ensure_all_finite", "scikit-learn 1.6"),
    *(Keyword(f"sklearn.{name}", "min_impurity_split", "", "scikit-learn 1.0", "None") for name in (
        "tree.DecisionTreeClassifier", "ensemble.RandomForestClassifier")),
    Keyword("sklearn.linear_model.SGDClassifier", "n_iter", "max_iter", "scikit-learn 0.21"),
    Keyword("sklearn.linear_model.Perceptron", "n_iter", "max_iter", "scikit-learn 0.21"),
    Keyword("sklearn.manifold.TSNE", "n_iter", "max_iter", "scikit-learn 1.5"),
)  # fmt: skip

MATPLOTLIB: tuple[Rule, ...] = (
    Shape("matplotlib.cm.get_cmap($n)", "matplotlib.colormaps[$n]", "matplotlib 3.7"),
    Shape("matplotlib.cm.get_cmap($n, $l)", "matplotlib.colormaps[$n].resampled($l)", "matplotlib 3.7"),
    Shape("matplotlib.cm.register_cmap(cmap=$c)", "matplotlib.colormaps.register($c)", "matplotlib 3.7"),
    Shape("$f.canvas.set_window_title($t)", "$f.canvas.manager.set_window_title($t)", "matplotlib 3.6",
          message=r"object has no attribute 'set_window_title'"),
    Shape("$x.get_axis_bgcolor()", "$x.get_facecolor()", "matplotlib 2.2", "matplotlib.axes.Axes"),
    Shape("$x.set_axis_bgcolor($c)", "$x.set_facecolor($c)", "matplotlib 2.2", "matplotlib.axes.Axes"),
    Shape("$x.legendHandles", "$x.legend_handles", "matplotlib 3.9", "matplotlib.legend.Legend"),
    Shape("$f.gca(projection=$p)", "$f.add_subplot(projection=$p)", "matplotlib 3.6",
          message=r"gca\(\) got an unexpected keyword argument 'projection'"),
    Shape("matplotlib.pyplot.gca(projection=$p)", "matplotlib.pyplot.subplot(projection=$p)", "matplotlib 3.6",
          message=r"gca\(\) got an unexpected keyword argument 'projection'"),
    Keyword("matplotlib.axes.Axes.hist", "normed", "density", "matplotlib 3.1", method=True,
            message=r"unexpected keyword argument 'normed'|got an unexpected keyword argument 'normed'"),
    Keyword("matplotlib.pyplot.hist", "normed", "density", "matplotlib 3.1",
            message=r"unexpected keyword argument 'normed'"),
    *(Shape(f'matplotlib.pyplot.style.use("seaborn{style}")', f'matplotlib.pyplot.style.use("seaborn-v0_8{style}")',
            "matplotlib 3.6", message=_NOT_A_STYLE) for style in ("", *(f"-{name}" for name in _STYLES.split()))),
)  # fmt: skip

NETWORKX: tuple[Rule, ...] = (
    Shape("$g.node[$n]", "$g.nodes[$n]", "networkx 2.4", "networkx.Graph networkx.DiGraph"),
    Shape("networkx.connected_component_subgraphs($g)",
          "($g.subgraph(part).copy() for part in networkx.connected_components($g))", "networkx 2.4"),
    *(Shape(f"$g.{name}($*a)", f"networkx.{name}($g, $*a)", "networkx 2.4", "networkx.Graph networkx.DiGraph")
      for name in ("add_path", "add_cycle", "add_star", "selfloop_edges", "number_of_selfloops",
                   "nodes_with_selfloops")),
    *(Shape(f"$g.{name}_iter($*a)", f"$g.{name}($*a)", "networkx 2.0", "networkx.Graph networkx.DiGraph")
      for name in ("nodes", "edges", "neighbors", "degree", "predecessors", "successors", "in_edges", "out_edges")),
    Shape("networkx.random_tree($*a)", "networkx.random_labeled_tree($*a)", "networkx 3.4"),
    Shape("networkx.pagerank_numpy($*a)", "networkx.pagerank($*a)", "networkx 2.8"),
    Shape("networkx.pagerank_scipy($*a)", "networkx.pagerank($*a)", "networkx 3.0"),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*NUMPY, *PANDAS, *SCIPY, *SKLEARN, *MATPLOTLIB, *NETWORKX)
