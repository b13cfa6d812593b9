"""Every codemod, in the order in which they are asked."""

from __future__ import annotations

from fixers.codemods.base import Codemod
from fixers.codemods.missing_import import MissingImport
from fixers.codemods.misspelled_name import MisspelledName
from fixers.codemods.mutable_dataclass_field import MutableDataclassField
from fixers.codemods.removed_stdlib import RemovedStdlib

ALL: tuple[type[Codemod], ...] = (MutableDataclassField, RemovedStdlib, MissingImport, MisspelledName)
