"""Calls of numeric libraries that the installed release takes in another form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.conversion import conversions
from fixers.codemods.crash import Crash, Site, crashes, nearest_site
from fixers.codemods.signatures import called_name
from fixers.codemods.source import Edits
from fixers.codemods.tables.frame_shapes import RULES as FRAMES
from fixers.codemods.tables.polars_shapes import RULES as POLARS
from fixers.model import Candidate, Tier

_ALIAS = (
    re.compile(
        r"'(?P<old>[\w-]+)' is deprecated and will be removed in a future version,? please use '(?P<new>[\w-]+)'"
    ),
    re.compile(r"Invalid frequency: [\w-]+.*?Did you mean (?P<new>[\w-]+)\?"),
    re.compile(r"'(?P<old>[\w-]+)' is no longer supported for [\w ]+\. Please use '(?P<new>[\w-]+)' instead"),
)
_FREQUENCY = re.compile(r"^(?P<head>['\"]\d*)(?P<name>[A-Za-z]+)(?P<tail>(?:-[A-Z]+)?['\"])$")
_INVALID = re.compile(r"Invalid frequency: (?P<old>[\w-]+)")
_FRAME = frozenset({"items", "loc", "iloc"})
_PANDAS = {"pandas": frozenset({"DataFrame", "concat"}), "pandas.DataFrame": _FRAME, "pandas.Series": _FRAME}


class ReshapedFrame(Codemod):
    """Write a call of a numeric library as the installed release takes it.

    Knows numpy, pandas, polars, scipy, scikit-learn, matplotlib, seaborn and networkx. All uses in the project that
    are plainly the same are rewritten with the one that failed. A frequency alias is replaced by the one that pandas
    names in its message.
    """

    NAME = "reshaped-frame"
    NUMBER = 24
    TIER = Tier.A
    PRIOR = 0.92
    MESSAGE = "the installed release of a numeric library takes this call in another form"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # a list's `append` has no value, and this may be one
            before="import pandas as pd\n\n\ndef f(rows, x):\n    rows.append(x)\n    return pd.DataFrame(rows)\n",
            after="import pandas as pd\n\n\ndef f(rows, x):\n    rows.append(x)\n    return pd.DataFrame(rows)\n",
            exception="AttributeError",
            message="'DataFrame' object has no attribute 'append'",
            line=5,
            names=_PANDAS,
        ),
        Rewrite(  # the installed release has it still: something else is wrong
            before="def f(frame, other):\n    return frame.append(other)\n",
            after="def f(frame, other):\n    return frame.append(other)\n",
            exception="AttributeError",
            message="'DataFrame' object has no attribute 'append'",
            line=2,
            names={**_PANDAS, "pandas.DataFrame": _FRAME | {"append"}, "pandas.Series": _FRAME | {"append"}},
        ),
        Rewrite(  # a class of the project's own that has the same name
            before="class DataFrame:\n    pass\n\n\ndef f(x):\n    return DataFrame().append(x)\n",
            after="class DataFrame:\n    pass\n\n\ndef f(x):\n    return DataFrame().append(x)\n",
            exception="AttributeError",
            message="'DataFrame' object has no attribute 'append'",
            line=6,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before="import pandas as pd\n\n\ndef f(x: pd.DataFrame):\n    x['a'][x['b'] > 1] = 0\n    return x\n",
            after="import pandas as pd\n\n\ndef f(x: pd.DataFrame):\n    x.loc[x['b'] > 1, 'a'] = 0\n    return x\n",
            exception="AssertionError",
            message="assert [1] == [0]",
            line=5,
            versions={"pandas": "3.0.0"},
        ),
        Rewrite(
            before="import pandas as pd\n\n\ndef f(x: pd.Series):\n    return x[-1]\n",
            after="import pandas as pd\n\n\ndef f(x: pd.Series):\n    return x.iloc[-1]\n",
            exception="FutureWarning",
            message="Series.__getitem__ treating keys as positions is deprecated.",
            line=5,
            versions={"pandas": "2.2.3"},
        ),
        Rewrite(
            before=(
                "import pandas as pd\n\n\ndef f(frame, other):\n    frame = frame.append(other)\n"
                "    return frame.append([other, other], sort=False)\n"
            ),
            after=(
                "import pandas as pd\n\n\ndef f(frame, other):\n    frame = pd.concat([frame, other])\n"
                "    return pd.concat([frame, other, other], sort=False)\n"
            ),
            exception="AttributeError",
            message="'DataFrame' object has no attribute 'append'",
            line=5,
            names=_PANDAS,
        ),
        Rewrite(
            before="from numpy import asscalar\n\n\ndef f(x):\n    return asscalar(x + 1)  # plain\n",
            after="def f(x):\n    return (x + 1).item()  # plain\n",
            exception="ImportError",
            message="cannot import name 'asscalar' from 'numpy' (/v/numpy/__init__.py)",
            line=1,
            names={"numpy": frozenset({"array"})},
        ),
        Rewrite(
            before="def f(frame):\n    return frame.resample('2M').sum()\n",
            after="def f(frame):\n    return frame.resample('2ME').sum()\n",
            exception="FutureWarning",
            message="'M' is deprecated and will be removed in a future version, please use 'ME' instead.",
            line=2,
        ),
        Rewrite(
            before=(
                "from sklearn.ensemble import GradientBoostingClassifier\n\n\n"
                "def f(x, y):\n    model = GradientBoostingClassifier(loss='deviance')\n    return model.fit(x, y)\n"
            ),
            after=(
                "from sklearn.ensemble import GradientBoostingClassifier\n\n\n"
                'def f(x, y):\n    model = GradientBoostingClassifier(loss="log_loss")\n    return model.fit(x, y)\n'
            ),
            exception="sklearn.utils._param_validation.InvalidParameterError",
            message=(
                "The 'loss' parameter of GradientBoostingClassifier must be a str among {'exponential', 'log_loss'}. "
                "Got 'deviance' instead."
            ),
            line=6,
            parameters={"sklearn.ensemble:GradientBoostingClassifier": ("*", "loss='log_loss'")},
            versions={"scikit-learn": "1.9.1"},
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Offer what the tables know, then the alias that the library itself names."""
        yield from conversions(self, scene, (*FRAMES, *POLARS))
        said = [(crash, new) for crash in crashes(scene) if (new := _alias(crash.message)) is not None]
        sites = {site.path: site for crash, _ in said if (site := nearest_site(scene, crash)) is not None}
        for path, site in sites.items():
            yield from self._aliases(scene, site, [(c, new) for c, new in said if _is_at(scene, c, path)])

    def _aliases(self, scene: Scene, site: Site, said: Sequence[tuple[Crash, tuple[str, str]]]) -> Iterator[Candidate]:
        """Rename the aliases in the failing lines, then wherever the file writes them as frequencies."""
        names = dict(new for _, new in said)
        lines = {found.line for crash, _ in said if (found := nearest_site(scene, crash)) is not None}
        for wider in (False, True):
            edits = Edits(site.source)
            at_lines = [text for line in lines for text in site.source.at(line, cst.SimpleString)]
            for text in site.source.all(cst.SimpleString) if wider else at_lines:
                hit = _FREQUENCY.match(text.value)
                if hit is not None and hit["name"] in names and (not wider or _is_frequency(site, text)):
                    edits.put(text, cst.SimpleString(hit["head"] + names[hit["name"]] + hit["tail"]))
            if edits.changes:
                renamed = ", ".join(f"`{old}` now `{new}`" for old, new in names.items())
                yield from self.offer(
                    scene,
                    {site.path: edits.text()},
                    summary=f"The installed release calls {renamed}.",
                    line=site.line,
                    function=site.function,
                    wider=wider,
                )


def _alias(message: str) -> tuple[str, str] | None:
    """Return the old and the new alias that a message names."""
    found = next((hit for form in _ALIAS if (hit := form.search(message))), None)
    old = found.groupdict().get("old") or _named_invalid(message) if found else ""
    return (old, found["new"]) if found and old else None


def _is_at(scene: Scene, crash: Crash, path: str) -> bool:
    site = nearest_site(scene, crash)
    return site is not None and site.path == path


def _is_frequency(site: Site, text: cst.SimpleString) -> bool:
    """Say whether a literal is an argument that nothing but a frequency is passed as."""
    arg = site.source.parents[text]
    call = site.source.parents.get(arg)
    if not isinstance(arg, cst.Arg) or not isinstance(call, cst.Call):
        return False
    return (arg.keyword is not None and arg.keyword.value == "freq") or called_name(call) in {"resample", "asfreq"}


def _named_invalid(message: str) -> str:
    found = _INVALID.search(message)
    return found["old"] if found else ""
