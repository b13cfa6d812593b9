"""All tables, in one import: whoever needs the whole schema takes `Base` from here."""

from tasks.store import models, models_people, models_running
from tasks.store.base import Base

__all__ = ["Base", "models", "models_people", "models_running"]
