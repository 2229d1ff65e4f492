"""Accounts: people, bots and groups, of this server (`domain` = "") and of others."""

from tortoise import fields
from tortoise.models import Model

from fedinote.infra.orm import JsonField, TimeField


class Account(Model):
    """An actor. `avatar` and `header` are storage keys, the `_remote` ones where others keep theirs.

    `fields` is a list of {name, value, verified_at}; `emojis` a list of {shortcode, url, static_url}.
    `note` is safe HTML; `note_source` what a local person typed. `silenced_by_domain` and `suspended_by_domain` name
    the blocked domain that is the only cause, so that its end is theirs; None when a person decided.
    `suspended_by_origin`: only the account's own server suspended it, and may restore it. `moved_at` is the last Move
    that took its followers along. Of a deleted account the row stays, so that nobody takes the name or the id.
    `…_elsewhere` is how many more its own server counts than are known here.
    `sensitized_at`: all media that the account posts from then on is marked sensitive. `attribution_domains`: the
    websites that may name the account as an author of their pages. `show_…`: which tabs its profile shall have.
    `feature_policy`: who may put an account of another server into a collection, as bits; None where nothing is said.
    `machine_translation`: which engines may be given its words, a value of `accounts.wishes.MachineTranslation`.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    username = fields.CharField(2048)
    username_key = fields.CharField(2048)
    domain = fields.CharField(255, default="")
    uri = fields.CharField(2048, unique=True)
    url = fields.CharField(2048, null=True)
    actor_type = fields.CharField(32, default="Person")
    display_name = fields.CharField(2048, default="")
    note = fields.TextField(default="")
    note_source = fields.TextField(default="")
    fields_ = JsonField(source_field="fields", default=list)
    emojis = JsonField(default=list)
    avatar = fields.CharField(255, default="")
    avatar_remote = fields.TextField(default="")
    avatar_description = fields.TextField(default="", db_default="")
    header = fields.CharField(255, default="")
    header_remote = fields.TextField(default="")
    header_description = fields.TextField(default="", db_default="")
    locked = fields.BooleanField(default=False)
    discoverable = fields.BooleanField(default=False)
    indexable = fields.BooleanField(default=False)
    hide_collections = fields.BooleanField(default=False)
    show_media = fields.BooleanField(default=True, db_default=True)
    show_media_replies = fields.BooleanField(default=True, db_default=True)
    show_featured = fields.BooleanField(default=True, db_default=True)
    feature_policy = fields.SmallIntField(null=True)
    memorial = fields.BooleanField(default=False)
    machine_translation = fields.CharField(16, default="any", db_default="any")
    inbox_url = fields.CharField(2048, default="")
    shared_inbox_url = fields.CharField(2048, default="")
    outbox_url = fields.CharField(2048, default="")
    followers_url = fields.CharField(2048, default="")
    following_url = fields.CharField(2048, default="")
    featured_url = fields.CharField(2048, default="")
    featured_tags_url = fields.CharField(2048, default="")
    moved_to_uri = fields.CharField(2048, null=True)
    moved_at = TimeField(null=True)
    also_known_as = JsonField(default=list)
    attribution_domains = JsonField(null=True)
    followers_count = fields.BigIntField(default=0)
    following_count = fields.BigIntField(default=0)
    statuses_count = fields.BigIntField(default=0)
    followers_elsewhere = fields.BigIntField(null=True)
    following_elsewhere = fields.BigIntField(null=True)
    statuses_elsewhere = fields.BigIntField(null=True)
    last_status_at = TimeField(null=True)
    created_at = TimeField()
    fetched_at = TimeField(null=True)
    silenced_at = TimeField(null=True)
    silenced_by_domain = fields.CharField(255, null=True)
    suspended_at = TimeField(null=True)
    suspended_by_domain = fields.CharField(255, null=True)
    suspended_by_origin = fields.BooleanField(default=False)
    sensitized_at = TimeField(null=True)
    vouched_at = TimeField(null=True)
    deleted_at = TimeField(null=True)

    class Meta:
        table = "accounts"
        unique_together = (("username_key", "domain"),)
        indexes = (("domain",), ("url",))

    @property
    def is_local(self) -> bool:
        """Whether the account lives on this server."""
        return self.domain == ""

    @property
    def acct(self) -> str:
        """The handle as Mastodon gives it: without a domain for local accounts."""
        return self.username if self.domain == "" else f"{self.username}@{self.domain}"


class AccountKey(Model):
    """A public key of an account, with the private half for local ones. `key_id` is the URL that names it."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="keys")
    account_id: int
    key_id = fields.CharField(2048, unique=True)
    public_pem = fields.TextField()
    private_pem = fields.TextField(null=True)
    created_at = TimeField()

    class Meta:
        table = "account_keys"
        indexes = (("account",),)


class AssertionKey(Model):
    """An Ed25519 key with which an account proves what it says (`assertionMethod`, FEP-521a); private for local ones.

    Others may sign requests with theirs as well; we never do with ours.
    """

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="assertion_keys"
    )
    account_id: int
    key_id = fields.CharField(2048, unique=True)
    multibase = fields.CharField(255)
    private_pem = fields.TextField(null=True)
    expires_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "assertion_keys"
        indexes = (("account",),)
