"""List entities. https://docs.joinmastodon.org/entities/List/"""

from typing import Any

from fedinote.timelines.lists import PersonalList


def of_list(one: PersonalList) -> dict[str, Any]:
    """Return a List entity."""
    return {"id": str(one.id), "title": one.title, "replies_policy": one.replies_policy, "exclusive": one.exclusive}
