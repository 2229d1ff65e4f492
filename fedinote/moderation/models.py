"""The audit log: one row for each decision, a person's or a rule's; and what was decided in one go."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class AuditEntry(Model):
    """`actor` did `action` to the target; no actor means a rule or the command line (`detail.via` says which)."""

    id = fields.BigIntField(primary_key=True, generated=False)
    actor: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="decisions", null=True, on_delete=fields.SET_NULL
    )
    actor_id: int | None
    action = fields.CharField(64)
    target_type = fields.CharField(32)
    target = fields.CharField(2048)
    detail = JsonField(default=dict)
    created_at = TimeField()

    class Meta:
        table = "audit_log"
        indexes = (("target_type", "target"), ("actor",))


class BatchItem(Model):
    """One thing of many that were decided at once (`batch`), with what is needed to take that back.

    `what`: held (`ref` is the number of the held post, `post_id` what it became) or account (`ref` is its id).
    `content` is a held post that was dropped, as JSON, for a day; `statement_id` what an account was told.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    batch = fields.BigIntField()
    what = fields.CharField(8)
    deed = fields.CharField(16)
    ref = fields.BigIntField()
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="batch_items")
    account_id: int
    post_id = fields.BigIntField(null=True)
    statement_id = fields.BigIntField(null=True)
    uri = fields.CharField(2048, default="")
    content = fields.TextField(default="")
    created_at = TimeField(db_index=True)
    undone_at = TimeField(null=True)

    class Meta:
        table = "batch_items"
        indexes = (("batch", "id"), ("account",))
