"""Arguments that a library's own message says to pass by another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from fixers.codemods.advice import advised
from fixers.codemods.base import Codemod, Rewrite, Scene
from fixers.codemods.crash import Site, crashes, nearest_site
from fixers.codemods.renamings import with_keyword, without_keyword
from fixers.model import Candidate, Tier

_REGEX = "`regex` has been deprecated, please use `pattern` instead"
_TEXT = "The 'text' argument to find()-type methods is deprecated. Use 'string' instead."
_DROPPED = 0.89
_KEYWORD = r"[`'\"*]{1,2}(?P<old>\w+)=?[`'\"*]{1,2}"
_NO_NEED = (
    r"(?:no longer (?:necessary|needed|required|used|has any effect)|has no effect|(?:is|are) ignored|unnecessary|"
    r"not needed|not necessary|(?:can|may|should) (?:be )?(?:safely )?(?:remove|omit|drop))"
)
_NEEDLESS = (
    re.compile(rf"{_KEYWORD}.{{0,200}}?\b{_NO_NEED}", re.DOTALL),
    re.compile(rf"(?:argument|parameter|keyword) {_KEYWORD} .{{0,80}}?\b{_NO_NEED}", re.DOTALL),
)
_CALL = "import shop\n\n\ndef f(x):\n    return shop.query(x, regex='a')\n"


class OutdatedKeyword(Codemod):
    """Pass an argument by the name that the library's deprecation or refusal gives.

    The message has to name both, and the failing line has to pass the old one and not the new one. Where it says
    that nothing takes the argument's place, the argument goes.
    """

    NAME = "outdated-keyword"
    NUMBER = 9
    TIER = Tier.A
    PRIOR = 0.91
    MESSAGE = "a library says that it takes an argument by another name"
    VALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(  # both are passed
            before="import shop\n\n\ndef f(x):\n    return shop.query(x, regex='a', pattern='a')\n",
            after="import shop\n\n\ndef f(x):\n    return shop.query(x, regex='a', pattern='a')\n",
            exception="DeprecationWarning",
            message=_REGEX,
            line=5,
        ),
        Rewrite(before=_CALL, after=_CALL, exception="TypeError", message="query() takes no 'regex'", line=5),
        Rewrite(  # the author has a way round it
            before="import shop\n\nif hasattr(shop, 'regex'):\n    X = shop.query(1, regex='a')\n",
            after="import shop\n\nif hasattr(shop, 'regex'):\n    X = shop.query(1, regex='a')\n",
            exception="DeprecationWarning",
            message=_REGEX,
            line=4,
        ),
    )
    INVALID: ClassVar[tuple[Rewrite, ...]] = (
        Rewrite(
            before=_CALL,
            after=_CALL.replace("regex=", "pattern="),
            exception="DeprecationWarning",
            message=_REGEX,
            line=5,
        ),
        Rewrite(
            before="def f(soup, words):\n    return soup.find('h1', text=words)\n",
            after="def f(soup, words):\n    return soup.find('h1', string=words)\n",
            exception="DeprecationWarning",
            message=_TEXT,
            line=2,
        ),
        Rewrite(
            before="import shop\n\n\ndef f(loop):\n    return shop.Queue(3, loop=loop)\n",
            after="import shop\n\n\ndef f(loop):\n    return shop.Queue(3)\n",
            exception="TypeError",
            message="As of 3.10, the *loop* parameter was removed from Queue() since it is no longer necessary",
            line=5,
        ),
        Rewrite(
            before="import shop\n\nX = shop.Check(\n    check=shop.Q(1),\n    name='x',\n)\n",
            after="import shop\n\nX = shop.Check(\n    condition=shop.Q(1),\n    name='x',\n)\n",
            exception="shop.RemovedWarning",
            message="Check.check is deprecated in favor of `.condition`.",
            line=3,
        ),
    )

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Rename the argument in the call that failed, then in all calls of the same function in the file."""
        for crash in crashes(scene):
            site, said = nearest_site(scene, crash), advised(crash.message)
            if site is None:
                continue
            if said is None:
                yield from self._needless(scene, site, crash.message)
                continue
            old, new = said.old.rpartition(".")[2], said.new.rpartition(".")[2]
            for number, text in enumerate(with_keyword(site, old, new)):
                yield from self.offer(
                    scene,
                    {site.path: text},
                    summary=f"The library itself says that `{old}` is called `{new}`.",
                    line=site.line,
                    function=site.function,
                    wider=bool(number),
                )

    def _needless(self, scene: Scene, site: Site, message: str) -> Iterator[Candidate]:
        """Drop an argument of which the message says that it is gone and that nothing takes its place."""
        named = next((found for form in _NEEDLESS if (found := form.search(message)) is not None), None)
        if named is not None:
            yield from self.offer(
                scene,
                {site.path: without_keyword(site, named["old"])},
                summary=f"The library itself says that `{named['old']}` is not needed any more.",
                line=site.line,
                function=site.function,
                prior=_DROPPED,
            )
