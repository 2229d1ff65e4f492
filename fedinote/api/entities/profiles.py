"""The Profile entity: one's own profile as it was typed. https://docs.joinmastodon.org/entities/Profile/"""

from typing import Any

from fedinote.api.entities.featured_tags import featured_tag
from fedinote.api.entities.values import file_url, listed
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.posts import featured_tags

_BOTS = ("Service", "Application")
_FLAGS = (
    "locked",
    "hide_collections",
    "discoverable",
    "indexable",
    "show_media",
    "show_media_replies",
    "show_featured",
)
_OWN = f"""
SELECT a.display_name, a.note_source, a.fields, a.actor_type, a.avatar, a.avatar_description, a.header,
  a.header_description, a.attribution_domains, a.machine_translation, {", ".join(f"a.{flag}" for flag in _FLAGS)}
FROM accounts a WHERE a.id = ? AND a.deleted_at IS NULL
"""  # noqa: S608


async def profile(app: App, viewer: Viewer) -> dict[str, Any]:
    """Return the viewer's own Profile: raw texts, and null for pictures that are not there. Two queries."""
    row = await app.db.row(_OWN, viewer.account_id)
    if row is None:
        raise NotFound
    avatar, header = (file_url(app, row[name]) if row[name] else None for name in ("avatar", "header"))
    return {
        "id": str(viewer.account_id),
        "display_name": row["display_name"],
        "note": row["note_source"],
        "fields": [
            {"name": one["name"], "value": one.get("source", one["value"]), "verified_at": one.get("verified_at")}
            for one in listed(row["fields"])
        ],
        "avatar": avatar,
        "avatar_static": avatar,
        "avatar_description": row["avatar_description"],
        "header": header,
        "header_static": header,
        "header_description": row["header_description"],
        "bot": row["actor_type"] in _BOTS,
        **{flag: bool(row[flag]) for flag in _FLAGS},
        "attribution_domains": listed(row["attribution_domains"]),
        "machine_translation": row["machine_translation"],
        "featured_tags": [featured_tag(app, one) for one in await featured_tags.of(app, viewer.account_id)],
    }
