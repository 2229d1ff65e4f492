"""Notifications: who should know what."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import TimeField
from fedinote.posts.models import Post


class Notification(Model):
    """Tells `account` what `from_account` did. `kind` is Mastodon's `type`: mention, status, reblog, follow, …

    `subject` makes it unique: the post's id as text, or "" where there is none.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="notifications"
    )
    account_id: int
    kind = fields.CharField(32)
    from_account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="notified"
    )
    from_account_id: int
    post: fields.ForeignKeyNullableRelation[Post] = fields.ForeignKeyField(
        "fedinote.Post", related_name="notifications", null=True
    )
    post_id: int | None
    subject = fields.CharField(32, default="")
    created_at = TimeField()

    class Meta:
        table = "notifications"
        unique_together = (("account", "kind", "from_account", "subject"),)
        indexes = (("account", "id"), ("post",), ("from_account",))
