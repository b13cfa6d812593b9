"""Comparing one REST exchange with GitHub's OpenAPI description.

The description is written for OpenAPI 3.0, whose `nullable` JSON Schema does not
know, and is 13 MB long; so only the schemas that one exchange needs are
translated, and kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from app.simulator.journal import Exchange

SPANNING = {"path", "ref", "basehead", "branch"}
"""Path parameters whose values may have slashes."""
SHOWN = 200
FLAWS = (
    # The description asks for a user and an enterprise in one; no account is both.
    "GET /app/installations: answer $[0].account:",
    # The text of the same schema says that a bare array is taken too, and PyGithub sends one.
    "POST /repos/{owner}/{repo}/issues/{issue_number}/labels: body $:",
)
"""Where the description contradicts itself: problems that start so are not ours."""


@dataclass(frozen=True)
class Operation:
    """One method of one path of the description."""

    template: str
    document: Mapping[str, Any]
    parameters: Mapping[str, str]


@dataclass
class OpenApi:
    """GitHub's OpenAPI description."""

    document: dict[str, Any]
    _validators: dict[str, Draft202012Validator] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> OpenApi:
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def operation(self, method: str, path: str) -> Operation | None:
        """Return the operation that a request belongs to; the template with most fixed parts wins."""
        hits = [
            Operation(template, methods[method.lower()], matched.groupdict())
            for template, pattern, methods in self._templates
            if method.lower() in methods and (matched := pattern.fullmatch(path))
        ]
        return min(hits, key=lambda hit: (hit.template.count("{"), -len(hit.template)), default=None)

    def payload(self, event: str, action: str | None) -> Mapping[str, Any] | None:
        """Return the schema of a webhook's payload."""
        name = "-".join(part.replace("_", "-") for part in (event, action) if part)
        hook = self.document["x-webhooks"].get(name)
        return None if hook is None else hook["post"]["requestBody"]["content"]["application/json"]["schema"]

    def problems(self, value: Any, schema: Mapping[str, Any], *, closed: bool) -> list[str]:
        """Return what is wrong with a document; `closed` also refuses fields that no schema names."""
        key = json.dumps([schema, closed], sort_keys=True)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(_Translation(self.document, closed=closed).whole(schema))
        found = sorted(self._validators[key].iter_errors(value), key=lambda error: list(map(str, error.absolute_path)))
        return [f"{error.json_path}: {_deepest(error)[:SHOWN]}" for error in found]

    def resolve(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow `$ref`."""
        while "$ref" in document:
            document = _at(self.document, document["$ref"])
        return document

    @cached_property
    def _templates(self) -> list[tuple[str, re.Pattern[str], Mapping[str, Any]]]:
        return [(template, _pattern(template), methods) for template, methods in self.document["paths"].items()]


def check_exchange(exchange: Exchange, openapi: OpenApi) -> list[str]:
    """Return every way in which a REST exchange departs from the description; empty when it does not."""
    operation = openapi.operation(exchange.method, exchange.path)
    if operation is None:
        return [f"{exchange.method} {exchange.path}: GitHub has no such call"]
    problems = [
        *_query(exchange, operation, openapi),
        *_body(exchange, operation, openapi),
        *_answer(exchange, operation, openapi),
    ]
    named = [f"{exchange.method} {operation.template}: {problem}" for problem in problems]
    return [problem for problem in named if not problem.startswith(FLAWS)]


def check_payload(event: str, payload: Mapping[str, Any], openapi: OpenApi) -> list[str]:
    """Return every way in which a webhook payload departs from the description."""
    schema = openapi.payload(event, payload.get("action"))
    if schema is None:
        return [f"{event} {payload.get('action')}: GitHub sends no such webhook"]
    return [f"{event}: {problem}" for problem in openapi.problems(payload, schema, closed=False)]


def _query(exchange: Exchange, operation: Operation, openapi: OpenApi) -> Iterator[str]:
    described = [openapi.resolve(parameter) for parameter in operation.document.get("parameters", [])]
    known = {parameter["name"]: parameter["schema"] for parameter in described if parameter["in"] == "query"}
    for name, value in exchange.query.items():
        if name not in known:
            yield f"query {name}: GitHub knows no such parameter"
            continue
        schema = openapi.resolve(known[name])
        yield from (
            f"query {name}: {problem}" for problem in openapi.problems(_typed(value, schema), schema, closed=False)
        )
    for parameter in described:
        if parameter["in"] == "query" and parameter.get("required") and parameter["name"] not in exchange.query:
            yield f"query {parameter['name']}: required"


def _body(exchange: Exchange, operation: Operation, openapi: OpenApi) -> Iterator[str]:
    described = openapi.resolve(operation.document.get("requestBody", {}))
    if not described:
        if exchange.body not in (None, {}):
            yield "body: GitHub takes none"
        return
    if exchange.body is None and not described.get("required"):
        return
    schema = described["content"]["application/json"]["schema"]
    # A refused request may well be malformed: then the answer is what counts.
    if exchange.status < 400 or exchange.status in {401, 403, 404}:
        yield from (f"body {problem}" for problem in openapi.problems(exchange.body, schema, closed=True))


def _answer(exchange: Exchange, operation: Operation, openapi: OpenApi) -> Iterator[str]:
    if exchange.status >= 400:
        if not isinstance(exchange.answer, dict) or not isinstance(exchange.answer.get("message"), str):
            yield f"answer {exchange.status}: has no message"
        return
    described = operation.document["responses"].get(str(exchange.status))
    if described is None:
        yield f"answer {exchange.status}: GitHub never answers so; it does {', '.join(operation.document['responses'])}"
        return
    content = openapi.resolve(described).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None or not exchange.content_type.startswith("application/json"):
        return
    yield from (f"answer {problem}" for problem in openapi.problems(exchange.answer, schema, closed=True))


@dataclass
class _Translation:
    """A JSON Schema made from parts of an OpenAPI 3.0 document, with just the definitions that it needs."""

    source: Mapping[str, Any]
    closed: bool
    definitions: dict[str, Any] = field(default_factory=dict)

    def whole(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        return {**self._schema(schema, closed=self.closed), "$defs": self.definitions}

    def _schema(self, schema: Mapping[str, Any], *, closed: bool) -> dict[str, Any]:
        if "$ref" in schema:
            return {"$ref": self._definition(schema["$ref"], closed=closed)}
        made = {key: value for key, value in schema.items() if key in PLAIN}
        for key in ("items", "additionalProperties", "not"):
            if isinstance(schema.get(key), dict):
                made[key] = self._schema(schema[key], closed=closed)
        for key in ("oneOf", "anyOf", "allOf"):
            if key in schema:
                # A member of allOf describes a part of the object only. GitHub's oneOf branches overlap.
                members = [self._schema(member, closed=closed and key != "allOf") for member in schema[key]]
                made["anyOf" if key == "oneOf" else key] = members
        if "properties" in schema:
            named = {name: self._schema(part, closed=closed) for name, part in schema["properties"].items()}
            made["properties"] = named
            if closed and not schema.keys() & {"additionalProperties", "oneOf", "anyOf", "allOf"}:
                made["additionalProperties"] = False
        return {"anyOf": [{"type": "null"}, made]} if schema.get("nullable") else made

    def _definition(self, pointer: str, *, closed: bool) -> str:
        name = pointer.removeprefix("#/").replace("/", ".") + ("" if closed else ".open")
        if name not in self.definitions:
            self.definitions[name] = {}  # stands for itself while it is being translated
            self.definitions[name] = self._schema(_at(self.source, pointer), closed=closed)
        return f"#/$defs/{name}"


PLAIN = {"type", "enum", "required", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum",
         "uniqueItems"}  # fmt: skip


def _at(document: Mapping[str, Any], pointer: str) -> Any:
    found: Any = document
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    written = [
        re.escape(part) if index % 2 == 0 else f"(?P<{part}>{'.*' if part in SPANNING else '[^/]+'})"
        for index, part in enumerate(parts)
    ]
    return re.compile("".join(written))


def _typed(value: str, schema: Mapping[str, Any]) -> Any:
    if schema.get("type") == "integer" and value.lstrip("-").isdecimal():
        return int(value)
    if schema.get("type") == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value


def _deepest(error: Any) -> str:
    """Return what one branch of an anyOf said, of the branch that came nearest."""
    if not error.context:
        return str(error.message)
    nearest = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator != "type"))
    return f"{nearest.json_path}: {_deepest(nearest)}"
