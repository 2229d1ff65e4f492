"""ScheduledStatus entities, in batches. https://docs.joinmastodon.org/entities/ScheduledStatus/"""

from collections.abc import Sequence
from typing import Any

from fedinote.api.entities.media import media
from fedinote.api.language_versions import sources
from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.posts import dividers
from fedinote.posts.scheduling import Scheduled

_MEDIA = "SELECT * FROM media WHERE id IN_INTS(?) AND (post_id IS NULL)"


async def scheduled_statuses(app: App, plans: Sequence[Scheduled]) -> list[dict[str, Any]]:
    """Return the entities of plans, in their order; one query."""
    wanted = [one for plan in plans for one in plan.draft.media_ids]
    rows = await app.db.rows(_MEDIA, wanted) if wanted else []
    files = {(row["account_id"], row["id"]): media(app, row) for row in rows}
    return [
        {
            "id": str(plan.id),
            "scheduled_at": iso(plan.due),
            "params": _params(plan),
            "media_attachments": [
                files[plan.account_id, one] for one in plan.draft.media_ids if (plan.account_id, one) in files
            ],
        }
        for plan in plans
    ]


def _params(plan: Scheduled) -> dict[str, Any]:
    draft = plan.draft
    poll = draft.poll
    return {
        "text": dividers.whole(draft.text, draft.translations),
        "spoiler_text": draft.spoiler_text,
        "sensitive": draft.sensitive,
        "visibility": draft.visibility,
        "language": draft.language,
        "in_reply_to_id": None if draft.in_reply_to_id is None else str(draft.in_reply_to_id),
        "media_ids": [str(one) for one in draft.media_ids] or None,
        "poll": None
        if poll is None
        else {
            "options": list(poll.options),
            "expires_in": poll.expires_in,
            "multiple": poll.multiple,
            "hide_totals": poll.hide_totals,
        },
        "translations": sources(draft.translations),
        "machine_translation": draft.machine_translation,
        "cover_media_ids": [str(one) for one in draft.covers or ()],
        "quoted_status_id": None if draft.quoted_id is None else str(draft.quoted_id),
        "quote_approval_policy": draft.quote_policy,
        "reply_approval_policy": draft.reply_policy,
        "idempotency": plan.idempotency_key,
        "application_id": None,
        "scheduled_at": None,  # it is planned once
        "with_rate_limit": False,
    }
