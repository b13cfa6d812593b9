"""Redaction: what must not leave does not, what is harmless stays."""

import re

import pytest

from fixers.llm.redact import Redactor, leftovers, visible

A36 = "a1B2c3D4e5F6" * 3
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk"
PEM = "-----BEGIN {0}PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7bq\n" * 4 + "-----END {0}PRIVATE KEY-----"
# Every value is put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "anthropic api": "sk-ant-" + "api03-" + A36,
    "anthropic admin": "sk-ant-" + "admin01-" + A36,
    "anthropic session": "sk-ant-" + "sid01-" + A36,
    "openai": "sk-" + A36,
    "openai project": "sk-" + "proj-" + A36,
    "github personal": "ghp_" + A36,
    "github oauth": "gho_" + A36,
    "github user": "ghu_" + A36,
    "github server": "ghs_" + A36,
    "github refresh": "ghr_" + A36,
    "github server, long form": "ghs_" + "123456_" + JWT,
    "github fine-grained": "github_" + "pat_" + "11ABCDEFG0" + A36,
    "gitlab": "glpat-" + "a1B2c3D4e5F6g7H8i9J0",
    "aws access key": "AKIA" + "IOSFODNN7ABCDEFG",
    "aws temporary key": "ASIA" + "IOSFODNN7ABCDEFG",
    "google": "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
    "slack bot": "xoxb-" + "123456789012-123456789012-" + "a1B2c3D4e5F6g7H8i9J0k1L2",
    "stripe": "sk_live_" + "a1B2c3D4e5F6g7H8i9J0k1L2",
    "sendgrid": "SG." + "a1B2c3D4e5F6g7H8i9J0k1." + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V",
    "npm": "//registry.example/:_auth" + "Token=npm_" + A36,
    "twilio": "SK" + "a1b2c3d4e5f6a7b8a1b2c3d4e5f6a7b8",
    "jwt": JWT,
    "rsa key": PEM.format("RSA "),
    "ec key": PEM.format("EC "),
    "openssh key": PEM.format("OPENSSH "),
    "plain key": PEM.format(""),
    "encrypted key": PEM.format("ENCRYPTED "),
    "half a key": PEM.format("RSA ").rpartition("-----END")[0].strip(),
}
FRAMES = {
    "aws secret in a file": ('aws_secret_access_key = "{}"', "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    "aws secret in an environment": ("AWS_SECRET_ACCESS_KEY={}", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    "postgres": ("postgresql://app:{}@db.internal:5432/app", "s3cr3tpass"),
    "redis": ("redis://:{}@cache:6379/0", "hunter2"),
    "amqp": ("amqp://guest:{}@mq//", "gu3st"),
    "https": ("https://user:{}@host.example/path", "p4ssw0rd"),
    "password": ('password = "{}"', "hunter"),
    "password in a dict": ('{{"password": "{}"}}', "correct-horse"),
    "password of a class": ('DB_PASSWORD: str = "{}"', "Tr0ub4dor"),
    "passphrase": ("passphrase='{}'", "open-sesame"),
    "secret": ('SECRET_KEY = "{}"', "django-insecure-abc123"),
    "client secret": ("client_secret: '{}'", "0aB9cD8eF7"),
    "api key": ('api_key="{}"', "0123abcd4567"),
    "token": ('self.token = "{}"', "abcdef0123456789"),
    "environment dump": ("CI_DEPLOY_TOKEN={}", "x9y8z7w6"),
    "bearer": ("Authorization: Bearer {}", "abcdef.0123456"),
    "basic": ('{{"Authorization": "Basic {}"}}', "dXNlcjpwYXNz"),
    "cookie": ("Cookie: session={}", "a8f7e6d5c4"),
    "random hexadecimal": ('x = "{}"', "9f86d081884c7d659a2feaa0c55ad015"),
    "random base64": ("x = '{}'", "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW"),
}
CASES = {**{name: ("value = {}", value) for name, value in SECRETS.items()}, **FRAMES}


@pytest.mark.parametrize(("frame", "secret"), CASES.values(), ids=CASES)
def test_a_secret_becomes_a_placeholder(frame, secret):
    text = "before\n" + frame.format(secret) + "\nafter"
    redactor = Redactor()
    cleaned = redactor.clean(text)
    for line in secret.split("\n"):
        assert line not in cleaned
    assert re.search(r"<SECRET:[a-z-]+#\d+>", cleaned)
    assert cleaned.count("\n") == text.count("\n"), "line numbers must stay"
    assert cleaned.startswith("before\n")
    assert leftovers([cleaned]) == (), "the second pass must be at peace with the first"
    assert redactor.clean(cleaned) == cleaned


def test_there_are_cases_enough():
    assert len(CASES) >= 40


def test_a_secret_keeps_its_placeholder_and_its_kind():
    redactor = Redactor()
    key, other = SECRETS["github personal"], SECRETS["aws access key"]
    first = redactor.clean(f"{key} {other}")
    assert first == "<SECRET:github#1> <SECRET:aws#2>"
    assert redactor.clean(f"again {other}") == "again <SECRET:aws#2>"
    assert redactor.count == 2


def test_a_value_found_by_its_name_is_known_everywhere():
    redactor = Redactor()
    redactor.clean('password = "s3same-open"')
    assert "s3same-open" not in redactor.clean("login failed for s3same-open")


def test_hidden_characters_cannot_split_a_secret():
    key = SECRETS["github personal"]
    assert key not in visible(Redactor().clean(f"{key[:9]}\u200b{key[9:]} {key[:5]}\x1b[0m{key[5:]}"))
    assert "<SECRET:github#1>" in Redactor().clean(f"{key[:9]}\u200b{key[9:]}")


@pytest.mark.parametrize("text", ["a\x1b]8;;x\x07b", "a\u202eb", "a\x00b", "a\U000e0041b", "a\ufe0fb", "a\x9b1mb"])
def test_what_draws_nothing_is_dropped(text):
    assert visible(text) in {"ab", "a1mb"}


def test_the_second_pass_sees_what_stands_in_any_text():
    assert leftovers(["all well", f"key {SECRETS['jwt']}"]) == ("jwt",)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    ["a" * 2_000_000, "password" * 100_000, "-----BEGIN PRIVATE KEY-----" * 4_000, "eyJ" * 300_000, "A_" * 500_000],
    ids=["one word", "one key word", "beginnings of keys", "beginnings of tokens", "an environment name"],
)
def test_hostile_text_takes_little_time(text):
    Redactor().clean(text)


CODE = """
import os
from dataclasses import dataclass
password = getpass("Password: ")
token = next(tokens)
token = "access"
def check_password(password: str) -> bool:
assert token == "bearer"
PASSWORD_FIELD = "password"
password=settings.DATABASE_PASSWORD
TOKEN=settings.TOKEN
parser.add_argument("--api-key", help="Key of the service")
secret_name = "database"
url = f"postgresql://{user}:{password}@{host}/{name}"
url = "postgresql://localhost:5432/app"
raise ValueError("the token is not valid")
headers = {"Authorization": f"Bearer {token}"}
key = "user:%s:profile" % user.id
keys = sorted(mapping)
x = "0123456789"
assert hashlib.sha256(b"").hexdigest() == digest
UUID("12345678-1234-1234-1234-123456789012")
name = "a_rather_long_name_of_a_test_with_underscores"
ALPHABET = string.ascii_letters
path = "tests/fixtures/some/long/path/to/a/file.json"
E       AssertionError: assert [3, 3, 3] == [4, 3, 3]
E       KeyError: 'password'
E       TypeError: login() missing 1 required positional argument: 'token'
tests/test_login.py:41: AssertionError
FAILED tests/test_login.py::test_token[access-1] - assert 'a' == 'b'
class TokenError(Exception):
return self._password is not None
tokens = text.split(" ")
if token.type == tokenize.NAME:
client_key = f"{prefix}:{name}"
secret = None
password = ""
password = os.environ["PASSWORD"]
api_key = config.get("api_key")
"token": "string",
""".strip().splitlines()
HARMLESS = [
    *CODE,
    *(f"    value_{n} = compute(total_{n}, rate={n / 7:.6f})" for n in range(40)),
    *(f"        return self.table[{n}].lookup('name-{n}', default=None)" for n in range(40)),
    *(f"E       assert {n * 977} == {n * 978}  # in test_case_{n}" for n in range(40)),
    *(f'    ("2026-11-{n % 28 + 1:02}T10:{n:02}:00Z", "item-{n}", {n * 1.5}),' for n in range(40)),
]


def test_harmless_lines_stay():
    assert len(HARMLESS) >= 195
    touched = [line for line in HARMLESS if Redactor().clean(line) != line]
    assert len(touched) <= 1, touched
