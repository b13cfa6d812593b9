"""Calls of web, network and database libraries that their later releases take in another form."""

from __future__ import annotations

from fixers.codemods.reworks.django_meta import indexes
from fixers.codemods.reworks.flask_hooks import at_once
from fixers.codemods.reworks.flask_json import providers
from fixers.codemods.reworks.itsdangerous_tokens import timed
from fixers.codemods.reworks.jinja_extensions import built_in
from fixers.codemods.reworks.markdown_extensions import one_argument
from fixers.codemods.reworks.shapely_parts import parts
from fixers.codemods.reworks.sqlalchemy_engine import connected
from fixers.codemods.reworks.sqlalchemy_paths import attributes
from fixers.codemods.shapes import Keyword, Reach, Rework, Rule, Shape
from fixers.model import Tier

_SA2 = "sqlalchemy 2.0"
_ENGINE = "sqlalchemy.Engine sqlalchemy.engine.Engine"
_NOT_SQL = r"ObjectNotExecutableError: Not an executable object|should be explicitly declared as text\("
_WHERE = r"\b{}\(\) takes 1 positional argument but 2 were given"
_REQUEST = "django.core.handlers.wsgi.WSGIRequest django.core.handlers.asgi.ASGIRequest"
_ALGORITHM = r"you pass in a value for the \"algorithms\" argument"
_VERSIONED = {
    "flask": "flask", "click": "click", "werkzeug": "werkzeug", "jsonschema": "jsonschema", "jinja2": "jinja2",
    "marshmallow": "marshmallow", "markupsafe": "markupsafe", "itsdangerous": "itsdangerous", "attr": "attrs",
    "sklearn": "scikit-learn",
}  # fmt: skip

SQLALCHEMY: tuple[Rule, ...] = (
    Shape("sqlalchemy.select([$*c], $**k)", "sqlalchemy.select($*c, $**k)", _SA2,
          message=r"Did you mean to say select\("),
    Shape("sqlalchemy.case([$*w], $**k)", "sqlalchemy.case($*w, $**k)", _SA2, message=r'The "whens" argument to case'),
    *(Shape(f"$q.{name}([$*c])", f"$q.{name}($*c)", "sqlalchemy 1.4", message=r"rather than as a list",
            reach=Reach.LINE) for name in ("with_only_columns", "columns", "returning", "group_by", "order_by")),
    Shape("sqlalchemy.case(value=$v, whens=$w, $**k)", "sqlalchemy.case($w, value=$v, $**k)", _SA2,
          message=r"case\(\) got an unexpected keyword argument 'whens'"),
    Shape("$s.query($M).get($i)", "$s.get($M, $i)", _SA2, message=r"The Query\.get\(\) method is considered legacy"),
    Shape("$c.execute($text, $*a)", "$c.execute(sqlalchemy.text($text), $*a)", _SA2, message=_NOT_SQL),
    Shape("$c.execute($q, $*a)", "$c.execute(sqlalchemy.text($q), $*a)", _SA2, message=_NOT_SQL, reach=Reach.LINE,
          unless="$c.execute(sqlalchemy.text($q), $*a)"),
    Shape("$c.scalar($text, $*a)", "$c.scalar(sqlalchemy.text($text), $*a)", _SA2, message=_NOT_SQL),
    *(Shape(f"$q.{name}($text)", f"$q.{name}(sqlalchemy.text($text))", _SA2, message=_NOT_SQL)
      for name in ("where", "filter", "order_by", "having")),
    Shape("$e.table_names()", "sqlalchemy.inspect($e).get_table_names()", _SA2, _ENGINE),
    Shape("$e.has_table($*n)", "sqlalchemy.inspect($e).has_table($*n)", _SA2, _ENGINE,
          unless="sqlalchemy.inspect($e).has_table($*n)"),
    Shape("$q.as_scalar()", "$q.scalar_subquery()", "sqlalchemy 1.4", message=r"as_scalar\(\) method is deprecated|"
          r"has no attribute 'as_scalar'"),
    Shape("$t.select($w)", "$t.select().where($w)", _SA2, message=_WHERE.format("select"), reach=Reach.LINE),
    Shape("$t.update($w)", "$t.update().where($w)", _SA2, message=_WHERE.format("update"), reach=Reach.LINE),
    Shape("$t.delete($w)", "$t.delete().where($w)", _SA2, message=_WHERE.format("delete"), reach=Reach.LINE),
    Shape("$t.insert($v)", "$t.insert().values($v)", _SA2, message=_WHERE.format("insert"), reach=Reach.LINE),
    Shape("$r[$text]", "$r._mapping[$text]", _SA2, message=r"tuple indices must be integers or slices, not str",
          reach=Reach.LINE, tier=Tier.B, unless="$r._mapping[$text]"),
    Shape("dict($r)", "dict($r._mapping)", _SA2, tier=Tier.B, reach=Reach.LINE,
          unless="dict($r._mapping)", message=r"cannot convert dictionary update sequence element #0 to a sequence|"
          r"dictionary update sequence element #0 has length"),
    *(Shape(f"$r.{name}()", f"$r._mapping.{name}()", _SA2, tier=Tier.B, reach=Reach.LINE,
            message=rf"Could not locate column in row for column '{name}'") for name in ("keys", "items", "values")),
    Shape("sqlalchemy.Table($*a, autoload=True, autoload_with=$e)", "sqlalchemy.Table($*a, autoload_with=$e)", _SA2,
          message=r"got 'autoload'"),
    Keyword("sqlalchemy.create_engine", "convert_unicode", "", _SA2,
            message=r"Invalid argument\(s\) 'convert_unicode'|unexpected keyword argument 'convert_unicode'"),
    Keyword("sqlalchemy.String", "convert_unicode", "", "sqlalchemy 1.4"),
    Keyword("sqlalchemy.create_engine", "future", "", _SA2, "True", r"'future'"),
    Rework("sqlalchemy", "sqlalchemy 1.4", r"[Ss]trings (?:are not accepted for attribute names|to indicate \w+ )|"
           r"ORM relationship attribute expected, got '", attributes),
    Rework("sqlalchemy", _SA2, r"'Engine' object has no attribute 'execute'", connected),
)  # fmt: skip

DJANGO: tuple[Rule, ...] = (
    Shape("$r.is_ajax()", '$r.headers.get("x-requested-with") == "XMLHttpRequest"', "django 4.0", _REQUEST),
    Shape("$u.is_authenticated()", "$u.is_authenticated", "django 2.0", message=r"'bool' object is not callable",
          reach=Reach.LINE),
    Shape("$u.is_anonymous()", "$u.is_anonymous", "django 2.0", message=r"'bool' object is not callable",
          reach=Reach.LINE),
    Shape("django.db.models.NullBooleanField($*a)", "django.db.models.BooleanField($*a, null=True, blank=True)",
          "django 4.0", message=r"fields\.E903|NullBooleanField"),
    *(Keyword(f"django.db.models.{name}", "", "on_delete=django.db.models.CASCADE", "django 2.0", position=1,
              message=r"__init__\(\) missing 1 required positional argument: 'on_delete'")
      for name in ("ForeignKey", "OneToOneField")),
    Keyword("django.db.models.CheckConstraint", "check", "condition", "django 5.1"),
    Keyword("django.utils.timezone.make_aware", "is_dst", "", "django 5.0"),
    Shape("django.utils.html.format_html($x)", "django.utils.safestring.mark_safe($x)", "django 5.0",
          message=r"format_html\(\) without passing args or kwargs|args or kwargs must be provided"),
    Shape("$m.make_random_password()", "django.utils.crypto.get_random_string(10)", "django 4.2",
          message=r"make_random_password"),
    Shape("$m.make_random_password($n)", "django.utils.crypto.get_random_string($n)", "django 4.2",
          message=r"make_random_password"),
    Shape("django.utils.crypto.get_random_string()", "django.utils.crypto.get_random_string(12)", "django 4.0",
          message=r"get_random_string\(\) missing 1 required positional argument: 'length'"),
    Shape("django.core.cache.get_cache($n)", "django.core.cache.caches[$n]", "django 1.9"),
    Shape("django.utils.timezone.FixedOffset($m)", "datetime.timezone(datetime.timedelta(minutes=$m))", "django 3.1"),
    Shape("django.utils.itercompat.is_iterable($x)", "isinstance($x, collections.abc.Iterable)", "django 6.0",
          tier=Tier.B),
    Shape("$l.log_deletion($*a)", "$l.log_deletions($*a)", "django 5.1", message=r"log_deletion\b", reach=Reach.LINE,
          tier=Tier.B),
    Keyword("django.dispatch.Signal", "providing_args", "", "django 4.0"),
    *(Keyword(f"django.http.{name}", "mimetype", "content_type", "django 1.7",
              message=r"got an unexpected keyword argument 'mimetype'")
      for name in ("HttpResponse", "StreamingHttpResponse")),
    Rework("django", "django 5.1", r"class Meta' got invalid attribute\(s\): index_together|index_together", indexes,
           ("django.db.models.Index",)),
)  # fmt: skip

WEB: tuple[Rule, ...] = (
    Rework("flask", "flask 2.3", r"'Flask' object has no attribute 'before_first_request'|"
           r"'before_first_request' is deprecated", at_once),
    Rework("itsdangerous", "itsdangerous 2.1", r"JSONWebSignatureSerializer", timed,
           ("itsdangerous.URLSafeTimedSerializer",)),
    Rework("flask", "flask 2.3", r"cannot import name 'JSONEncoder' from 'flask\.json'|"
           r"module 'flask\.json' has no attribute 'JSONEncoder'", providers,
           ("flask.json.provider.DefaultJSONProvider",)),
    Keyword("flask.send_from_directory", "filename", "path", "flask 2.2",
            message=r"send_from_directory\(\) (?:missing|got)"),
    *(Keyword("flask.send_file", old, new, "flask 2.2") for old, new in (
        ("attachment_filename", "download_name"), ("add_etags", "etag"), ("cache_timeout", "max_age"))),
    Keyword("werkzeug.security.generate_password_hash", "method", "", "werkzeug 3.0",
            message=r"Invalid hash method '(?:plain|md5|sha1|sha256|sha512)'", tier=Tier.B),
    Shape("werkzeug.urls.url_decode($x)", "werkzeug.datastructures.MultiDict(urllib.parse.parse_qsl($x))",
          "werkzeug 3.0", tier=Tier.B),
    Shape("werkzeug.http.parse_authorization_header($x)", "werkzeug.datastructures.Authorization.from_header($x)",
          "werkzeug 3.0"),
    Rework("jinja2", "jinja2 3.1", r"\bjinja2\.ext\b.*\b(?:with_|autoescape)\b", built_in),
    Shape("click.get_os_args()", "sys.argv[1:]", "click 8.1"),
    Keyword("click.testing.CliRunner", "mix_stderr", "", "click 8.2", "False"),
    *(Keyword(f"click.{name}", "autocompletion", "shell_complete", "click 8.1", tier=Tier.B,
              message=r"unexpected keyword argument 'autocompletion'") for name in ("argument", "option")),
    Keyword("werkzeug.utils.send_file", "attachment_filename", "download_name", "werkzeug 2.1"),
    Shape("$r.getheaders()", "$r.headers", "urllib3 2.0", "urllib3.HTTPResponse urllib3.response.HTTPResponse"),
    Shape("$r.getheader($*n)", "$r.headers.get($*n)", "urllib3 2.0",
          "urllib3.HTTPResponse urllib3.response.HTTPResponse"),
    *(Shape(f"{home}.{old}", f"{home}.{new}", "urllib3 2.0")
      for home in ("urllib3.Retry", "urllib3.util.Retry", "urllib3.util.retry.Retry")
      for old, new in (("DEFAULT_METHOD_WHITELIST", "DEFAULT_ALLOWED_METHODS"),
                       ("DEFAULT_REDIRECT_HEADERS_BLACKLIST", "DEFAULT_REMOVE_HEADERS_ON_REDIRECT"))),
    *(Keyword(name, "method_whitelist", "allowed_methods", "urllib3 2.0") for name in (
        "urllib3.Retry", "urllib3.util.Retry", "urllib3.util.retry.Retry", "requests.adapters.Retry",
        "requests.packages.urllib3.util.retry.Retry")),
    *(Keyword(f"httpx.{name}", "proxies", "proxy", "httpx 0.28") for name in (
        "Client", "AsyncClient", "get", "post", "put", "patch", "delete", "request", "stream")),
    Shape("httpx.AsyncClient(app=$a, $**k)", "httpx.AsyncClient(transport=httpx.ASGITransport(app=$a), $**k)",
          "httpx 0.28", message=r"Client\.__init__\(\) got an unexpected keyword argument 'app'"),
    Shape("httpx.Client(app=$a, $**k)", "httpx.Client(transport=httpx.WSGITransport(app=$a), $**k)",
          "httpx 0.28", message=r"Client\.__init__\(\) got an unexpected keyword argument 'app'"),
    *(Keyword(f"httpx.{name}", "allow_redirects", "follow_redirects", "httpx 0.20") for name in (
        "get", "post", "put", "patch", "delete", "head", "options", "request")),
    Keyword("httpx.Client.get", "allow_redirects", "follow_redirects", "httpx 0.20", method=True),
    Keyword("httpx.Client.post", "allow_redirects", "follow_redirects", "httpx 0.20", method=True),
    *(Keyword(f"aiohttp.{name}", "loop", "", "aiohttp 4.0") for name in ("ClientSession", "TCPConnector")),
    Shape("$r.hmset($k, $m)", "$r.hset($k, mapping=$m)", "redis 4.0", "redis.Redis redis.client.Pipeline"),
)  # fmt: skip

MARKDOWN: tuple[Rule, ...] = (
    Rework("markdown", "markdown 3.4", r"extendMarkdown\(\) missing 1 required positional argument", one_argument),
    Shape('$r.add($n, $o, "_begin")', "$r.register($o, $n, 200)", "markdown 3.4",
          message=r"'Registry' object has no attribute 'add'"),
    Shape('$r.add($n, $o, "_end")', "$r.register($o, $n, 0)", "markdown 3.4",
          message=r"'Registry' object has no attribute 'add'"),
)  # fmt: skip

FLASK: tuple[Rule, ...] = (
    *(Shape(f"flask.{old}.top", f"flask.globals.{new}", "flask 2.3", message=rf"'{old}'") for old, new in (
        ("_request_ctx_stack", "request_ctx"), ("_app_ctx_stack", "app_ctx"))),
    *(Shape(f"$a.{old}", f'$a.config["{old.upper()}"]', "flask 2.3", "flask.Flask") for old in (
        "send_file_max_age_default", "session_cookie_name", "templates_auto_reload",
        "use_x_sendfile")),
    Shape("$a.propagate_exceptions", '$a.config["PROPAGATE_EXCEPTIONS"]', "flask 2.3", "flask.Flask"),
)  # fmt: skip

SCHEMAS: tuple[Rule, ...] = (
    *(Shape(f"jsonschema.draft{draft}_format_checker", f"jsonschema.Draft{draft}Validator.FORMAT_CHECKER",
            "jsonschema 4.16", message=rf"draft{draft}_format_checker")
      for draft in ("3", "4", "6", "7", "201909", "202012")),
    Shape("jsonschema.ErrorTree", "jsonschema.exceptions.ErrorTree", "jsonschema 4.18", message=r"\bErrorTree\b"),
)  # fmt: skip

TOKENS: tuple[Rule, ...] = (
    Shape("jwt.encode($*a).decode($*b)", "jwt.encode($*a)", "pyjwt 2.0",
          message=r"'str' object has no attribute 'decode'"),
    Shape("$t.decode($*b)", "$t", "pyjwt 2.0", message=r"'str' object has no attribute 'decode'", reach=Reach.LINE,
          tier=Tier.B),
    Shape("jwt.decode($*a, verify=False)", 'jwt.decode($*a, options={"verify_signature": False})', "pyjwt 2.0",
          message=rf"`verify` argument to `decode`|{_ALGORITHM}|unexpected keyword argument 'verify'"),
    *(Keyword("jwt.decode", "", f'algorithms=["{name}"]', "pyjwt 2.0", message=_ALGORITHM, position=2,
              without="options", tier=Tier.B)
      for name in ("HS256", "RS256", "ES256", "HS512", "HS384")),
    *(Shape(f"cryptography.utils.{old}($n, $o)", f"int.{new}($n, $o)", "cryptography 36.0") for old, new in (
        ("int_from_bytes", "from_bytes"),)),
)  # fmt: skip

DOCUMENTS: tuple[Rule, ...] = (
    Shape("yaml.load($x)", "yaml.safe_load($x)", "pyyaml 6.0",
          message=r"load\(\) missing 1 required positional argument: 'Loader'"),
    Shape("yaml.load_all($x)", "yaml.safe_load_all($x)", "pyyaml 6.0",
          message=r"load_all\(\) missing 1 required positional argument: 'Loader'"),
    *(Shape(f"{module}.__version__", f'importlib.metadata.version("{name}")', name)
      for module, name in _VERSIONED.items()),
)  # fmt: skip

IMAGES: tuple[Rule, ...] = (
    *(Shape(f"$d.{old}($t, $**k)", f"$d.{new}((0, 0), $t, $**k)[2:]", "pillow 10.0",
            "PIL.ImageDraw.ImageDraw") for old, new in (
                ("textsize", "textbbox"), ("multiline_textsize", "multiline_textbbox"))),
    Shape("$f.getsize($*a)", "$f.getbbox($*a)[2:]", "pillow 10.0",
          "PIL.ImageFont.FreeTypeFont PIL.ImageFont.ImageFont"),
    Shape("$i.tostring($*a)", "$i.tobytes($*a)", "pillow 3.0", "PIL.Image.Image"),
    Shape("$i.fromstring($*a)", "$i.frombytes($*a)", "pillow 3.0", "PIL.Image.Image"),
)  # fmt: skip

SHEETS: tuple[Rule, ...] = (
    *(Shape(f"$b.{old}", new, "openpyxl 2.4", "openpyxl.Workbook", message=rf"\b{name}\b")
      for name, old, new in (
        ("get_sheet_by_name", "get_sheet_by_name($n)", "$b[$n]"),
        ("get_sheet_names", "get_sheet_names()", "$b.sheetnames"),
        ("get_active_sheet", "get_active_sheet()", "$b.active"), ("remove_sheet", "remove_sheet($s)", "$b.remove($s)"),
        ("get_index", "get_index($s)", "$b.index($s)"))),
    *(Shape(f"$s.get_highest_{old}()", f"$s.max_{old}", "openpyxl 2.4", "openpyxl.worksheet.worksheet.Worksheet")
      for old in ("row", "column")),
)  # fmt: skip

SHAPELY: tuple[Rule, ...] = (
    *(Shape(old, new, "shapely 2.0", reach=Reach.LINE, unless=unless,
            message=r"'(?:Multi\w+|GeometryCollection)' (?:has no len\(\)|object is not subscriptable)")
      for old, new, unless in (
          ("len($x)", "len($x.geoms)", "len($x.geoms)"), ("$x[$i]", "$x.geoms[$i]", "$x.geoms[$i]"))),
    Rework("shapely", "shapely 2.0", r"'(?:Multi\w+|GeometryCollection)' object is not iterable", parts),
    Shape("$g.almost_equals($o)", "$g.equals_exact($o, 0.5 * 10 ** -6)", "shapely 2.1", reach=Reach.LINE,
          message=r"has no attribute 'almost_equals'|almost_equals"),
    Shape("$g.almost_equals($o, $d)", "$g.equals_exact($o, 0.5 * 10 ** -$d)", "shapely 2.1", reach=Reach.LINE,
          message=r"has no attribute 'almost_equals'|almost_equals"),
    Shape("$g.type", "$g.geom_type", "shapely 2.0", message=r"'type' attribute is deprecated.*geom_type",
          reach=Reach.LINE),
)  # fmt: skip

RECORDS: tuple[Rule, ...] = (
    Shape("google.protobuf.message_factory.MessageFactory().GetPrototype($d)",
          "google.protobuf.message_factory.GetMessageClass($d)", "protobuf 4.22",
          message=r"'MessageFactory' object has no attribute 'GetPrototype'|GetPrototype"),
    *(Keyword("peewee.Field", old, new, "peewee 3.0", reach=Reach.LINE) for old, new in (
        ("db_column", "column_name"),)),
    *(Keyword("peewee.ForeignKeyField", old, new, "peewee 3.0", reach=Reach.LINE,
              message=rf"unexpected keyword argument '{old}'") for old, new in (
        ("related_name", "backref"), ("rel_model", "model"), ("to_field", "field"))),
    *(Shape(f"$c.{old}($*a)", f"$c.{new}($*a)", "pymongo 4.0", reach=Reach.LINE,
            message=rf"'Collection' object is not callable\. .* call the '{old}' method") for old, new in (
        ("insert", "insert_one"), ("save", "insert_one"), ("ensure_index", "create_index"))),
    Shape("$c.count()", "$c.count_documents({})", "pymongo 4.0", reach=Reach.LINE,
          message=r"'Collection' object is not callable\. .* call the 'count' method"),
    Shape("$c.count($q)", "$c.count_documents($q)", "pymongo 4.0", reach=Reach.LINE,
          message=r"'Collection' object is not callable\. .* call the 'count' method"),
    Shape("$d.collection_names()", "$d.list_collection_names()", "pymongo 4.0", reach=Reach.LINE,
          message=r"call the 'collection_names' method"),
    Shape("$d.database_names()", "$d.list_database_names()", "pymongo 4.0", reach=Reach.LINE,
          message=r"call the 'database_names' method|has no attribute 'database_names'"),
    *(Keyword(f"google.protobuf.json_format.{name}", "including_default_value_fields",
              "always_print_fields_with_no_presence", "protobuf 5.26") for name in ("MessageToDict", "MessageToJson")),
    Shape("$d.value", "$d[()]", "h5py 3.0", "h5py.Dataset"),
    Shape("$f.seed($*a)", "faker.Faker.seed($*a)", "faker 4.0", message=r"Calling `\.seed\(\)` on instances",
          reach=Reach.LINE, unless="faker.Faker.seed($*a)"),
    *(Keyword(f"gensim.models.{name}", old, new, "gensim 4.0") for name in ("Word2Vec", "FastText", "Doc2Vec")
      for old, new in (("size", "vector_size"), ("iter", "epochs"))),
)  # fmt: skip

PACKAGES: tuple[Rule, ...] = (
    Shape("pkg_resources.get_distribution($d).version", "importlib.metadata.version($d)", "setuptools 67.5"),
    Shape("pkg_resources.require($d)[0].version", "importlib.metadata.version($d)", "setuptools 67.5"),
    Shape("pkg_resources.iter_entry_points($g)", "importlib.metadata.entry_points(group=$g)", "setuptools 67.5"),
    Shape("pkg_resources.iter_entry_points(group=$g)", "importlib.metadata.entry_points(group=$g)", "setuptools 67.5"),
    Shape("pkg_resources.iter_entry_points($g, $n)", "importlib.metadata.entry_points(group=$g, name=$n)",
          "setuptools 67.5"),
    Shape("pkg_resources.parse_version($v)", "packaging.version.parse($v)", "setuptools 67.5"),
    *(Shape(f"pkg_resources.{old}({module}, $n)",
            f"importlib.resources.files({module.replace('__name__', '__package__')}).joinpath($n){new}",
            "setuptools 67.5", tier=Tier.B)
      for module in ("__name__", "$p")
      for old, new in (("resource_string", ".read_bytes()"), ("resource_stream", '.open("rb")'),
                       ("resource_exists", ".is_file()"), ("resource_isdir", ".is_dir()"))),
    *(Shape(f"pkg_resources.resource_filename({module}, $n)",
            f"str(importlib.resources.files({module.replace('__name__', '__package__')}).joinpath($n))",
            "setuptools 67.5", tier=Tier.B)
      for module in ("__name__", "$p")),
    Shape("pkg_resources.DistributionNotFound", "importlib.metadata.PackageNotFoundError", "setuptools 67.5"),
)  # fmt: skip

RULES: tuple[Rule, ...] = (
    *SQLALCHEMY,
    *DJANGO,
    *WEB,
    *TOKENS,
    *DOCUMENTS,
    *IMAGES,
    *SHEETS,
    *SHAPELY,
    *SCHEMAS,
    *MARKDOWN,
    *FLASK,
    *RECORDS,
    *PACKAGES,
)
