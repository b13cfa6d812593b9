"""Every search template, in one visible list."""

from __future__ import annotations

from fixers.search.template import Template
from fixers.search.templates.aliasing import SharedValue
from fixers.search.templates.argument import WrongArguments
from fixers.search.templates.attribute import WrongAttribute
from fixers.search.templates.callee import WrongCallee
from fixers.search.templates.choice import LostChoice
from fixers.search.templates.comparison import WrongComparison
from fixers.search.templates.condition import LostAlternative, NarrowerCondition, WiderCondition, WrongCondition
from fixers.search.templates.connective import WrongConnective
from fixers.search.templates.conversion import LostConversion
from fixers.search.templates.donor import LostStatement, LostUpdate
from fixers.search.templates.element import LostElement, LostIndex
from fixers.search.templates.entry import LostEntry
from fixers.search.templates.expression import WrongExpression
from fixers.search.templates.flow import SuperfluousStatement, SwappedStatements, UnguardedStatement, WrongLoop
from fixers.search.templates.guard import LostExit, LostSiblingGuard
from fixers.search.templates.handler import NarrowHandler
from fixers.search.templates.literal import WrongConstant, WrongText
from fixers.search.templates.number import OffByOne, WrongNumber
from fixers.search.templates.operand import WrongOperand
from fixers.search.templates.outcome import CertainExit, ConstantOutcome
from fixers.search.templates.result import WrongResult
from fixers.search.templates.variable import SwappedNames, WrongVariable
from fixers.search.templates.wrapper import LostCall, LostMethodCall

# Order breaks ties only: between equal scores the earlier template goes first.
ALL: tuple[type[Template], ...] = (
    WrongVariable,
    WrongAttribute,
    WrongCallee,
    WrongArguments,
    LostCall,
    LostMethodCall,
    OffByOne,
    WrongNumber,
    WrongText,
    WrongConstant,
    WrongComparison,
    WrongConnective,
    LostExit,
    LostSiblingGuard,
    LostStatement,
    LostUpdate,
    LostConversion,
    SwappedNames,
    WrongOperand,
    WrongExpression,
    WrongResult,
    SharedValue,
    LostAlternative,
    LostElement,
    LostIndex,
    LostEntry,
    LostChoice,
    NarrowHandler,
    WrongLoop,
    NarrowerCondition,
    WiderCondition,
    WrongCondition,
    UnguardedStatement,
    SwappedStatements,
    SuperfluousStatement,
    ConstantOutcome,
    CertainExit,
)

ASKED_ONLY = frozenset({ConstantOutcome.NAME, CertainExit.NAME})
"""Templates whose edits only show where a condition may be lost; what passes of them is not kept."""
