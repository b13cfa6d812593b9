"""Comparing one GraphQL exchange with GitHub's schema."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_variable_values,
    is_interface_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)
from graphql.language import FieldNode
from graphql.type import GraphQLInterfaceType, GraphQLObjectType, GraphQLOutputType, is_object_type
from graphql.type.definition import get_named_type

from app.simulator.journal import Exchange


def check_mutation(exchange: Exchange, schema: GraphQLSchema) -> list[str]:
    """Return every way in which a GraphQL exchange departs from the schema; empty when it does not."""
    try:
        document = parse(exchange.body["query"])
    except GraphQLError as error:
        return [f"request: {error.message}"]
    problems = [f"request: {error.message}" for error in validate(schema, document)]
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    values = get_variable_values(schema, operation.variable_definitions or (), exchange.body.get("variables") or {})
    problems += [f"variables: {error.message}" for error in values] if isinstance(values, list) else []
    if problems or exchange.answer.get("data") is None:
        return problems or _refusal(exchange.answer)
    root = schema.get_root_type(operation.operation)
    assert root is not None
    return _object(exchange.answer["data"], operation.selection_set.selections, root, "data")


def _refusal(answer: dict[str, Any]) -> list[str]:
    told = [error.get("message") for error in answer.get("errors", [])]
    return [] if told and all(told) else ["answer: has neither data nor errors with messages"]


def _object(
    value: dict[str, Any], selections: Any, kind: GraphQLObjectType | GraphQLInterfaceType, where: str
) -> list[str]:
    fields = {(node.alias or node.name).value: node for node in selections if isinstance(node, FieldNode)}
    problems = [f"answer {where}.{name}: was not asked for" for name in value.keys() - fields.keys()]
    for name, node in fields.items():
        if name not in value:
            problems.append(f"answer {where}.{name}: is missing")
        elif node.name.value in kind.fields:
            problems += _value(value[name], node, kind.fields[node.name.value].type, f"{where}.{name}")
    return problems


def _value(value: Any, node: FieldNode, kind: GraphQLOutputType, where: str) -> list[str]:
    if value is None:
        return [f"answer {where}: may not be null"] if is_non_null_type(kind) else []
    inner = kind.of_type if is_non_null_type(kind) else kind
    if is_list_type(inner):
        return [problem for item in value for problem in _value(item, node, inner.of_type, f"{where}[]")]
    named = get_named_type(inner)
    if is_leaf_type(named):
        return _leaf(value, named, where)
    if (is_object_type(named) or is_interface_type(named)) and node.selection_set:
        return _object(value, node.selection_set.selections, named, where)
    return []


def _leaf(value: Any, kind: Any, where: str) -> list[str]:
    try:
        kind.parse_value(value)
    except GraphQLError as error:
        return [f"answer {where}: {error.message}"]
    return []
