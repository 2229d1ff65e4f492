"""What the server says about itself. https://docs.joinmastodon.org/methods/instance/

All of it is true of this instance: limits come from the settings, counts from the database (kept for five minutes).
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import fedinote
from fedinote.accounts import profiles
from fedinote.api.entities.accounts import accounts
from fedinote.api.routing import Call, route
from fedinote.infra.app import App
from fedinote.infra.clock import iso, to_ms
from fedinote.infra.errors import NotFound
from fedinote.infra.keys import VAPID_PUBLIC
from fedinote.infra.settings import Settings
from fedinote.media import uploads, workers
from fedinote.moderation import anonymity
from fedinote.moderation.house import house_rules, texts
from fedinote.posts import annual_reports
from fedinote.posts.drafts import MAX_POLL_SECONDS, MIN_POLL_SECONDS
from fedinote.posts.featured_tags import MAX_FEATURED
from fedinote.posts.interactions import MAX_PINS
from fedinote.posts.reactions import MAX_PER_PERSON
from fedinote.text.compose import URL_LENGTH
from fedinote.text.html import escape
from fedinote.text.language_names import own_name
from fedinote.translation import translations

# Apps look at this number for what they offer: from 7 on quotes, from 9 on the profile with descriptions of pictures,
# from 10 on collections of accounts.
COMPATIBLE = "4.6.0"
API_VERSION = 10
_KEPT = timedelta(minutes=5)
_HOUSE_KEPT = timedelta(seconds=10)
_WEEK_MS = 7 * 86_400_000
# Who may read timelines here: everybody, without a token too.
_FEEDS = ("live_feeds", "hashtag_feeds", "trending_link_feeds")
_OPEN = {"local": "public", "remote": "public"}
_WEEKS = 12


def version() -> str:
    """Return the version as clients read it: the Mastodon that is imitated first, in three bare numbers."""
    return f"{COMPATIBLE} (compatible; FediNote {fedinote.__version__})"


async def show(call: Call) -> Any:
    """GET /api/v2/instance."""
    app, settings = call.app, call.app.settings
    counts = await _counts(app)
    mode = settings.registrations.mode
    return {
        "domain": settings.handle_host,
        "title": settings.instance.title,
        "version": version(),
        "source_url": app.url("/about"),
        "description": settings.instance.description,
        "usage": {"users": {"active_month": counts["active"]}},
        "thumbnail": {"url": app.url("/static/img/thumbnail.png"), "blurhash": None, "versions": {}},
        "icon": [],
        "languages": settings.instance.languages,
        "configuration": await _configuration(app),
        "registrations": {
            "enabled": mode in ("open", "approval"),
            "approval_required": mode == "approval",
            "reason_required": mode == "approval",
            "message": None,
            "min_age": None,
            "url": None,
        },
        "api_versions": {"mastodon": API_VERSION},
        "contact": {"email": settings.instance.contact_email, "account": await _contact(app)},
        "rules": await _rules(app),
        "wrapstodon": annual_reports.season(app),
    }


async def show_v1(call: Call) -> Any:
    """GET /api/v1/instance: the older form, by which some clients still log in."""
    app, settings = call.app, call.app.settings
    counts = await _counts(app)
    mode = settings.registrations.mode
    configuration = await _configuration(app)
    return {
        "uri": settings.handle_host,
        "title": settings.instance.title,
        "short_description": settings.instance.description,
        "description": settings.instance.description,
        "email": settings.instance.contact_email,
        "version": version(),
        "urls": {"streaming_api": _streaming(settings)},
        "stats": {"user_count": counts["users"], "status_count": counts["posts"], "domain_count": counts["domains"]},
        "thumbnail": app.url("/static/img/thumbnail.png"),
        "languages": settings.instance.languages,
        "registrations": mode in ("open", "approval"),
        "approval_required": mode == "approval",
        "invites_enabled": mode == "invitation",
        "configuration": {
            name: configuration[name]
            for name in ("accounts", "statuses", "media_attachments", "polls", "translation", "reactions")
        },
        "max_toot_chars": settings.posts.max_characters,
        "contact_account": await _contact(app),
        "rules": await _rules(app),
    }


def _streaming(settings: Settings) -> str:
    return ("wss" if settings.secure else "ws") + settings.base.removeprefix("https").removeprefix("http")


async def _configuration(app: App) -> dict[str, Any]:
    settings = app.settings
    house = await _house(app)
    return {
        "urls": {
            "streaming": _streaming(settings),
            "status": None,
            "about": app.url("/about"),
            "privacy_policy": app.url("/privacy-policy") if house.has_privacy else None,
            "terms_of_service": app.url("/terms-of-service") if house.has_terms else None,
        },
        "vapid": {"public_key": app.secrets.get(VAPID_PUBLIC, "")},
        "accounts": _account_limits(),
        "statuses": {
            "max_characters": settings.posts.max_characters,
            "max_media_attachments": settings.posts.max_attachments,
            "characters_reserved_per_url": URL_LENGTH,
        },
        "media_attachments": _media_limits(settings),
        "polls": {
            "max_options": settings.posts.max_poll_options,
            "max_characters_per_option": settings.posts.max_poll_option_characters,
            "min_expiration": MIN_POLL_SECONDS,
            "max_expiration": MAX_POLL_SECONDS,
        },
        "translation": {"enabled": app.translator is not None},
        "reactions": {"max_reactions": MAX_PER_PERSON},
        "timelines_access": {name: dict(_OPEN) for name in _FEEDS},
        "limited_federation": app.settings.federation.allow_list,
    }


def _account_limits() -> dict[str, int]:
    return {
        "max_display_name_length": profiles.MAX_DISPLAY_NAME,
        "max_note_length": profiles.MAX_NOTE,
        "max_avatar_description_length": profiles.MAX_PICTURE_DESCRIPTION,
        "max_header_description_length": profiles.MAX_PICTURE_DESCRIPTION,
        "max_featured_tags": MAX_FEATURED,
        "max_pinned_statuses": MAX_PINS,
        "max_profile_fields": profiles.MAX_FIELDS,
        "profile_field_name_limit": profiles.MAX_FIELD,
        "profile_field_value_limit": profiles.MAX_FIELD,
    }


def _media_limits(settings: Settings) -> dict[str, Any]:
    films = workers.films_accepted()
    return {
        "description_limit": settings.media.max_description,
        "supported_mime_types": uploads.supported_types(),
        "image_size_limit": settings.media.max_image_bytes,
        "image_matrix_limit": settings.media.max_pixels,
        "video_size_limit": settings.media.max_video_bytes if films else 0,
        "video_frame_rate_limit": settings.media.max_frame_rate if films else 0,
        "video_matrix_limit": settings.media.max_video_pixels if films else 0,
    }


@dataclass(frozen=True, slots=True)
class _House:
    """What the files of the house say, as far as the instance entity tells it."""

    has_privacy: bool
    has_terms: bool


async def _house(app: App) -> _House:
    """Look at the files of the house, or remember what they said some seconds ago: clients ask very often."""
    now = app.now()
    kept = app.caches.get("instance-house")
    if kept is None or kept[0] <= now:
        kept = app.caches["instance-house"] = (now + _HOUSE_KEPT, await asyncio.to_thread(_read_house, app.settings))
    house: _House = kept[1]
    return house


async def on_settings_renewed(app: App, _: Settings) -> None:
    """Look at the texts of the house anew."""
    app.caches.pop("instance-house", None)


def _read_house(settings: Settings) -> _House:
    return _House(texts.has(settings, texts.PRIVACY), texts.has(settings, texts.TERMS))


async def _rules(app: App) -> list[dict[str, Any]]:
    return [
        {
            "id": str(rule.number),
            "text": rule.text,
            "hint": rule.hint,
            "translations": {tag: {"text": said.text, "hint": said.hint} for tag, said in rule.translations.items()},
        }
        for rule in await house_rules.listing(app)
    ]


async def _contact(app: App) -> dict[str, Any] | None:
    acct = app.settings.instance.contact_account
    found = await profiles.find(app, acct) if acct else None
    return None if found is None else next(iter(await accounts(app, [found.id])), None)


async def _counts(app: App) -> dict[str, int]:
    now = app.now()
    kept = app.caches.get("instance-counts")
    if kept is not None and kept[0] > now:
        counted: dict[str, int] = kept[1]
        return counted
    users, active, posts, domains = await app.db.many(
        ("SELECT COUNT(*) AS value FROM users WHERE state = 'active'", ()),
        ("SELECT COUNT(*) AS value FROM users WHERE last_active_at >= ?", (now - timedelta(days=28),)),
        ("SELECT COUNT(*) AS value FROM posts WHERE local = TRUE AND reblog_of_id IS NULL", ()),
        ("SELECT COUNT(DISTINCT domain) AS value FROM accounts WHERE domain <> ''", ()),
    )
    rows = {"users": users, "active": active, "posts": posts, "domains": domains}
    counted = {name: found[0]["value"] for name, found in rows.items()}
    app.caches["instance-counts"] = (now + _KEPT, counted)
    return counted


async def rules(call: Call) -> Any:
    """GET /api/v1/instance/rules."""
    return await _rules(call.app)


async def extended_description(call: Call) -> Any:
    """GET /api/v1/instance/extended_description: as HTML; the short description where nobody wrote a longer one."""
    settings = call.app.settings
    try:
        return _text(await asyncio.to_thread(texts.read, settings, texts.ABOUT))
    except NotFound:
        return {"updated_at": None, "content": f"<p>{escape(settings.instance.description)}</p>"}


def _text(found: texts.Text) -> dict[str, Any]:
    return {"updated_at": iso(found.updated_at), "content": found.content}


async def privacy_policy(call: Call) -> Any:
    """GET /api/v1/instance/privacy_policy: as HTML. 404 where nobody wrote one."""
    return _text(await asyncio.to_thread(texts.read, call.app.settings, texts.PRIVACY))


async def terms_of_service(call: Call) -> Any:
    """GET /api/v1/instance/terms_of_service: those that hold, or those of a day. 404 where there are none."""
    wanted = texts.day_of(call.path["date"]) if "date" in call.path else None
    if "date" in call.path and wanted is None:
        raise NotFound
    found = await asyncio.to_thread(texts.terms, call.app.settings, call.app.now().date(), wanted)
    return {
        "effective_date": found.effective_date.isoformat(),
        "effective": found.effective,
        "content": found.content,
        "succeeded_by": None if found.succeeded_by is None else found.succeeded_by.isoformat(),
    }


async def languages(call: Call) -> Any:
    """GET /api/v1/instance/languages: those that the server's people speak, by their own names."""
    return [{"code": code, "name": own_name(code)} for code in call.app.settings.instance.languages]


async def translation_languages(call: Call) -> Any:
    """GET /api/v1/instance/translation_languages: target languages by source language."""
    locale = call.viewer.locale if call.viewer else None
    return await translations.languages(call.app, locale, viewer_id=call.viewer_id)


async def peers(call: Call) -> Any:
    """GET /api/v1/instance/peers: the domains that are known here."""
    rows = await call.app.db.rows("SELECT DISTINCT domain FROM accounts WHERE domain <> '' ORDER BY domain")
    return [row["domain"] for row in rows]


async def domain_blocks(call: Call) -> Any:
    """GET /api/v1/instance/domain_blocks: what is limited or suspended, and why, as far as it is public."""
    rows = await call.app.db.rows(
        "SELECT domain, severity, public_comment FROM domain_blocks"
        " WHERE severity <> 'noop' AND NOT obfuscate ORDER BY domain"
    )
    return [
        {
            "domain": row["domain"],
            "digest": hashlib.sha256(row["domain"].encode()).hexdigest(),
            "severity": row["severity"],
            "comment": anonymity.scrubbed(row["public_comment"]),
        }
        for row in rows
    ]


async def activity(call: Call) -> Any:
    """GET /api/v1/instance/activity: posts, log-ins and sign-ups of the last twelve weeks."""
    app = call.app
    this_week = to_ms(app.now()) // _WEEK_MS
    weeks = range(this_week, this_week - _WEEKS, -1)
    since = weeks[-1] * _WEEK_MS
    by_week = f"/ {_WEEK_MS} AS week, COUNT(*) AS value FROM"
    posts, logins, joined = await app.db.many(
        (
            f"SELECT created_at {by_week} posts WHERE local = TRUE AND id >= ? GROUP BY created_at / {_WEEK_MS}",
            (since << 16,),
        ),
        (
            f"SELECT last_active_at {by_week} users WHERE last_active_at >= ? GROUP BY last_active_at / {_WEEK_MS}",
            (since,),
        ),
        (f"SELECT created_at {by_week} users WHERE created_at >= ? GROUP BY created_at / {_WEEK_MS}", (since,)),
    )
    counts = [{row["week"]: row["value"] for row in rows} for rows in (posts, logins, joined)]
    names = ("statuses", "logins", "registrations")
    return [
        {"week": str(week * _WEEK_MS // 1000), **{n: str(c.get(week, 0)) for n, c in zip(names, counts, strict=True)}}
        for week in weeks
    ]


ROUTES = (
    route("GET", "/api/v1/instance", show_v1, auth="public"),
    route("GET", "/api/v2/instance", show, auth="public"),
    route("GET", "/api/v1/instance/activity", activity, auth="public"),
    route("GET", "/api/v1/instance/domain_blocks", domain_blocks, auth="public"),
    route("GET", "/api/v1/instance/extended_description", extended_description, auth="public"),
    route("GET", "/api/v1/instance/languages", languages, auth="public"),
    route("GET", "/api/v1/instance/peers", peers, auth="public"),
    route("GET", "/api/v1/instance/privacy_policy", privacy_policy, auth="public"),
    route("GET", "/api/v1/instance/rules", rules, auth="public"),
    route("GET", "/api/v1/instance/terms_of_service", terms_of_service, auth="public"),
    route("GET", "/api/v1/instance/terms_of_service/{date}", terms_of_service, auth="public"),
    route("GET", "/api/v1/instance/translation_languages", translation_languages, auth="optional-user"),
)
