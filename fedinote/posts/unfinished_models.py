"""Posts that somebody has begun to write."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class UnfinishedPost(Model):
    """What a member has written and not sent yet. `content` is {name: [values]}, as the page's form has it."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="unfinished_posts"
    )
    account_id: int
    content: Any = JsonField()
    created_at = TimeField()
    updated_at = TimeField()

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "unfinished_posts"
        indexes = (("account", "updated_at"),)
