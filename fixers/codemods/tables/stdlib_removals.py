"""What the standard library lost, since when, and what does the same now.

An entry is proposed only when the target's live module lacks the old name and has
the new one. Left out on purpose: removals without a replacement that behaves alike
(`asyncore`, `imp.find_module`, `ssl.wrap_socket`, `inspect.formatargspec`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

Version = tuple[int, int]


class Removal(NamedTuple):
    """One name that is gone."""

    old: str
    """`module.name`."""
    new: str
    """`module.name`, or a bare builtin."""
    since: Version
    """First version without it."""
    alike: bool = True
    """Whether the new one takes the same arguments and returns the same; otherwise it is offered with less trust."""


def _same(old: str, new: str, since: Version, names: str, *, alike: bool = True) -> Iterator[Removal]:
    for name in names.split():
        yield Removal(f"{old}.{name}", f"{new}.{name}", since, alike)


_ABCS = (
    "AsyncGenerator AsyncIterable AsyncIterator Awaitable ByteString Callable Collection Container Coroutine "
    "Generator Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence "
    "MutableSet Reversible Sequence Set Sized ValuesView"
)

_LOST: tuple[Removal, ...] = (
    *_same("collections", "collections.abc", (3, 10), _ABCS),
    Removal("array.ArrayType", "array.array", (3, 14)),
    Removal("asyncio.Task.all_tasks", "asyncio.all_tasks", (3, 9), alike=False),
    Removal("asyncio.Task.current_task", "asyncio.current_task", (3, 9)),
    Removal("base64.decodestring", "base64.decodebytes", (3, 9)),
    Removal("base64.encodestring", "base64.encodebytes", (3, 9)),
    Removal("cgi.parse_qs", "urllib.parse.parse_qs", (3, 8)),
    Removal("cgi.parse_qsl", "urllib.parse.parse_qsl", (3, 8)),
    Removal("configparser.SafeConfigParser", "configparser.ConfigParser", (3, 12)),
    Removal("distutils.command.build_ext.build_ext", "setuptools.command.build_ext.build_ext", (3, 12)),
    Removal("distutils.command.build_py.build_py", "setuptools.command.build_py.build_py", (3, 12)),
    Removal("distutils.command.sdist.sdist", "setuptools.command.sdist.sdist", (3, 12)),
    Removal("distutils.core.Command", "setuptools.Command", (3, 12)),
    Removal("distutils.core.Distribution", "setuptools.Distribution", (3, 12)),
    Removal("distutils.core.Extension", "setuptools.Extension", (3, 12)),
    Removal("distutils.core.setup", "setuptools.setup", (3, 12)),
    Removal("distutils.dir_util.remove_tree", "shutil.rmtree", (3, 12), alike=False),
    Removal("distutils.file_util.copy_file", "shutil.copy2", (3, 12), alike=False),
    Removal("distutils.file_util.move_file", "shutil.move", (3, 12), alike=False),
    Removal("distutils.spawn.find_executable", "shutil.which", (3, 12)),
    Removal("distutils.sysconfig.get_config_var", "sysconfig.get_config_var", (3, 12)),
    Removal("distutils.sysconfig.get_config_vars", "sysconfig.get_config_vars", (3, 12)),
    Removal("distutils.util.get_platform", "sysconfig.get_platform", (3, 12)),
    Removal("distutils.version.LooseVersion", "packaging.version.Version", (3, 12), alike=False),
    Removal("distutils.version.StrictVersion", "packaging.version.Version", (3, 12), alike=False),
    Removal("email.MIMEAudio.MIMEAudio", "email.mime.audio.MIMEAudio", (3, 0)),
    Removal("email.MIMEBase.MIMEBase", "email.mime.base.MIMEBase", (3, 0)),
    Removal("email.MIMEImage.MIMEImage", "email.mime.image.MIMEImage", (3, 0)),
    Removal("email.MIMEMultipart.MIMEMultipart", "email.mime.multipart.MIMEMultipart", (3, 0)),
    Removal("email.MIMEText.MIMEText", "email.mime.text.MIMEText", (3, 0)),
    Removal("fractions.gcd", "math.gcd", (3, 9)),
    Removal("gettext.ldgettext", "gettext.dgettext", (3, 11), alike=False),
    Removal("gettext.lgettext", "gettext.gettext", (3, 11), alike=False),
    Removal("gettext.lngettext", "gettext.ngettext", (3, 11), alike=False),
    Removal("imp.acquire_lock", "_imp.acquire_lock", (3, 12)),
    Removal("imp.cache_from_source", "importlib.util.cache_from_source", (3, 12)),
    Removal("imp.get_tag", "sys.implementation.cache_tag", (3, 12), alike=False),
    Removal("imp.new_module", "types.ModuleType", (3, 12)),
    Removal("imp.reload", "importlib.reload", (3, 12)),
    Removal("imp.source_from_cache", "importlib.util.source_from_cache", (3, 12)),
    *_same("importlib.abc", "importlib.resources.abc", (3, 14), "ResourceReader Traversable TraversableResources"),
    Removal("importlib.find_loader", "importlib.util.find_spec", (3, 12), alike=False),
    Removal("inspect.getargspec", "inspect.getfullargspec", (3, 11), alike=False),
    Removal("itertools.ifilter", "filter", (3, 0)),
    Removal("itertools.ifilterfalse", "itertools.filterfalse", (3, 0)),
    Removal("itertools.imap", "map", (3, 0)),
    Removal("itertools.izip", "zip", (3, 0)),
    Removal("itertools.izip_longest", "itertools.zip_longest", (3, 0)),
    Removal("locale.format", "locale.format_string", (3, 12)),
    Removal("os.errno", "errno", (3, 7)),
    Removal("os.getcwdu", "os.getcwd", (3, 0)),
    Removal("parser.expr", "ast.parse", (3, 10), alike=False),
    Removal("pipes.quote", "shlex.quote", (3, 13)),
    Removal("pkg_resources.parse_version", "packaging.version.parse", (3, 0)),
    Removal("pkgutil.find_loader", "importlib.util.find_spec", (3, 14), alike=False),
    Removal("platform.popen", "os.popen", (3, 8), alike=False),
    Removal("sqlite3.OptimizedUnicode", "str", (3, 12)),
    Removal("inspect.Signature.from_builtin", "inspect.signature", (3, 11)),
    Removal("inspect.Signature.from_function", "inspect.signature", (3, 11)),
    Removal("ssl.RAND_pseudo_bytes", "ssl.RAND_bytes", (3, 12), alike=False),
    *(Removal(f"{module}.openfp", f"{module}.open", (3, 9)) for module in ("aifc", "sunau", "wave")),
    Removal("string.letters", "string.ascii_letters", (3, 0)),
    Removal("string.lowercase", "string.ascii_lowercase", (3, 0)),
    Removal("string.maketrans", "str.maketrans", (3, 0)),
    Removal("string.uppercase", "string.ascii_uppercase", (3, 0)),
    Removal("sys.maxint", "sys.maxsize", (3, 0)),
    Removal("tarfile.filemode", "stat.filemode", (3, 8)),
    Removal("threading._sleep", "time.sleep", (3, 3)),
    Removal("time.clock", "time.perf_counter", (3, 8)),
    Removal("types.BooleanType", "bool", (3, 0)),
    Removal("types.ClassType", "type", (3, 0)),
    Removal("types.DictType", "dict", (3, 0)),
    Removal("types.FloatType", "float", (3, 0)),
    Removal("types.IntType", "int", (3, 0)),
    Removal("types.ListType", "list", (3, 0)),
    Removal("types.ObjectType", "object", (3, 0)),
    Removal("types.StringType", "str", (3, 0)),
    Removal("types.StringTypes", "str", (3, 0)),
    Removal("types.TupleType", "tuple", (3, 0)),
    Removal("types.TypeType", "type", (3, 0)),
    Removal("types.UnicodeType", "str", (3, 0)),
    *_same("typing.io", "typing", (3, 13), "BinaryIO IO TextIO"),
    *_same("typing.re", "typing", (3, 13), "Match Pattern"),
    Removal("unittest._TextTestResult", "unittest.TextTestResult", (3, 12)),
    *_same("urllib", "urllib.parse", (3, 0), "quote quote_plus unquote unquote_plus urlencode"),
    *_same("urllib", "urllib.request", (3, 0), "urlopen urlretrieve"),
    *_same("urllib2", "urllib.request", (3, 0), "HTTPHandler ProxyHandler Request build_opener install_opener urlopen"),
    *_same("urllib2", "urllib.error", (3, 0), "HTTPError URLError"),
)

SYMBOLS: tuple[Removal, ...] = (
    *_LOST,
    Removal("distutils.cmd.Command", "setuptools.Command", (3, 12)),
    Removal("distutils.dist.Distribution", "setuptools.Distribution", (3, 12)),
    Removal("distutils.extension.Extension", "setuptools.Extension", (3, 12)),
    Removal("imp.is_builtin", "_imp.is_builtin", (3, 12)),
    Removal("imp.is_frozen", "_imp.is_frozen", (3, 12)),
    Removal("imp.lock_held", "_imp.lock_held", (3, 12)),
    Removal("imp.release_lock", "_imp.release_lock", (3, 12)),
    Removal("importlib.abc.Finder", "importlib.abc.MetaPathFinder", (3, 12), alike=False),
    Removal("io.OpenWrapper", "open", (3, 12)),
    # What other distributions brought to older versions; looked at only where they are not installed.
    Removal("async_timeout.timeout", "asyncio.timeout", (3, 11)),
    Removal("async_timeout.timeout_at", "asyncio.timeout_at", (3, 11)),
    Removal("async_generator.asynccontextmanager", "contextlib.asynccontextmanager", (3, 7)),
    Removal("backports.cached_property.cached_property", "functools.cached_property", (3, 8)),
    Removal("backports.functools_lru_cache.lru_cache", "functools.lru_cache", (3, 3)),
    Removal("cached_property.cached_property", "functools.cached_property", (3, 8)),
    Removal("exceptiongroup.BaseExceptionGroup", "BaseExceptionGroup", (3, 11)),
    Removal("exceptiongroup.ExceptionGroup", "ExceptionGroup", (3, 11)),
    Removal("funcsigs.signature", "inspect.signature", (3, 3)),
    Removal("mypy_extensions.TypedDict", "typing.TypedDict", (3, 8)),
    Removal("ordereddict.OrderedDict", "collections.OrderedDict", (3, 0)),
    Removal("singledispatch.singledispatch", "functools.singledispatch", (3, 4)),
    Removal("strenum.StrEnum", "enum.StrEnum", (3, 11)),
    Removal("taskgroup.TaskGroup", "asyncio.TaskGroup", (3, 11)),
    Removal("taskgroup.timeout", "asyncio.timeout", (3, 11)),
    *_same("typing_extensions", "typing", (3, 9), "Annotated Final Literal OrderedDict Protocol TypedDict final "
           "get_args get_origin get_type_hints runtime_checkable"),
    *_same("typing_extensions", "typing", (3, 10), "Concatenate ParamSpec TypeAlias TypeGuard is_typeddict"),
    *_same("typing_extensions", "typing", (3, 11), "LiteralString Never NotRequired Required Self TypeVarTuple Unpack "
           "assert_never assert_type clear_overloads dataclass_transform get_overloads reveal_type"),
    *_same("typing_extensions", "typing", (3, 12), "TypeAliasType get_original_bases override"),
)  # fmt: skip

MODULES: Mapping[str, tuple[str, Version]] = {
    "BaseHTTPServer": ("http.server", (3, 0)),
    "ConfigParser": ("configparser", (3, 0)),
    "Cookie": ("http.cookies", (3, 0)),
    "HTMLParser": ("html.parser", (3, 0)),
    "Queue": ("queue", (3, 0)),
    "SocketServer": ("socketserver", (3, 0)),
    "StringIO": ("io", (3, 0)),
    "Tkinter": ("tkinter", (3, 0)),
    "UserDict": ("collections", (3, 0)),
    "__builtin__": ("builtins", (3, 0)),
    "_dummy_threading": ("threading", (3, 9)),
    "cPickle": ("pickle", (3, 0)),
    "cStringIO": ("io", (3, 0)),
    "cookielib": ("http.cookiejar", (3, 0)),
    "copy_reg": ("copyreg", (3, 0)),
    "distutils.errors": ("setuptools.errors", (3, 12)),
    "distutils.log": ("logging", (3, 12)),
    "email.Encoders": ("email.encoders", (3, 0)),
    "email.Utils": ("email.utils", (3, 0)),
    "dummy_threading": ("threading", (3, 9)),
    "httplib": ("http.client", (3, 0)),
    "thread": ("_thread", (3, 0)),
    "urlparse": ("urllib.parse", (3, 0)),
    "backports.zoneinfo": ("zoneinfo", (3, 9)),
    "contextlib2": ("contextlib", (3, 7)),
    "functools32": ("functools", (3, 2)),
    "importlib_metadata": ("importlib.metadata", (3, 10)),
    "importlib_resources": ("importlib.resources", (3, 9)),
    "mock": ("unittest.mock", (3, 3)),
    "pathlib2": ("pathlib", (3, 6)),
    "subprocess32": ("subprocess", (3, 3)),
    "tomli": ("tomllib", (3, 11)),
    "unittest2": ("unittest", (3, 4)),
    "xml.etree.cElementTree": ("xml.etree.ElementTree", (3, 9)),
    "xmlrpclib": ("xmlrpc.client", (3, 0)),
}
"""Modules that moved whole."""

LOST = frozenset({
    "asyncio.async", "binascii.a2b_hqx", "binascii.b2a_hqx", "binascii.rlecode_hqx", "binascii.rledecode_hqx",
    "inspect.formatargspec", "inspect.getmoduleinfo", "locale.resetlocale", "os.popen2", "os.popen3", "os.tmpnam",
    "platform.dist", "platform.linux_distribution", "ssl.match_hostname", "ssl.wrap_socket", "sys.exc_clear",
    "sys.getcheckinterval", "sys.setcheckinterval", "tempfile.template", "thread.start_new",
})  # fmt: skip
"""Names that went without a replacement that behaves alike: no slip of the finger, whatever looks like them."""

METHODS: Mapping[str, tuple[str, frozenset[str], Version]] = {
    "getiterator": ("iter", frozenset({"Element", "ElementTree"}), (3, 9)),
    "isAlive": ("is_alive", frozenset({"Thread", "Timer", "_DummyThread", "_MainThread"}), (3, 9)),
    "readfp": ("read_file", frozenset({"ConfigParser", "RawConfigParser", "SafeConfigParser"}), (3, 12)),
    "tostring": ("tobytes", frozenset({"array", "array.array"}), (3, 9)),
    "fromstring": ("frombytes", frozenset({"array", "array.array"}), (3, 9)),
}
"""Methods by old name: new name, the types that lost it, and since when."""

CASE_METHODS: Mapping[str, tuple[str, Version]] = {
    "assertAlmostEquals": ("assertAlmostEqual", (3, 12)),
    "assertEquals": ("assertEqual", (3, 12)),
    "assertItemsEqual": ("assertCountEqual", (3, 0)),
    "assertNotAlmostEquals": ("assertNotAlmostEqual", (3, 12)),
    "assertNotEquals": ("assertNotEqual", (3, 12)),
    "assertNotRegexpMatches": ("assertNotRegex", (3, 12)),
    "assertRaisesRegexp": ("assertRaisesRegex", (3, 12)),
    "assertRegexpMatches": ("assertRegex", (3, 12)),
    "assert_": ("assertTrue", (3, 12)),
    "failIf": ("assertFalse", (3, 12)),
    "failIfAlmostEqual": ("assertNotAlmostEqual", (3, 12)),
    "failIfEqual": ("assertNotEqual", (3, 12)),
    "failUnless": ("assertTrue", (3, 12)),
    "failUnlessAlmostEqual": ("assertAlmostEqual", (3, 12)),
    "failUnlessEqual": ("assertEqual", (3, 12)),
    "failUnlessRaises": ("assertRaises", (3, 12)),
}
"""Aliases of `unittest.TestCase`; they matter in published test helpers, which are no tests themselves."""
