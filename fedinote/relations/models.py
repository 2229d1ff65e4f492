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


class Collection(Model):
    """A list of accounts that `account` recommends in public. `description` is plain text; `tag` "" or a hashtag.

    `discoverable`: shown on the profile; others are found by their address alone.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="collections")
    account_id: int
    uri = fields.CharField(2048, unique=True)
    url = fields.CharField(2048, null=True)
    name = fields.CharField(256)
    description = fields.TextField(default="")
    language = fields.CharField(35, null=True)
    sensitive = fields.BooleanField(default=False)
    discoverable = fields.BooleanField(default=True)
    tag = fields.CharField(255, default="")
    created_at = TimeField()
    updated_at = TimeField()

    class Meta:
        table = "collections"
        indexes = (("account",),)


class CollectionItem(Model):
    """`account` is recommended in `collection`. `state`: pending, accepted, rejected, revoked.

    `uri` is the item's id, `request_uri` the FeatureRequest's, `approval_uri` the id of what proves the consent.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    collection: fields.ForeignKeyRelation[Collection] = fields.ForeignKeyField(
        "fedinote.Collection", related_name="items"
    )
    collection_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="featured_in")
    account_id: int
    state = fields.CharField(16)
    uri = fields.CharField(2048)
    request_uri = fields.CharField(2048, default="")
    approval_uri = fields.CharField(2048, default="")
    created_at = TimeField()

    class Meta:
        table = "collection_items"
        unique_together = (("collection", "account"),)
        indexes = (("account",), ("request_uri",))


class Endorsement(Model):
    """`account` recommends `target`, whom it follows, on its profile."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="endorsements"
    )
    account_id: int
    target: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="endorsed_by")
    target_id: int
    created_at = TimeField()

    class Meta:
        table = "endorsements"
        unique_together = (("account", "target"),)
        indexes = (("target",),)
