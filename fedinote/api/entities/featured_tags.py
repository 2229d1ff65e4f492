"""The FeaturedTag entity. https://docs.joinmastodon.org/entities/FeaturedTag/"""

from typing import Any

from fedinote.api.entities.tags import url
from fedinote.api.entities.values import moment
from fedinote.infra.app import App
from fedinote.posts.featured_tags import Featured


def featured_tag(app: App, one: Featured) -> dict[str, Any]:
    """Return the entity; its address is the hashtag's page here."""
    return {
        "id": str(one.id),
        "name": one.display,
        "url": url(app, one.name),
        "statuses_count": str(one.uses),
        "last_status_at": None if one.last_at is None else moment(one.last_at)[:10],
    }
