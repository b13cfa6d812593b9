"""Every repair of findings, in the order in which they are made."""

from __future__ import annotations

from fixers.tools.repairs.bare_except import BareExcept
from fixers.tools.repairs.base import FindingRepair
from fixers.tools.repairs.borrowed_import import BorrowedImport
from fixers.tools.repairs.continuation import Continuation
from fixers.tools.repairs.crowded_line import CrowdedLine
from fixers.tools.repairs.dead_comment import DeadComment
from fixers.tools.repairs.eager_log import EagerLog
from fixers.tools.repairs.empty_f_string import EmptyFString
from fixers.tools.repairs.implicit_optional import ImplicitOptional
from fixers.tools.repairs.late_bound_variable import LateBoundVariable
from fixers.tools.repairs.late_import import LateImport
from fixers.tools.repairs.long_line import LongLine
from fixers.tools.repairs.look_alike import LookAlike
from fixers.tools.repairs.lost_cause import LostCause
from fixers.tools.repairs.misnamed import Misnamed
from fixers.tools.repairs.missing_return_type import MissingReturnType
from fixers.tools.repairs.mistyped_argument import MistypedArgument
from fixers.tools.repairs.narrow_annotation import NarrowAnnotation
from fixers.tools.repairs.narrow_override import NarrowOverride
from fixers.tools.repairs.none_comparison import NoneComparison
from fixers.tools.repairs.redundant_cast import RedundantCast
from fixers.tools.repairs.shared_attribute import SharedAttribute
from fixers.tools.repairs.shared_default import SharedDefault
from fixers.tools.repairs.silent_return import SilentReturn
from fixers.tools.repairs.spoken_name import SpokenName
from fixers.tools.repairs.stale_ignore import StaleIgnore
from fixers.tools.repairs.star_import import StarImport
from fixers.tools.repairs.told_verb import ToldVerb
from fixers.tools.repairs.truth_comparison import TruthComparison
from fixers.tools.repairs.type_comparison import TypeComparison
from fixers.tools.repairs.unannotated_container import UnannotatedContainer
from fixers.tools.repairs.unawaited_coroutine import UnawaitedCoroutine
from fixers.tools.repairs.unguarded_optional import UnguardedOptional
from fixers.tools.repairs.union_call import UnionCall
from fixers.tools.repairs.unknown_name import UnknownName
from fixers.tools.repairs.unnamed_any import UnnamedAny
from fixers.tools.repairs.unread_value import UnreadValue
from fixers.tools.repairs.unused_handler_name import UnusedHandlerName
from fixers.tools.repairs.unused_import import UnusedImport
from fixers.tools.repairs.white_space import WhiteSpace

# Order is policy: what makes a name known comes first, because it can settle other findings; layout comes last.
ALL: tuple[type[FindingRepair], ...] = (
    UnknownName,
    BorrowedImport,
    Misnamed,
    UnawaitedCoroutine,
    UnannotatedContainer,
    ImplicitOptional,
    MissingReturnType,
    UnguardedOptional,
    NarrowAnnotation,
    SilentReturn,
    UnnamedAny,
    MistypedArgument,
    NarrowOverride,
    RedundantCast,
    StaleIgnore,
    UnusedImport,
    StarImport,
    LateImport,
    UnusedHandlerName,
    UnreadValue,
    NoneComparison,
    TruthComparison,
    BareExcept,
    TypeComparison,
    SpokenName,
    UnionCall,
    SharedDefault,
    SharedAttribute,
    EagerLog,
    LateBoundVariable,
    LostCause,
    LongLine,
    EmptyFString,
    LookAlike,
    ToldVerb,
    DeadComment,
    CrowdedLine,
    WhiteSpace,
    Continuation,
)
