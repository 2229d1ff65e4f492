"""Files attached to posts."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class Media(Model):
    """An attachment. Local ones have `key` and `preview_key` in the storage, remote ones `remote_url`.

    `description_map` {language: text} has the description in other languages than the post's.
    `kind`: image, gifv, video, audio, unknown. `meta` is Mastodon's {original, small, focus, …}. `state`: ready,
    processing (until then nothing lies at the keys), failed (`error` is the sentence why).
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="media")
    account_id: int
    post: Any = fields.ForeignKeyField("fedinote.Post", related_name="media", null=True, on_delete=fields.SET_NULL)
    post_id: int | None
    kind = fields.CharField(16)
    media_type = fields.CharField(128, default="")
    key = fields.CharField(255, default="")
    preview_key = fields.CharField(255, default="")
    remote_url = fields.TextField(null=True)
    remote_preview = fields.TextField(null=True)
    description = fields.TextField(null=True)
    description_map = JsonField(null=True)
    blurhash = fields.CharField(128, null=True)
    meta = JsonField(default=dict)
    position = fields.SmallIntField(default=0)
    state = fields.CharField(16, default="ready")
    error = fields.TextField(null=True)
    created_at = TimeField()

    class Meta:
        table = "media"
        indexes = (("post",), ("account",))
