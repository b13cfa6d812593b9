"""Every codemod, in the order in which they are asked."""

from __future__ import annotations

from fixers.codemods.absent_function import AbsentFunction
from fixers.codemods.base import Codemod
from fixers.codemods.bytes_output import BytesOutput
from fixers.codemods.changed_while_iterated import ChangedWhileIterated
from fixers.codemods.circular_import import CircularImport
from fixers.codemods.collected_class import CollectedClass
from fixers.codemods.descriptor_confusion import DescriptorConfusion
from fixers.codemods.enum_as_value import EnumAsValue
from fixers.codemods.exception_not_raised import ExceptionNotRaised
from fixers.codemods.float_index import FloatIndex
from fixers.codemods.identity_comparison import IdentityComparison
from fixers.codemods.index_out_of_range import IndexOutOfRange
from fixers.codemods.invalid_escape import InvalidEscape
from fixers.codemods.lost_variable import LostVariable
from fixers.codemods.merge_conflict import MergeConflict
from fixers.codemods.mismatched_encoding import MismatchedEncoding
from fixers.codemods.mismatched_format import MismatchedFormat
from fixers.codemods.mismatched_manager import MismatchedManager
from fixers.codemods.mismatched_types import MismatchedTypes
from fixers.codemods.misordered_field import MisorderedField
from fixers.codemods.missing_await import MissingAwait
from fixers.codemods.missing_directory import MissingDirectory
from fixers.codemods.missing_export import MissingExport
from fixers.codemods.missing_import import MissingImport
from fixers.codemods.missing_key import MissingKey
from fixers.codemods.misspelled_name import MisspelledName
from fixers.codemods.mixed_timezones import MixedTimezones
from fixers.codemods.moved_api import MovedApi
from fixers.codemods.moved_symbol import MovedSymbol
from fixers.codemods.mutable_dataclass_field import MutableDataclassField
from fixers.codemods.mutable_default import MutableDefault
from fixers.codemods.narrow_except import NarrowExcept
from fixers.codemods.newer_python import NewerPython
from fixers.codemods.none_in_order import NoneInOrder
from fixers.codemods.outdated_keyword import OutdatedKeyword
from fixers.codemods.outdated_test_support import OutdatedTestSupport
from fixers.codemods.platform_encoding import PlatformEncoding
from fixers.codemods.python_2_leftover import Python2Leftover
from fixers.codemods.relative_path import RelativePath
from fixers.codemods.removed_stdlib import RemovedStdlib
from fixers.codemods.renamed_api import RenamedApi
from fixers.codemods.renamed_member import RenamedMember
from fixers.codemods.reshaped_api import ReshapedApi
from fixers.codemods.reshaped_frame import ReshapedFrame
from fixers.codemods.reshaped_stdlib import ReshapedStdlib
from fixers.codemods.retired_value import RetiredValue
from fixers.codemods.reworded_api import RewordedApi
from fixers.codemods.shadowed_import import ShadowedImport
from fixers.codemods.spent_iterator import SpentIterator
from fixers.codemods.stale_caller import StaleCaller
from fixers.codemods.stale_export import StaleExport
from fixers.codemods.stale_member import StaleMember
from fixers.codemods.stale_path import StalePath
from fixers.codemods.subscripted_object import SubscriptedObject
from fixers.codemods.superfluous_await import SuperfluousAwait
from fixers.codemods.swallowed_keyword import SwallowedKeyword
from fixers.codemods.syntax_slip import SyntaxSlip
from fixers.codemods.type_only_import import TypeOnlyImport
from fixers.codemods.unclosed_file import UnclosedFile
from fixers.codemods.undeclared_global import UndeclaredGlobal
from fixers.codemods.ungathered_keyword import UngatheredKeyword
from fixers.codemods.unguarded_none import UnguardedNone
from fixers.codemods.unguarded_type import UnguardedType
from fixers.codemods.unhashable_class import UnhashableClass
from fixers.codemods.unimplemented_method import UnimplementedMethod
from fixers.codemods.unimported_submodule import UnimportedSubmodule
from fixers.codemods.uninitialized_base import UninitializedBase
from fixers.codemods.unknown_keyword import UnknownKeyword
from fixers.codemods.unmatched_group import UnmatchedGroup
from fixers.codemods.unserializable import Unserializable
from fixers.codemods.unset_attribute import UnsetAttribute
from fixers.codemods.unset_variable import UnsetVariable
from fixers.codemods.view_as_list import ViewAsList
from fixers.codemods.wrong_arity import WrongArity
from fixers.codemods.wrong_exception import WrongException

# Order is policy. First what a table or the interpreter itself states, then what one
# live fact settles, last what has to guess at the author's intent.
ALL: tuple[type[Codemod], ...] = (
    MergeConflict,  # first what does not even parse: nothing else can be said of such a file
    InvalidEscape,  # before slips: the text parses, and only what it says is in doubt
    SyntaxSlip,
    MutableDataclassField,
    MisorderedField,
    Python2Leftover,  # before the removals and misspellings, which mend one use of what fails everywhere
    NewerPython,
    AbsentFunction,
    RemovedStdlib,
    ReshapedStdlib,
    ReshapedFrame,
    ReshapedApi,
    OutdatedTestSupport,
    CollectedClass,
    RenamedApi,
    MovedApi,  # these four after the tables, which know of another form too
    RewordedApi,
    RenamedMember,
    OutdatedKeyword,
    UngatheredKeyword,
    RetiredValue,
    CircularImport,
    MissingExport,
    StaleExport,
    UnimportedSubmodule,
    MovedSymbol,
    StalePath,
    TypeOnlyImport,
    MissingImport,  # before a misspelling: an unbound name that the project imports elsewhere is no slip
    MisspelledName,
    LostVariable,
    StaleMember,
    UnimplementedMethod,
    ShadowedImport,
    UndeclaredGlobal,
    UnsetVariable,
    UninitializedBase,  # before what would set the attribute itself
    StaleCaller,
    MismatchedManager,  # before the awaits: what is entered is right, and what it enters is not
    SubscriptedObject,
    MissingAwait,
    SuperfluousAwait,
    ViewAsList,
    ChangedWhileIterated,
    IdentityComparison,
    ExceptionNotRaised,
    PlatformEncoding,
    MismatchedEncoding,
    BytesOutput,
    MismatchedFormat,
    DescriptorConfusion,
    UnknownKeyword,
    SwallowedKeyword,
    WrongArity,
    MutableDefault,
    UnhashableClass,
    FloatIndex,
    MixedTimezones,
    UnsetAttribute,
    UnclosedFile,
    MissingDirectory,
    RelativePath,
    SpentIterator,
    Unserializable,
    EnumAsValue,
    NoneInOrder,
    UnmatchedGroup,  # before guards: what is meant for nothing is written down
    UnguardedNone,
    UnguardedType,
    MissingKey,
    IndexOutOfRange,
    MismatchedTypes,
    WrongException,
    NarrowExcept,  # last: swallowing an exception makes most tests pass that nothing else does
)
