"""The sections of the settings, except `translation`: what keys there are, of which types, and their defaults.

`config/fedinote.example.toml` describes every key; a test keeps it in step.
"""

from typing import Literal

import msgspec

DEFAULT_RULE = "Be kind. Treat others as you want to be treated, in every language."


class Server(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the server listens and who it is."""

    base_url: str = "http://localhost:8000"
    handle_domain: str = ""
    bind: str = "127.0.0.1:8000"
    data_dir: str = "data"
    trusted_proxies: list[str] = []


class DatabaseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which database. Empty: SQLite in the data directory."""

    url: str = ""
    pool: int = 10


class Instance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What visitors read about the server. `hosting`: where the machine stands and who runs it, in plain words."""

    title: str = "FediNote"
    description: str = "A FediNote server"
    languages: list[str] = msgspec.field(default_factory=lambda: ["en"])
    contact_email: str = ""
    contact_account: str = ""
    suggested_accounts: list[str] = []
    rules: list[str] = msgspec.field(default_factory=lambda: [DEFAULT_RULE])
    texts_dir: str = ""
    hosting: str = ""
    annual_reports: bool = True


class Registrations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may sign up. `members_invite`: every member may make invitation links, and not the staff alone."""

    mode: Literal["open", "approval", "invitation", "closed"] = "closed"
    members_invite: bool = False


class Posts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits for what people write here."""

    max_characters: int = 5000
    max_attachments: int = 16
    max_poll_options: int = 6
    max_poll_option_characters: int = 100
    link_previews: bool = True


class MediaSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits for uploads, in bytes, pixels (of one frame) and frames a second. Sound counts as video.

    `remote_cache_bytes`: how much of other servers' pictures, videos and sounds is kept here for readers, so that
    their servers do not learn who reads (0: nothing; readers get links). `remote_cache_days`: what nobody looked at
    for so long is removed (0: never). `remote_file_bytes`: longer files of others are not kept.
    """

    max_image_bytes: int = 16_000_000
    max_pixels: int = 33_177_600
    max_video_bytes: int = 40_000_000
    max_video_pixels: int = 8_294_400
    max_frame_rate: int = 120
    max_description: int = 5000
    remote_cache_bytes: int = 10_000_000_000
    remote_cache_days: int = 30
    remote_file_bytes: int = 100_000_000


class Federation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to talk to other servers.

    `first_contact`: what a server that nobody here knows may bring: all ("open"), or neither media nor answers of
    strangers ("careful"), until it is approved or has been known for `first_contact_days` without a complaint.
    """

    allow_http: bool = False
    allow_networks: list[str] = []
    authorized_fetch: bool = False
    send_blocks: bool = True
    allow_list: bool = False
    first_contact: Literal["open", "careful"] = "open"
    first_contact_days: int = 14


class Moderation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Automatic rules. Each time one refuses or changes a post, the audit log says which and why.

    `max_mentions`: a post of another server that mentions more people than this, by somebody whom nobody here
    follows, is spam (0: no limit); `mention_flood` says what becomes of it: "reject", or "limit": it is kept, and
    mentions nobody. `refused_phrases`: posts that contain one of these are refused, by whomever they are; letter
    case, width and spaces do not matter. `trends`: what is talked about is "shown" unless a moderator rejects it, or
    once one approved it ("reviewed"). `public_decisions`: each decision of moderators is public, without names; the
    figures by month always are. `public_after_days`: so many days later, at most 90.
    """

    max_mentions: int = 20
    mention_flood: Literal["reject", "limit"] = "reject"
    refused_phrases: list[str] = []
    trends: Literal["shown", "reviewed", "off"] = "shown"
    public_decisions: bool = True
    public_after_days: int = 0


class Explore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the front door shows, see docs/ranking.md.

    `visitors`: to people without an account too. `popular`: who likes and boosts counts; `crossing`: what crosses
    languages counts; `remote`: posts of other servers are there.
    """

    visitors: bool = True
    popular: bool = True
    crossing: bool = True
    remote: bool = True


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rate limits. `inbox_per_minute`: what one address may send to the inboxes; `fetches_per_minute`: what one
    server may ask for by signed requests; `parallel_per_cpu`: how many requests are worked on at once, for each
    processor, while others wait in line (0: no limit, for each of these).
    """

    enabled: bool = True
    inbox_per_minute: int = 12_000
    fetches_per_minute: int = 60
    parallel_per_cpu: int = 8


class Log(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
