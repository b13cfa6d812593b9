"""Names that most Python programs import from the same place.

Only names with one usual home: `datetime`, `time` or `copy` are a module to some
authors and a member to others, so the project's own habit must decide those.
Every entry is checked against the installed module before it is proposed.
"""

from __future__ import annotations

from collections.abc import Mapping

_BY_MODULE: Mapping[str, str] = {
    "abc": "ABC ABCMeta abstractmethod",
    "argparse": "ArgumentParser Namespace",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "collections.abc": (
        "AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable Collection Container Coroutine Generator "
        "Hashable ItemsView Iterable Iterator KeysView Mapping MutableMapping MutableSequence MutableSet Sequence "
        "Sized ValuesView"
    ),
    "concurrent.futures": "ProcessPoolExecutor ThreadPoolExecutor as_completed",
    "contextlib": "AsyncExitStack ExitStack asynccontextmanager contextmanager nullcontext redirect_stdout suppress",
    "dataclasses": "asdict astuple dataclass field is_dataclass",
    "datetime": "date timedelta timezone",
    "decimal": "Decimal ROUND_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP",
    "enum": "Enum Flag IntEnum IntFlag StrEnum auto unique",
    "fractions": "Fraction",
    "functools": (
        "cached_property cmp_to_key lru_cache partial partialmethod reduce singledispatch total_ordering wraps"
    ),
    "importlib": "import_module",
    "io": "BytesIO StringIO TextIOWrapper",
    "itertools": (
        "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse "
        "groupby islice pairwise permutations product starmap takewhile tee zip_longest"
    ),
    "math": "ceil floor gcd isclose isnan sqrt",
    "operator": "attrgetter itemgetter methodcaller",
    "pathlib": "Path PosixPath PurePath PurePosixPath",
    "statistics": "mean median stdev",
    "tempfile": "NamedTemporaryFile TemporaryDirectory mkdtemp mkstemp",
    "textwrap": "dedent",
    "threading": "Lock RLock Thread",
    "types": "MappingProxyType ModuleType SimpleNamespace TracebackType",
    "typing": (
        "Any AnyStr ClassVar Dict Final Generic List Literal NamedTuple NewType NoReturn Optional Protocol Set "
        "TYPE_CHECKING Tuple Type TypedDict TypeVar Union cast overload"
    ),
    "unittest.mock": "MagicMock",
    "urllib.parse": "parse_qs parse_qsl quote quote_plus unquote urlencode urljoin urlparse urlsplit urlunparse",
    "uuid": "UUID uuid4 uuid5",
}

HOMES: Mapping[str, str] = {name: module for module, names in _BY_MODULE.items() for name in names.split()}
"""Name to the standard library module that most code imports it from."""

ALIASES: Mapping[str, str] = {
    "dt": "datetime",
    "nn": "torch.nn",
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "sa": "sqlalchemy",
    "sns": "seaborn",
    "sp": "scipy",
    "tf": "tensorflow",
}
"""Alias to the module that the community abbreviates so."""
