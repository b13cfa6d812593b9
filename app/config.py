"""The server's configuration: read once from the environment, passed on in parts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.setup.credentials import key_file, stored_app, stored_secret
from tasks.errors import BadInput
from tasks.failpoint import refuse_outside_tests
from tasks.github.session import GITHUB, Endpoint
from tasks.store.attempts import LONGEST_LEASE_SECONDS

_SECRETS = "/run/secrets"
"""Where containers find secrets: a file `goldseam_webhook_secret` is GOLDSEAM_WEBHOOK_SECRET; the environment wins.
A service manager names another place by its own variable, CREDENTIALS_DIRECTORY."""


class Settings(BaseSettings):
    """`GOLDSEAM_…` variables; a `.env` file in the working directory is read too."""

    model_config = SettingsConfigDict(env_prefix="GOLDSEAM_", env_file=".env", extra="ignore", frozen=True)

    github_url: str = GITHUB
    """Base of the API: `https://HOST/api/v3` for GitHub Enterprise Server."""
    app_id: int | None = None
    private_key_file: Path | None = None
    """Read by the broker alone."""
    webhook_secret: SecretStr = SecretStr("")
    webhook_secret_old: SecretStr = SecretStr("")
    """The one before, accepted while a rotation is under way."""
    listen: str = "127.0.0.1:8000"
    organization: str = ""
    """Under which organization `goldseam up` creates the App; unset: the account of whoever opens the page."""
    webhook_proxy: str = ""
    """A channel in the manner of smee.io that `goldseam up` reads deliveries from, for machines GitHub cannot reach."""
    public_url: str = ""
    """Where people reach this server; pull requests link to it. Unset: the address it listens on."""
    data_dir: Path = Path("goldseam-data")
    database_url: str = ""
    """Unset: SQLite under `data_dir`."""
    redis_url: str = ""
    """Unset: the embedded Redis under `data_dir`, started by `goldseam up`."""
    policy_file: Path | None = None
    stop_file: Path | None = None
    """A further file whose existence stops every effect, beside `data_dir`/STOP."""
    canary_file: Path | None = None
    """Strings, one a line, that must never leave in any text; planted where a thief would look."""
    llm: Literal["off", "on"] = "off"
    budget_seconds: float = 60.0
    """Of search, for one attempt."""
    jobs: int = 2
    """Candidates that one attempt runs at once."""
    analyze_workers: int = 1
    doors_dir: Path | None = None
    """Where the token broker's two sockets are. Unset: under `data_dir`."""
    analyze_user: int | None = None
    """User number of the analyze worker, where it is another one's than the broker's."""
    publish_user: int | None = None
    """The same for the publish worker."""
    lease_seconds: float = Field(default=30.0, ge=1.0, le=LONGEST_LEASE_SECONDS)
    """An attempt whose worker died is taken up by another one after this; longer pauses of a worker cost its turn."""
    sandbox: Literal["bubblewrap", "docker", "podman"] = "bubblewrap"
    """What runs the repository's tests; there is no falling back from one to another."""
    sandbox_image: str = ""
    """The image of containers; name it by digest."""
    sandbox_runtime: str = ""
    """Another runtime of docker or podman, such as `runsc`."""
    grace_seconds: float = 20.0
    """How long a stage may go on after the process was told to end; then it is handed back."""
    github_pause_seconds: float = 1.0
    """Between writes to GitHub; its own advice. A quarter of it between reads."""

    @property
    def database(self) -> str:
        """The database in force."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'goldseam.db'}"

    @property
    def redis_socket(self) -> Path:
        """Where the embedded Redis listens."""
        return self.run_dir / "redis.sock"

    @property
    def broker_url(self) -> str:
        """The message broker in force, as Celery takes it."""
        return self.redis_url or f"redis+socket://{self.redis_socket}?virtual_host=0"

    @property
    def run_dir(self) -> Path:
        """Sockets and other things that live as long as the processes."""
        return self.data_dir.absolute() / "run"

    @property
    def has_no_app(self) -> bool:
        """Whether nothing at all says which App this server is."""
        return self.app_id is None and self.private_key_file is None and not self.webhook_secret.get_secret_value()

    @property
    def uses_stored_app(self) -> bool:
        """Whether the App is the one that the set-up page stored."""
        return self.private_key_file == key_file(self.app_dir)

    @property
    def app_dir(self) -> Path:
        """Where the set-up page stores the App's credentials."""
        return self.data_dir.absolute() / "app"

    @property
    def hook_url(self) -> str:
        """Where GitHub should send webhooks."""
        return self.webhook_proxy or f"{self.address}/webhooks/github"

    @property
    def token_dir(self) -> Path:
        """Where the token broker listens."""
        return self.doors_dir or self.run_dir / "broker"

    @property
    def stop_files(self) -> tuple[Path, ...]:
        """Files whose existence stops every effect."""
        own = self.data_dir.absolute() / "STOP"
        return (own,) if self.stop_file is None else (own, self.stop_file)

    @property
    def secrets(self) -> dict[str, str]:
        """What this process knows and no text may hold: name and value. BadInput when the canaries cannot be read."""
        found = {
            "webhook secret": self.webhook_secret.get_secret_value(),
            "old webhook secret": self.webhook_secret_old.get_secret_value(),
            "database password": urlsplit(self.database_url).password or "",
            "Redis password": urlsplit(self.redis_url).password or "",
        }
        canaries = () if self.canary_file is None else _lines(self.canary_file)
        found |= {f"canary {number}": canary for number, canary in enumerate(canaries, 1)}
        return {name: value for name, value in found.items() if value}

    @property
    def address(self) -> str:
        """Where people reach this server."""
        return self.public_url.rstrip("/") or f"http://{self.listen}"

    @property
    def endpoint(self) -> Endpoint:
        """The GitHub in force."""
        return Endpoint(
            api_url=self.github_url,
            seconds_between_requests=self.github_pause_seconds / 4,
            seconds_between_writes=self.github_pause_seconds,
        )


def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(line.strip() for line in path.read_text().splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"GOLDSEAM_CANARY_FILE names {path}, which cannot be read: {error}.") from None


def settings() -> Settings:
    """Read the configuration; BadInput names the first variable that is wrong.

    An App that the set-up page stored stands in when the environment names none. Its webhook
    secret is not read here: `receiving_settings` is for the one process that needs it.
    """
    config = _settings()
    if config.app_id is not None or config.private_key_file is not None:
        return config
    app = stored_app(config.app_dir, config.github_url)
    if app is None:
        return config
    return config.model_copy(update={"app_id": app.id, "private_key_file": key_file(config.app_dir)})


def receiving_settings() -> Settings:
    """Read the configuration of the process that receives webhooks, with the secret of a stored App."""
    config = settings()
    if config.webhook_secret.get_secret_value() or not config.uses_stored_app:
        return config
    return config.model_copy(update={"webhook_secret": SecretStr(stored_secret(config.app_dir))})


def _settings() -> Settings:
    refuse_outside_tests()
    try:
        secrets = Path(os.environ.get("CREDENTIALS_DIRECTORY", _SECRETS))
        return Settings(_secrets_dir=secrets if secrets.is_dir() else None)
    except ValidationError as error:
        first = error.errors()[0]
        name = "GOLDSEAM_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(f"{name} is wrong: {first['msg']}.") from None
