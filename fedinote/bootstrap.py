"""Settings become an App: the one place where the parts are put together."""

import ipaddress
from pathlib import Path

import fedinote
from fedinote.infra.app import App
from fedinote.infra.clock import Clock
from fedinote.infra.db import Database
from fedinote.infra.ids import Ids
from fedinote.infra.orm import init_models
from fedinote.infra.outbound import Outbound
from fedinote.infra.postgresql import PostgresDatabase
from fedinote.infra.pubsub import Bus
from fedinote.infra.ratelimit import Limiter
from fedinote.infra.settings import Settings
from fedinote.infra.sqlite import SqliteDatabase
from fedinote.infra.storage import LocalStorage

MODELS = (
    "fedinote.infra.models",
    "fedinote.accounts.models",
    "fedinote.auth.models",
    "fedinote.relations.models",
    "fedinote.media.models",
    "fedinote.posts.models",
    "fedinote.timelines.models",
    "fedinote.notifications.models",
    "fedinote.translation.models",
    "fedinote.policy.models",
    "fedinote.moderation.models",
    "fedinote.federation.models",
)
