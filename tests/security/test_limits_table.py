"""The limits that this server has, in one table: a number that is changed by accident is noticed (each is reached by
a test of its own, where what it limits is tested).
"""

from fedinote import server
from fedinote.accounts import moving, names, profiles
from fedinote.activitypub import actors, media, objects, polls, shapes
from fedinote.activitypub import signatures_shared as signatures
from fedinote.auth import limits, registrations, users
from fedinote.cli import connections, serve
from fedinote.federation import contents, fetching, resolve
from fedinote.federation.handlers import reports as flags
from fedinote.infra.sections import Limits, MediaSettings, Posts
from fedinote.media import images
from fedinote.moderation.cases import reports
from fedinote.posts import drafts, scheduling
from fedinote.relations import follows
from fedinote.timelines import fanout, filter_rules, lists

MINUTE, HOUR = 60, 3600
MEGABYTE = 1_000_000


def test_what_comes_in_is_bounded_in_size_and_time() -> None:
    assert server.MAX_BODY == MEGABYTE
    assert (connections.HEAD_SECONDS, server.BODY_SECONDS) == (10, 30)
    assert connections.MAX_HEAD == 65_536
    assert serve._config(None).timeout_keep_alive == 60
    assert (signatures.MAX_AGE.total_seconds(), signatures.MAX_AHEAD.total_seconds()) == (12 * HOUR, HOUR)


def test_what_is_fetched_is_bounded() -> None:
    assert fetching.MAX_DOCUMENT == MEGABYTE
    assert resolve.MAX_DEPTH == 20


def test_posts_and_profiles_are_bounded() -> None:
    posts = Posts()
    assert (posts.max_characters, posts.max_attachments) == (5000, 16)
    assert (posts.max_poll_options, posts.max_poll_option_characters) == (6, 100)
    assert drafts.MAX_POLL_SECONDS == 31 * 24 * HOUR
    assert (objects.MAX_CONTENT, contents.MAX_ATTACHMENTS, polls.MAX_OPTIONS) == (100_000, 16, 500)
    assert (MediaSettings().max_description, media.MAX_DESCRIPTION) == (5000, 10_000)
    assert (profiles.MAX_FIELDS, actors.MAX_FIELDS, actors.MAX_FIELD) == (6, 50, 2047)
    assert (profiles.MAX_DISPLAY_NAME, profiles.MAX_NOTE, actors.MAX_NAME, actors.MAX_SUMMARY) == (
        40,
        500,
        2048,
        20_480,
    )
    assert (names.MAX_USERNAME, shapes.MAX_URI) == (30, 2048)
    assert (moving.MAX_ALIASES, actors.MAX_ALIASES) == (20, 256)


def test_uploads_are_bounded() -> None:
    settings = MediaSettings()
    assert (settings.max_image_bytes, settings.max_video_bytes) == (16 * MEGABYTE, 40 * MEGABYTE)
    assert settings.max_pixels == 33_177_600
    assert images.HEADER.size == 8 * 1024 * 1024
    assert images.EMOJI.size == 256 * 1024


def test_rates_are_these() -> None:
    def of(limit: limits.Limit) -> tuple[int, float, str]:
        return limit.hits, limit.window, limit.by

    assert of(limits.USER) == (1500, 5 * MINUTE, "account")
    assert of(limits.TOKEN) == (300, 5 * MINUTE, "token")
    assert of(limits.ADDRESS) == (300, 5 * MINUTE, "address")
    expected = {
        "apps": (5, 10 * MINUTE, "address"),
        "deletes": (30, 30 * MINUTE, "account"),
        "follows": (400, 24 * HOUR, "account"),
        "media": (96, 30 * MINUTE, "account"),
        "paging": (300, 15 * MINUTE, "account"),
        "reports": (400, 24 * HOUR, "account"),
        "sign-up": (5, 30 * MINUTE, "address"),
        "statuses": (300, 3 * HOUR, "account"),
    }
    assert {name: of(limits.LIMITS[name]) for name in expected} == expected
    assert of(limits.PASSWORD) == (10, 10 * MINUTE, "account")
    assert (users._ADDRESS, users._ACCOUNT) == ((25, 5 * MINUTE), (10, HOUR))
    assert (registrations._PER_ADDRESS, registrations._PER_SERVER) == ((5, 30 * MINUTE), (50, 24 * HOUR))
    assert (Limits().enabled, Limits().fetches_per_minute, Limits().parallel_per_cpu) == (True, 60, 8)


def test_quotas_are_these() -> None:
    assert follows.MAX_FOLLOWS == 7500
    assert (scheduling.MOST_A_DAY, scheduling.MOST) == (25, 300)
    assert (lists.MAX_LISTS, lists.MAX_TITLE, filter_rules.MAX_KEYWORD) == (50, 256, 512)
    assert fanout.KEPT == 800
    assert (flags.MAX_COMMENT, reports.MAX_POSTS) == (5000, 100)
