"""Who follows, blocks and mutes whom."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class Follow(Model):
    """`follower` follows `target`; `accepted` is false while a request waits. `uri` is the Follow activity's id."""

    id = fields.BigIntField(primary_key=True, generated=False)
    follower: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="follows")
    follower_id: int
    target: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="followed_by")
    target_id: int
    accepted = fields.BooleanField(default=False)
    uri = fields.CharField(2048, unique=True)
    reblogs = fields.BooleanField(default=True)
    notify = fields.BooleanField(default=False)
    languages = JsonField(null=True)
    created_at = TimeField()

    class Meta:
        table = "follows"
        unique_together = (("follower", "target"),)
        indexes = (("target", "accepted"),)


class Block(Model):
    """`account` blocks `target`. `uri` is the Block activity's id."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="blocks")
    account_id: int
    target: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="blocked_by")
    target_id: int
    uri = fields.CharField(2048, unique=True)
    created_at = TimeField()

    class Meta:
        table = "blocks"
        unique_together = (("account", "target"),)
        indexes = (("target",),)


class Mute(Model):
    """`account` does not want to see `target`, until `expires_at` if set."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="mutes")
    account_id: int
    target: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="muted_by")
    target_id: int
    hide_notifications = fields.BooleanField(default=True)
    expires_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "mutes"
        unique_together = (("account", "target"),)
        indexes = (("target",),)


class AccountNote(Model):
    """A private note of one person about another."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="notes")
    account_id: int
    target: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="noted_by")
    target_id: int
    comment = fields.TextField()

    class Meta:
        table = "account_notes"
        unique_together = (("account", "target"),)
        indexes = (("target",),)


class AccountDomainBlock(Model):
    """`account` wants nothing from `domain` (as `accounts.domain` spells it; its subdomains are others)."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="domain_blocks"
    )
    account_id: int
    domain = fields.CharField(255)
    created_at = TimeField()

    class Meta:
        table = "account_domain_blocks"
        unique_together = (("account", "domain"),)
