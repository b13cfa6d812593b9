"""Calls of the standard library whose replacement is another expression, not only another name.

An entry that names what is gone is used only when the target's live library lacks it and
has what the entry writes; one with a message of its own only after a failure that says so.
"""

from __future__ import annotations

from fixers.codemods.reworks.asyncio_run import run_once
from fixers.codemods.reworks.class_properties import descriptors
from fixers.codemods.reworks.enum_format import formatted
from fixers.codemods.reworks.getargspec import full_specs
from fixers.codemods.reworks.leading_flags import leading_flags
from fixers.codemods.reworks.set_attribute import set_attributes
from fixers.codemods.shapes import Keyword, Reach, Rework, Rule, Shape
from fixers.model import Tier

_PATH = "pathlib.Path pathlib.PurePath pathlib.PosixPath pathlib.PurePosixPath pathlib.WindowsPath"
_SUBN = "'(?:count|maxsplit|flags)' is passed as positional argument"
_LEGACY = r"\b{} is deprecated\. Use files\(\) instead|has no attribute '{}'|cannot import name '{}' from 'importlib"
_UNSET_LOOP = r"There is no current event loop"


def _resources(old: str, new: str) -> Shape:
    """Return how one of the functions that `files` took the place of is written with it."""
    item = "importlib.resources.files($p)" + ("" if old == "contents" else ".joinpath($n)")
    arguments = "$p" if old == "contents" else "$p, $n"
    message = _LEGACY.format(old, old, old)
    return Shape(f"importlib.resources.{old}({arguments})", new.format(item), "", message=message)


TEXTS: tuple[Rule, ...] = (
    Shape("html.parser.HTMLParser().unescape($x)", "html.unescape($x)", "",
          message=r"'HTMLParser' object has no attribute 'unescape'"),
    Shape("$p.unescape($x)", "html.unescape($x)", "", message=r"'\w*Parser' object has no attribute 'unescape'",
          reach=Reach.LINE),
    *(Shape(f"re.{name}($p, $r, $s, $n)", f"re.{name}($p, $r, $s, count=$n)", "", message=_SUBN)
      for name in ("sub", "subn")),
    *(Shape(f"re.{name}($p, $r, $s, $n, $f)", f"re.{name}($p, $r, $s, count=$n, flags=$f)", "", message=_SUBN)
      for name in ("sub", "subn")),
    Shape("re.split($p, $s, $n)", "re.split($p, $s, maxsplit=$n)", "", message=_SUBN),
    Shape("re.split($p, $s, $n, $f)", "re.split($p, $s, maxsplit=$n, flags=$f)", "", message=_SUBN),
    Rework("re", "", r"[gG]lobal flags not at the start of the expression|Flags not at the start of the expression",
           leading_flags),
)  # fmt: skip

_ENCODING = r"__init__\(\) got an unexpected keyword argument 'encoding'"

ENCODED: tuple[Rule, ...] = (
    *(Keyword(f"json.{name}", "encoding", "", "", message=_ENCODING) for name in ("loads", "load", "dumps", "dump")),
    Shape("base64.encodestring($x)", "base64.encodebytes($x)", ""),
    Shape("base64.decodestring($x)", "base64.decodebytes($x)", ""),
)

FILES: tuple[Rule, ...] = (
    Shape("plistlib.readPlistFromBytes($x)", "plistlib.loads($x)", ""),
    Shape("plistlib.readPlistFromString($x)", "plistlib.loads($x)", ""),
    Shape("plistlib.writePlistToBytes($x)", "plistlib.dumps($x)", ""),
    Shape("plistlib.writePlistToString($x)", "plistlib.dumps($x)", ""),
    Shape("plistlib.readPlist($p)", "plistlib.loads(pathlib.Path($p).read_bytes())", "", tier=Tier.B),
    Shape("plistlib.readPlist($f)", "plistlib.load($f)", "", tier=Tier.B),
    Shape("plistlib.writePlist($v, $p)", "pathlib.Path($p).write_bytes(plistlib.dumps($v))", "", tier=Tier.B),
    Shape("plistlib.writePlist($v, $f)", "plistlib.dump($v, $f)", "", tier=Tier.B),
    Shape("$p.link_to($t)", "os.link($p, $t)", "", _PATH),
    Shape("$t.extractall($*a)", '$t.extractall($*a, filter="data")', "",
          message=r"Python 3\.14 will, by default, filter extracted tar archives", reach=Reach.LINE,
          unless="$t.extractall($*a, filter=$f)"),
    _resources("read_text", '{}.read_text(encoding="utf-8")'),
    _resources("read_binary", "{}.read_bytes()"),
    _resources("open_text", '{}.open("r", encoding="utf-8")'),
    _resources("open_binary", '{}.open("rb")'),
    _resources("is_resource", "{}.is_file()"),
    _resources("path", "importlib.resources.as_file({})"),
    _resources("contents", "(item.name for item in {}.iterdir())"),
)  # fmt: skip

TREES: tuple[Rule, ...] = (
    Shape("$e.getchildren()", "list($e)", "", message=r"Element' object has no attribute 'getchildren'"),
    Shape("$e.copy()", "copy.copy($e)", "", message=r"Element' object has no attribute 'copy'"),
    Shape("$e.getiterator($*a)", "$e.iter($*a)", "",
          message=r"Element(?:Tree)?' object has no attribute 'getiterator'"),
)  # fmt: skip

DIGESTS: tuple[Rule, ...] = (
    *(Shape(f"hmac.new({given})", f'hmac.new({given}, digestmod="md5")', "",
            message=r"Missing required (?:parameter|argument) 'digestmod'") for given in ("$k, $m", "$k")),
)  # fmt: skip

CODE: tuple[Rule, ...] = (
    Rework("inspect", "", r"'inspect' has no attribute 'getargspec'|cannot import name 'getargspec' from 'inspect'",
           full_specs, ("inspect.getfullargspec",)),
    Shape("imp.load_source($n, $p)", "importlib.machinery.SourceFileLoader($n, $p).load_module()", ""),
    Shape("imp.get_magic()", "importlib.util.MAGIC_NUMBER", ""),
    Shape("imp.get_suffixes()", "importlib.machinery.all_suffixes()", "", tier=Tier.B),
    Shape("pkgutil.get_loader($n)", "importlib.util.find_spec($n).loader", "", tier=Tier.B),
    Shape("types.NoneType", "type(None)", ""),
    Shape("types.EllipsisType", "type(...)", ""),
)  # fmt: skip

RUNNING: tuple[Rule, ...] = (
    Shape("random.shuffle($x, $r.random)", "$r.shuffle($x)", "",
          message=r"shuffle\(\) takes 2 positional arguments but 3 were given"),
    Shape("asyncio.wait($c, $**k)", "asyncio.wait(list(map(asyncio.ensure_future, $c)), $**k)", "",
          message=r"Passing coroutines is forbidden, use tasks explicitly", reach=Reach.LINE),
    # What these two need came with the very versions that changed.
    Rework("enum", "", r"\b[A-Z]\w+\.[A-Z_0-9]+\b|^AssertionError: .*\.\.\.[A-Z]", formatted, ("enum.StrEnum",)),
    Rework("builtins", "", r"bound meth|'method' object", descriptors, ("copy.replace",)),
    Rework("asyncio", "", _UNSET_LOOP, run_once, ("asyncio.run",)),
    Shape("asyncio.get_event_loop().run_until_complete($c())", "asyncio.run($c())", "", message=_UNSET_LOOP),
    Shape("asyncio.get_event_loop().run_until_complete($c($*a))", "asyncio.run($c($*a))", "", message=_UNSET_LOOP),
    Shape("asyncio.get_event_loop()", "asyncio.new_event_loop()", "", message=_UNSET_LOOP, reach=Reach.LINE,
          tier=Tier.B),
    Shape("datetime.datetime.utcfromtimestamp($x)",
          "datetime.datetime.fromtimestamp($x, datetime.timezone.utc).replace(tzinfo=None)", "",
          message=r"utcfromtimestamp\(\) is deprecated|has no attribute 'utcfromtimestamp'"),
    *(Shape(f"$t.{old}()", f"$t.{new}", "", message=rf"\b{old}\(\) is deprecated|has no attribute '{old}'",
            reach=Reach.LINE) for old, new in (("getName", "name"), ("isDaemon", "daemon"))),
    Rework("builtins", "", r"\b\w+\(\) is deprecated, set the \w+ attribute instead|"
           r"'\w*Thread' object has no attribute 'set(?:Daemon|Name)'|"
           r"'numpy\.ndarray' object has no attribute 'itemset'|'DataFrame' object has no attribute 'set_value'",
           set_attributes),
    Shape("dict.iteritems($d)", "$d.items()", "", message=r"type object 'dict' has no attribute 'iteritems'"),
    Shape("dict.itervalues($d)", "$d.values()", "", message=r"type object 'dict' has no attribute 'itervalues'"),
    Shape("dict.iterkeys($d)", "$d.keys()", "", message=r"type object 'dict' has no attribute 'iterkeys'"),
    *(Keyword(f"asyncio.{name}", "loop", "", "") for name in (
        "as_completed", "open_connection", "start_server", "create_subprocess_exec", "create_subprocess_shell",
        "shield", "BoundedSemaphore", "LifoQueue", "PriorityQueue", "sleep", "wait", "wait_for", "gather", "Lock",
        "Event", "Queue", "Semaphore", "Condition", "StreamReader")),
)  # fmt: skip

DISTUTILS: tuple[Rule, ...] = (
    Shape("distutils.spawn.find_executable($n, $p)", "shutil.which($n, path=$p)", ""),
    Shape("distutils.spawn.find_executable($n, path=$p)", "shutil.which($n, path=$p)", ""),
    Shape("distutils.spawn.find_executable($n)", "shutil.which($n)", ""),
    Shape("distutils.sysconfig.get_config_var($n)", "sysconfig.get_config_var($n)", ""),
    Shape("distutils.sysconfig.get_python_lib(True)", 'sysconfig.get_path("platlib")', ""),
    Shape("distutils.sysconfig.get_python_lib(1)", 'sysconfig.get_path("platlib")', ""),
    Shape("distutils.sysconfig.get_python_lib(plat_specific=True)", 'sysconfig.get_path("platlib")', ""),
    Shape("distutils.sysconfig.get_python_lib(plat_specific=1)", 'sysconfig.get_path("platlib")', ""),
    Shape("distutils.sysconfig.get_python_lib(standard_lib=True)", 'sysconfig.get_path("stdlib")', ""),
    Shape("distutils.dir_util.remove_tree($d)", "shutil.rmtree($d)", ""),
    Shape("distutils.file_util.copy_file($a, $b)", "shutil.copy2($a, $b)", "", tier=Tier.B),
    Shape("distutils.dir_util.copy_tree($a, $b)", "shutil.copytree($a, $b, dirs_exist_ok=True)", ""),
    Shape("distutils.dir_util.mkpath($d)", "os.makedirs($d, exist_ok=True)", ""),
    Shape("distutils.dir_util.mkpath($d, $m)", "os.makedirs($d, $m, exist_ok=True)", ""),
    Shape("distutils.sysconfig.get_python_lib()", 'sysconfig.get_path("purelib")', ""),
    Shape("distutils.sysconfig.get_python_inc()", 'sysconfig.get_path("include")', ""),
    Shape("distutils.sysconfig.get_python_version()", "sysconfig.get_python_version()", ""),
    Shape("distutils.spawn.spawn($c)", "subprocess.check_call($c)", "", tier=Tier.B),
    Shape("distutils.util.split_quoted($x)", "shlex.split($x)", "", tier=Tier.B),
)  # fmt: skip

NEWER: tuple[Rule, ...] = (
    Shape("aiter($x)", "$x.__aiter__()", "", message=r"name 'aiter' is not defined"),
    Shape("anext($x)", "$x.__anext__()", "", message=r"name 'anext' is not defined"),
    Shape("math.exp2($x)", "2.0 ** $x", ""),
    Shape("random.randbytes($n)", 'random.getrandbits($n * 8).to_bytes($n, "little")', ""),
    Shape("sys.exception()", "sys.exc_info()[1]", ""),
    Shape("$p.walk()", "map(lambda item: (pathlib.Path(item[0]), *item[1:]), os.walk($p))", "",
          message=r"Path' object has no attribute 'walk'"),
    Shape("$p.relative_to($b, walk_up=True)", "pathlib.Path(os.path.relpath($p, $b))", "",
          message=r"unexpected keyword argument 'walk_up'"),
    Shape("$s.replace($a, $b, count=$n)", "$s.replace($a, $b, $n)", "",
          message=r"replace\(\) takes no keyword arguments"),
    Shape("copy.replace($x, $**k)", "dataclasses.replace($x, $**k)", "", tier=Tier.B),
    Shape("copy.replace($x, $**k)", "$x._replace($**k)", "", tier=Tier.B),
    Keyword("tempfile.TemporaryDirectory", "ignore_cleanup_errors", "", "", tier=Tier.B),
    Shape("$n.bit_count()", 'bin($n).count("1")', "", message=r"'int' object has no attribute 'bit_count'"),
    Shape("$c.total()", "sum($c.values())", "", message=r"'Counter' object has no attribute 'total'"),
    Shape("$p.with_stem($s)", "$p.with_name($s + $p.suffix)", "",
          message=r"Path' object has no attribute 'with_stem'"),
    Shape("$p.is_relative_to($b)", "pathlib.PurePath($b) in [$p, *$p.parents]", "",
          message=r"Path' object has no attribute 'is_relative_to'"),
    Shape("$p.hardlink_to($t)", "os.link($t, $p)", "", message=r"Path' object has no attribute 'hardlink_to'"),
    Shape("$p.readlink()", "pathlib.Path(os.readlink($p))", "", message=r"Path' object has no attribute 'readlink'"),
    Shape("datetime.datetime.fromisoformat($x)", 'datetime.datetime.fromisoformat($x.replace("Z", "+00:00"))', "",
          message=r"Invalid isoformat string: '[^']*Z'", reach=Reach.LINE,
          unless="datetime.datetime.fromisoformat($x.replace($a, $b))"),
    Shape("int.from_bytes($x)", 'int.from_bytes($x, "big")', "",
          message=r"from_bytes\(\) missing required argument 'byteorder'"),
    Shape("$n.to_bytes($l)", '$n.to_bytes($l, "big")', "",
          message=r"to_bytes\(\) missing required argument 'byteorder'", reach=Reach.LINE),
    Keyword("dataclasses.dataclass", "slots", "", "",
            message=r"dataclass\(\) got an unexpected keyword argument 'slots'"),
    Keyword("dataclasses.dataclass", "kw_only", "", "", tier=Tier.B,
            message=r"dataclass\(\) got an unexpected keyword argument 'kw_only'"),
)  # fmt: skip

RULES: tuple[Rule, ...] = (*TEXTS, *FILES, *TREES, *DIGESTS, *ENCODED, *CODE, *RUNNING, *DISTUTILS, *NEWER)
