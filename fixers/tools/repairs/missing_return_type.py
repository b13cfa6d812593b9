"""Functions without a return annotation whose result is plain to see."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import libcst as cst

from fixers.codemods.source import Edits, Source, parse
from fixers.tools.repairs.base import Case, Example, FindingRepair

_MESSAGE = "Function is missing a return type annotation"
_OPEN = frozenset({"abstractmethod", "overload", "abc.abstractmethod", "typing.overload"})


class MissingReturnType(FindingRepair):
    """Annotate a function that returns nothing with `-> None`, and one that returns texts or truths with that.

    The constructor beside such a method says so too. Left alone: generators, and bodies that only stand for what
    others will write.
    """

    NAME = "missing-return-type"
    NUMBER = 30
    PRIOR = 0.98
    MESSAGE = "a function does not say what it returns"
    CODES = frozenset({"no-untyped-def"})
    VALID: ClassVar[tuple[Example, ...]] = (
        Example("def f(x: int):\n    return x + 1\n", "def f(x: int):\n    return x + 1\n", "no-untyped-def",
                _MESSAGE, 1),
        Example("def f():\n    yield 1\n", "def f():\n    yield 1\n", "no-untyped-def", _MESSAGE, 1),
        Example("def f():\n    raise NotImplementedError\n", "def f():\n    raise NotImplementedError\n",
                "no-untyped-def", _MESSAGE, 1),
    )  # fmt: skip
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("def f():\n    print(1)\n", "def f() -> None:\n    print(1)\n", "no-untyped-def", _MESSAGE, 1),
        Example("class A:\n    @d\n    def g(self):\n        def h():\n            return 1\n        self.x = h()\n",
                "class A:\n    @d\n    def g(self) -> None:\n        def h():\n            return 1\n"
                "        self.x = h()\n", "no-untyped-def", _MESSAGE, 3),
        Example("class A:\n    def __init__(self, x: int):\n        self.x = x\n\n"
                "    def g(self):\n        self.x = 0\n",
                "class A:\n    def __init__(self, x: int) -> None:\n        self.x = x\n\n    def g(self) -> None:\n"
                "        self.x = 0\n", "no-untyped-def", _MESSAGE, 5),
        Example("def f(x: int):\n    if x > 1:\n        return f'{x}'\n    return 'one'\n",
                "def f(x: int) -> str:\n    if x > 1:\n        return f'{x}'\n    return 'one'\n", "no-untyped-def",
                _MESSAGE, 1),
        Example("def f(x: int):\n    return x > 1 and not x == 3\n",
                "def f(x: int) -> bool:\n    return x > 1 and not x == 3\n", "no-untyped-def", _MESSAGE, 1),
    )  # fmt: skip

    def mend(self, case: Case) -> str:
        """Annotate the functions that the findings are about."""
        source = parse(case.text)
        if source is None:
            return case.text
        edits = Edits(source)
        lines = {finding.line for finding in case.findings if finding.message.startswith(_MESSAGE)}
        for function in source.all(cst.FunctionDef):
            place = source.place(function)
            # mypy names the line of `def`, before 3.8 that of the first decorator.
            named = source.line(function.name) in lines or place.start.line in lines
            named |= function.name.value == "__init__" and _is_beside(source, function, lines)
            kind = _kind(source, function) if named and function.returns is None else ""
            if kind:
                edits.change(function, cst.FunctionDef, _annotated(kind))
        return edits.text()


def _is_beside(source: Source, function: cst.FunctionDef, lines: set[int]) -> bool:
    """Say whether a finding is about another method of the class: then the constructor says the same, asked or not."""
    owner = source.up(function, cst.ClassDef)
    others = source.within(owner, cst.FunctionDef)
    return any(source.up(other, cst.ClassDef) is owner and source.line(other.name) in lines for other in others)


def _annotated(kind: str) -> Callable[[cst.FunctionDef], cst.FunctionDef]:
    return lambda node: node.with_changes(returns=cst.Annotation(annotation=cst.Name(kind)))


def _kind(source: Source, function: cst.FunctionDef) -> str:
    seen = results_of(function)
    if seen.generates or is_open(source, function):
        return ""
    kinds = {_type_of(value) for value in seen.values}
    if not kinds:
        return "None"
    return kinds.pop() if len(kinds) == 1 else ""


def results_of(function: cst.FunctionDef) -> _Results:
    """Return what a function gives back."""
    seen = _Results()
    function.body.visit(seen)
    return seen


class _Results(cst.CSTVisitor):
    """Gathers what a function returns, without what functions inside it do."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[cst.BaseExpression] = []
        self.yields: list[cst.BaseExpression] = []
        self.generates = False
        self.bare = False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: ARG002, N802 - libcst's signature
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:  # noqa: ARG002, N802 - libcst's signature
        return False

    def visit_Yield(self, node: cst.Yield) -> None:  # noqa: N802 - libcst's signature
        self.generates = True
        if node.value is not None and not isinstance(node.value, cst.From):
            self.yields.append(node.value)

    def visit_Return(self, node: cst.Return) -> None:  # noqa: N802 - libcst's signature
        if node.value is not None and not (isinstance(node.value, cst.Name) and node.value.value == "None"):
            self.values.append(node.value)
        else:
            self.bare = True


def is_open(source: Source, function: cst.FunctionDef) -> bool:
    """Say whether the body only stands for what others will write: abstract, overloaded, or not there yet."""
    if any(source.code(decorator.decorator) in _OPEN for decorator in function.decorators):
        return True
    words = [source.code(statement).strip() for statement in function.body.body]
    told = [word for word in words if not word.startswith(('"', "'"))]
    return all(word == "..." or word.startswith("raise NotImplementedError") for word in told)


def _type_of(value: cst.BaseExpression) -> str:
    """Return the builtin type that an expression has whatever its parts are; empty when it depends."""
    if isinstance(value, cst.FormattedString):
        return "str"
    if isinstance(value, cst.SimpleString):
        return "bytes" if "b" in value.prefix.lower() else "str"
    return "bool" if _is_truth(value) else ""


def _is_truth(value: cst.BaseExpression) -> bool:
    match value:
        case cst.Name(value="True" | "False") | cst.UnaryOperation(operator=cst.Not()):
            return True
        case cst.Comparison(comparisons=[*targets]):
            sure = all(isinstance(target.operator, (cst.Is, cst.IsNot, cst.In, cst.NotIn)) for target in targets)
            return sure or all(isinstance(target.comparator, (cst.Integer, cst.SimpleString)) for target in targets)
        case cst.BooleanOperation(left=left, right=right):
            return _is_truth(left) and _is_truth(right)
        case cst.Call(func=cst.Name(value="isinstance" | "issubclass" | "hasattr" | "callable" | "any" | "all")):
            return True
    return False
