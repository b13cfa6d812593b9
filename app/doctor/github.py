"""What GitHub says of the App: clock, permissions, events, where webhooks go and how they fare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from app.config import Settings
from app.doctor.finding import Finding, good, missing, weaker
from app.setup.manifest import EVENTS, PERMISSIONS, unreachable
from tasks.broker.key import read_key
from tasks.errors import GoldseamError
from tasks.github.registration import AppFacts, Granted, Sent, asking, introduce

_STRENGTH = ("", "read", "write", "admin")
_DRIFT_SECONDS = 30
_REFUSED_SECONDS = 60
"""GitHub takes no token from an App whose clock is further ahead."""


def now() -> datetime:
    """Return this machine's time."""
    return datetime.now(UTC)


def look_at_github(config: Settings, clock: Callable[[], datetime] = now) -> Iterator[Finding]:
    """Ask GitHub with the App's own key; nothing when the App is not configured."""
    if config.app_id is None or config.private_key_file is None:
        return
    try:
        key = read_key(config.private_key_file)
    except GoldseamError:
        return  # told by the credentials
    said = introduce(config.endpoint, config.app_id, key)
    if said.date is not None:
        yield _clock(said.date, clock())
    if isinstance(said.app, GoldseamError):
        mend = f"curl -sSI {config.github_url}" if said.date is None else "check GOLDSEAM_APP_ID, its key and the clock"
        yield missing("GitHub", str(said.app), mend)
        return
    yield good("GitHub", f"{config.endpoint.web_url} knows the App {said.app.slug}")
    page = _settings_page(config, said.app)
    yield from _permissions(said.app, page)
    yield from _events(said.app, page)
    try:
        with asking(config.endpoint, config.app_id, key) as desk:
            yield _hook(config, desk.hook_url(), page)
            yield _deliveries(desk.recent(), page)
            yield from _installations(desk.installations(), said.app, config)
    except GoldseamError as error:
        yield missing("webhooks", str(error), "goldseam doctor --server   (again, later)")


def _clock(theirs: datetime, ours: datetime) -> Finding:
    drift = (ours - theirs).total_seconds()
    detail = f"{abs(drift):.0f} s {'ahead of' if drift > 0 else 'behind'} GitHub's"
    if abs(drift) < _DRIFT_SECONDS:
        return good("clock", detail)
    make = missing if abs(drift) >= _REFUSED_SECONDS else weaker
    return make("clock", detail, "timedatectl set-ntp true")


def _settings_page(config: Settings, app: AppFacts) -> str:
    owner = f"/organizations/{app.owner}" if app.owner_is_organization else ""
    return f"{config.endpoint.web_url}{owner}/settings/apps/{app.slug}"


def _permissions(app: AppFacts, page: str) -> Iterator[Finding]:
    mend = f"change it on {page}/permissions, then accept the change where the App is installed"
    lacking = {name: level for name, level in PERMISSIONS.items() if _less(app.permissions.get(name, ""), level)}
    for name, level in lacking.items():
        has = app.permissions.get(name) or "none"
        yield missing(f"permission {name}", f"the App has {has}, {level} is needed", mend)
    more = sorted(name for name, level in app.permissions.items() if _less(PERMISSIONS.get(name, ""), level))
    if more:
        yield weaker("permissions", f"more than is used: {', '.join(more)}", f"take them back on {page}/permissions")
    if not lacking and not more:
        yield good("permissions", "all that are used, and no other")


def _events(app: AppFacts, page: str) -> Iterator[Finding]:
    lacking = sorted(set(EVENTS) - set(app.events))
    if lacking:
        yield missing("events", f"not sent: {', '.join(lacking)}", f"subscribe to them on {page}/permissions")
    else:
        yield good("events", "all that are used")


def _hook(config: Settings, url: str, page: str) -> Finding:
    if not url:
        return missing("webhooks", "GitHub sends none", f"set {config.hook_url} on {page}")
    if url.rstrip("/") != config.hook_url.rstrip("/"):
        mend = f"set it on {page}, or set GOLDSEAM_PUBLIC_URL to the address in front of /webhooks/github"
        return weaker("webhooks", f"GitHub sends them to {url}; this server expects {config.hook_url}", mend)
    if unreachable(config):
        return missing("webhooks", f"GitHub cannot reach {url}", "goldseam up --proxy URL   (docs/setup.md)")
    return good("webhooks", f"sent to {url}")


def _deliveries(recent: tuple[Sent, ...], page: str) -> Finding:
    if not recent:
        return weaker("deliveries", "GitHub has sent nothing yet", f"install the App: {page}/installations")
    failed = [each for each in recent if not 200 <= each.status_code < 300]
    if not failed:
        return good("deliveries", f"the last {len(recent)} arrived")
    detail = f"{len(failed)} of the last {len(recent)} failed, the newest of these with {_answer(failed[0])}"
    if failed[0] is not recent[0]:
        return weaker("deliveries", f"{detail}; later ones arrived", f"redeliver them on {page}/advanced")
    return missing("deliveries", detail, _mend_delivery(failed[0], page))


def _answer(sent: Sent) -> str:
    return str(sent.status_code) if sent.status_code else f"no answer ({sent.status})"


def _mend_delivery(sent: Sent, page: str) -> str:
    if sent.status_code == 401:
        return f"set GOLDSEAM_WEBHOOK_SECRET to the secret on {page}; the signature did not fit"
    if sent.status_code == 0:
        return "start the server, and let its proxy pass POST /webhooks/github"
    return "read logs/web.log in the data directory"


def _installations(found: tuple[Granted, ...], app: AppFacts, config: Settings) -> Iterator[Finding]:
    if not found:
        yield weaker("installations", "the App is installed nowhere", f"open {app.html_url}/installations/new")
    for each in found:
        page = f"{config.endpoint.web_url}/settings/installations/{each.id}"
        behind = sorted(name for name, level in app.permissions.items() if _less(each.permissions.get(name, ""), level))
        if each.suspended:
            yield weaker(f"installation {each.account}", "it is suspended", f"open {page}")
        elif behind:
            yield weaker(f"installation {each.account}", f"has not accepted: {', '.join(behind)}", f"open {page}")
        else:
            yield good(f"installation {each.account}", "has accepted everything")


def _less(has: str, needed: str) -> bool:
    levels = [_STRENGTH.index(level) if level in _STRENGTH else 0 for level in (has, needed)]
    return levels[0] < levels[1]
