"""What counts as a secret in a text: our own rules first, then the plugins of detect-secrets.

A rule names a kind and a pattern; its first group, or the whole match, is the
secret. Patterns are bounded and lines are cut before they are read, so that a
hostile text costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.cloudant import CloudantDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString, HexHighEntropyString
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

PLACEHOLDER = re.compile(r"<SECRET:[a-z-]+#\d+>")
_RANDOM = 20
"""Quoted strings shorter than this are not judged by their entropy alone."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A secret, by kind and by its own text."""

    kind: str
    value: str


Detector = Callable[[str], Iterator[Hit]]
"""Finds secrets in a text."""

_WHOLE = (
    (
        "private-key",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|\Z)",
    ),
    ("anthropic", r"\bsk-ant-[A-Za-z0-9_-]{12,300}"),
    ("openai", r"\bsk-(?:proj-)?[A-Za-z0-9_-]{20,300}"),
    ("github", r"\bghs_\d{1,20}_eyJ[\w-]{4,2000}\.[\w-]{4,4000}\.[\w-]{4,2000}"),
    ("github", r"\bgh[oprsu]_[A-Za-z0-9]{20,255}"),
    ("github", r"\bgithub_pat_[A-Za-z0-9_]{22,255}"),
    ("aws", r"\b(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b"),
    ("google", r"\bAIza[0-9A-Za-z_-]{35}"),
    ("jwt", r"\beyJ[\w-]{6,2000}\.eyJ[\w-]{4,4000}\.[\w-]{0,2000}"),
)
_GROUP = (
    (
        "aws",
        r"(?i)\baws[\w.-]{0,30}(?:secret|session)[\w.-]{0,30}[\"']?\s{0,4}[:=]\s{0,4}[\"']?([A-Za-z0-9/+=]{40,400})",
    ),
    ("dsn", r"\b[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s:/@\"'<>]{0,100}:([^\s/@\"'<>]{1,200})@"),
    (
        "authorization",
        r"(?i)\bauthorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:bearer|basic|token)\s+([\w.~+/=-]{8,4000})",
    ),
    ("authorization", r"\b[Bb]earer\s+([\w.~+/=-]{16,4000})"),
    ("cookie", r"(?i)\b(?:set-)?cookie[\"']?:\s{0,4}[\"']?(\w[\w.-]{0,60}=[^\s;,\"']{6,4000})"),
    ("environment", r"\b[A-Z][A-Z0-9_]{0,60}(?:PASSWORD|PASSWD|TOKEN|SECRET|_KEY|APIKEY)=([^\s\"'&()\[\]]{6,400})"),
)
_NAMED = re.compile(
    r"(?i)[\w.-]{0,60}(?P<name>password|passwd|passphrase|pwd|secret|token|credential|"
    r"(?:api|auth|access|account|client|encryption|private|secret|signing)[_-]?key)s?"
    r"[\"']?\]?\s{0,8}(?::\s{0,4}\w{1,20}\s{0,4}=|=>|=|:)\s{0,8}[rbu]{0,2}(?P<quote>[\"'])(?P<value>[^\"'\n]{4,400})(?P=quote)"
)
_EMPTY_WORDS = frozenset({
    "password", "passwd", "passphrase", "secret", "token", "string", "none", "null",
    "true", "false", "example", "changeme", "redacted", "optional",
})  # fmt: skip
_TEMPLATE = re.compile(r"^[<${%*].*|.*[{}]|^[.*xX-]+$|.*<SECRET:|^\w+://\S*$")

_RULES = (
    *((kind, re.compile(pattern)) for kind, pattern in _WHOLE),
    *((kind, re.compile(pattern)) for kind, pattern in _GROUP),
)
_PLUGINS = (
    ArtifactoryDetector(),
    AzureStorageKeyDetector(),
    CloudantDetector(),
    DiscordBotTokenDetector(),
    GitLabTokenDetector(),
    MailchimpDetector(),
    NpmDetector(),
    PypiTokenDetector(),
    SendGridDetector(),
    SlackDetector(),
    SquareOAuthDetector(),
    StripeDetector(),
    TelegramBotTokenDetector(),
    TwilioKeyDetector(),
)
_ENTROPY = (Base64HighEntropyString(limit=4.5), HexHighEntropyString(limit=3.0))


def own_rules(text: str) -> Iterator[Hit]:
    """Find what our own patterns know, the most specific kind first."""
    for kind, pattern in _RULES:
        for match in pattern.finditer(text):
            value = match.group(match.lastindex or 0)
            if kind == "environment" and not any(c.isdigit() for c in value):
                continue  # `TOKEN=settings.TOKEN` is an argument, not a value
            yield Hit(kind, value)
    for match in _NAMED.finditer(text):
        value = match["value"]
        if _is_value(match["name"].lower(), value):
            yield Hit("password" if match["name"].lower().startswith("pass") else "named", value)


def _is_value(name: str, value: str) -> bool:
    """Tell a value from a word: `token = "access"` names a kind of token, `password = "hunter2"` is one."""
    if value.lower() in _EMPTY_WORDS or _TEMPLATE.match(value) or not value.strip():
        return False
    if name in {"password", "passwd", "passphrase", "pwd"}:
        return " " not in value
    return " " not in value and (any(c.isdigit() for c in value) or len(value) >= 16) and len(value) >= 8


def known_tokens(text: str) -> Iterator[Hit]:
    """Find what the plugins of detect-secrets know by its form, and quoted strings that look random.

    The plugins' patterns are used without their scan: that keeps global settings, may
    verify a find over the network, and yields only a part where a pattern holds groups.
    """
    for line in text.splitlines():
        yield from _by_plugins(line)
        for entropy in _ENTROPY:
            for value in entropy.analyze_string(line):
                if len(value) >= _RANDOM and entropy.calculate_shannon_entropy(value) > entropy.entropy_limit:
                    yield Hit("random", value)


def token_forms(text: str) -> Iterator[Hit]:
    """Find what has the form of a well-known service's token or of a key: few false finds, in any text.

    Whatever is a secret only by its name or by its randomness is left alone, as digests are.
    """
    for kind, pattern in _RULES[: len(_WHOLE)]:
        yield from (Hit(kind, match.group()) for match in pattern.finditer(text))
    for line in text.splitlines():
        yield from _by_plugins(line)


def _by_plugins(line: str) -> Iterator[Hit]:
    for plugin in _PLUGINS:
        for pattern in plugin.denylist:
            matches = (match.group().strip(" \t\"'=:") for match in pattern.finditer(line))
            yield from (Hit(_kind(plugin.secret_type), value) for value in matches)


def _kind(secret_type: str) -> str:
    return re.sub(r"[^a-z]+", "-", secret_type.lower()).strip("-")


DETECTORS: tuple[Detector, ...] = (own_rules, known_tokens)
