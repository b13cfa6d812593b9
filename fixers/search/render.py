"""From a surviving mutation to the file's new text, in the author's hand.

libcst keeps every byte outside the edited node, and inside it every part that
stays. Then the text is parsed again and must mean exactly what was tested.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

import libcst as cst

from fixers.model import FileEdit
from fixers.project import Project
from fixers.search.differences import Difference, Inserted, Replaced, differences, same
from fixers.search.layout import Layout, layout_of
from fixers.search.mutation import Mutation
from fixers.search.reuse import Pieces, enclosed, expression, is_atom, spaced_like, statement

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
Parentheses = Callable[[cst.BaseExpression, cst.BaseExpression], cst.BaseExpression]


class Unrenderable(Exception):
    """Raised when a mutation has no text that keeps the author's layout; the sentence says why."""


def render(project: Project, mutation: Mutation) -> FileEdit:
    """Return the file with `mutation` made in it.

    Lines of other statements keep every byte, comments stay, and the parsed text
    equals the tree that was tested. Raises Unrenderable otherwise, never guesses.
    """
    before = project.text(mutation.path)
    where = f"{mutation.path}:{mutation.line}"
    try:
        after = before
        for tree in (*mutation.steps, mutation.tree):
            after = _with(after, tree())
    except (LookupError, cst.ParserSyntaxError) as error:
        raise Unrenderable(f"the edit at {where} cannot be written in the file's layout: {error}") from error
    return FileEdit(mutation.path, before, after)


def _with(text: str, mutated: ast.Module) -> str:
    """Return the text of a module changed to mean `mutated`; LookupError where it cannot be written."""
    layout = layout_of(text)
    found = differences(ast.parse(text), mutated, lambda old, new: _replaceable(layout, old, new))
    for parentheses in (_dropped, _kept, _closed):
        after = _written(layout, found, parentheses)
        if after is not None and _parses_to(after, mutated):
            return after
    raise LookupError("it reads differently once written, so it is not the one that was tested")


def _written(layout: Layout, found: Sequence[Difference], parentheses: Parentheses) -> str | None:
    """Return the new text, None where libcst refuses it: `returna` for `return(a)` without its parentheses."""
    try:
        return _Rewriter(layout, found, parentheses).rewritten()
    except cst.CSTValidationError:
        return None


def _parses_to(text: str, wanted: ast.Module) -> bool:
    try:
        return same(ast.parse(text), wanted)
    except SyntaxError:
        return False


class _Rewriter(cst.CSTTransformer):
    """Puts the new nodes in the old ones' places; `parentheses` decides on those around a replaced expression."""

    def __init__(self, layout: Layout, found: Sequence[Difference], parentheses: Parentheses) -> None:
        super().__init__()
        self._layout, self._parentheses = layout, parentheses
        self._replaced = {_found(layout, item.old): item for item in found if isinstance(item, Replaced)}
        self._inserted = {_found(layout, item.anchor): item for item in found if isinstance(item, Inserted)}

        self._lines = [item.old.lineno if isinstance(item, Replaced) else item.anchor.lineno for item in found]

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Pass by statements in which nothing changes; a visit to all of a large module takes a tenth of a second."""
        lines = self._layout.lines.get(node)
        return lines is None or any(line in lines for line in self._lines)

    def rewritten(self) -> str:
        """Return the text of the module with all differences made."""
        return self._layout.module.visit(self).code

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> object:  # type: ignore[override]
        """Replace expressions and small statements, and put new statements beside their anchors."""
        if original_node in self._replaced and _condition(self._replaced[original_node]) is None:
            return self._new(original_node, self._replaced[original_node])
        anchors: Sequence[cst.CSTNode] = ()
        if isinstance(original_node, cst.SimpleStatementLine):
            anchors = original_node.body
        elif isinstance(original_node, cst.BaseCompoundStatement):
            anchors = (original_node,)
        condition = _condition(self._replaced[anchors[0]]) if anchors and anchors[0] in self._replaced else None
        if condition is not None and len(anchors) == 1:
            return self._under(updated_node, condition)
        for anchor in anchors:
            inserted = self._inserted.get(anchor)
            # Between two statements of one line there is no place for a third.
            if inserted is not None and anchor is (anchors[-1] if inserted.after else anchors[0]):
                return self._beside(updated_node, inserted)
        return updated_node

    def _new(self, old: cst.CSTNode, difference: Replaced) -> cst.CSTNode:
        pieces = Pieces.of(self._layout, [difference.old])
        if isinstance(difference.new, ast.expr) and isinstance(old, cst.BaseExpression):
            return self._parentheses(old, spaced_like(old, expression(difference.new, pieces)))
        if isinstance(difference.new, ast.stmt) and isinstance(old, cst.BaseSmallStatement):
            line = statement(difference.new, pieces)
            if isinstance(line, cst.SimpleStatementLine):
                return line.body[0].with_changes(semicolon=old.semicolon)
        header = _header(difference)
        if header is not None and isinstance(old, (cst.If, cst.While)):
            kind = cst.If if isinstance(difference.new, ast.If) else cst.While
            return kind(test=expression(header, pieces), body=old.body, leading_lines=old.leading_lines)
        raise LookupError("a whole block would have to be replaced")

    def _under(self, inner: cst.CSTNode, condition: ast.expr) -> cst.If:
        """Put a statement, written as it is, under a condition."""
        if not isinstance(inner, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            raise LookupError("the line is no statement")  # noqa: TRY004 - as below
        test = expression(condition, Pieces(self._layout))
        block = cst.IndentedBlock([inner.with_changes(leading_lines=[])])
        return cst.If(test=test, body=block, leading_lines=inner.leading_lines)

    def _beside(self, anchor: cst.CSTNode, inserted: Inserted) -> cst.FlattenSentinel[cst.CSTNode]:
        new: list[Statement] = [statement(item, Pieces(self._layout)) for item in inserted.statements]
        if inserted.after:
            return cst.FlattenSentinel([anchor, *new])
        if not isinstance(anchor, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            raise LookupError("the line is no statement")  # noqa: TRY004 - the caller turns lookups into refusals
        blank = [line for line in anchor.leading_lines if line.comment is None]
        if len(blank) == len(anchor.leading_lines):
            # Blank lines set the group of statements apart; comments belong to the statement below them.
            new[0] = new[0].with_changes(leading_lines=blank)
            anchor = anchor.with_changes(leading_lines=[])
        return cst.FlattenSentinel([*new, anchor])


def _replaceable(layout: Layout, old: ast.AST, new: ast.AST) -> bool:
    """Say whether `new` can be written where `old` stands; whole blocks stay, or their comments would be lost."""
    if layout.replaceable(old):
        return True
    if not isinstance(old, ast.stmt) or not isinstance(new, ast.stmt) or layout.find(old) is None:
        return False
    return _condition(Replaced(old, new)) is not None or _header(Replaced(old, new)) is not None


def _condition(difference: Replaced) -> ast.expr | None:
    """Return the condition where the new statement is an `if` with nothing in it but the old one, else None."""
    match difference.new:
        case ast.If(test=test, body=[inner], orelse=[]) if same(inner, difference.old):
            return test
    return None


def _header(difference: Replaced) -> ast.expr | None:
    """Return what is tested where an `if` becomes a `while`, or the other way round, over the same block."""
    match difference.old, difference.new:
        case (ast.If(body=body, orelse=[]), ast.While(test=test, body=same_body, orelse=[])) | (
            ast.While(body=body, orelse=[]),
            ast.If(test=test, body=same_body, orelse=[]),
        ) if len(body) == len(same_body) and all(map(same, body, same_body)):
            return test
    return None


def _found(layout: Layout, node: ast.AST) -> cst.CSTNode:
    found = layout.find(node)
    if found is None:
        raise LookupError(f"the {type(node).__name__} has no text of its own")
    return found


def _dropped(old: cst.BaseExpression, new: cst.BaseExpression) -> cst.BaseExpression:
    """Leave parentheses out where the new expression is an atom and they hold neither comment nor line break."""
    inside = [paren.whitespace_after for paren in old.lpar] + [paren.whitespace_before for paren in old.rpar]
    if is_atom(new) and all(isinstance(space, cst.SimpleWhitespace) and space.empty for space in inside):
        return new
    return _kept(old, new)


def _kept(old: cst.BaseExpression, new: cst.BaseExpression) -> cst.BaseExpression:
    if not old.lpar or isinstance(old, cst.Tuple):
        return new
    return new.with_changes(lpar=[*old.lpar, *new.lpar], rpar=[*new.rpar, *old.rpar])


def _closed(_: cst.BaseExpression, new: cst.BaseExpression) -> cst.BaseExpression:
    return enclosed(new)
