"""The audit log: one row for each decision, a person's or a rule's."""

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


class Report(Model):
    """A complaint about an account and some of its posts. `category`: spam, legal, violation, other.

    `uri` is the id of a remote Flag, which may be about several accounts: one report for each. `forwarded`: a copy
    goes to the account's own server. `action_taken_at` is set when it was resolved.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="reports_made"
    )
    account_id: int
    target: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="reports_about"
    )
    target_id: int
    post_ids = JsonField(default=list)
    rule_ids = JsonField(default=list)
    category = fields.CharField(16, default="other")
    comment = fields.TextField(default="")
    forwarded = fields.BooleanField(default=False)
    uri = fields.CharField(2048, null=True)
    assigned_to_id = fields.BigIntField(null=True)
    action_taken_at = TimeField(null=True)
    action_taken_by_id = fields.BigIntField(null=True)
    created_at = TimeField()

    class Meta:
        table = "reports"
        unique_together = (("uri", "target"),)
        indexes = (("action_taken_at", "id"), ("target",))


class Announcement(Model):
    """What the staff tells everybody here. `content` is safe HTML, `source` what was typed.

    Shown from its making until `ends_at`; `starts_at` is when what it tells of begins. `all_day`: of both only the
    dates count. Snapshots for rendering: `mentions`, `tags`, `emojis` as in posts, `statuses` [{id, url}].
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    source = fields.TextField()
    content = fields.TextField()
    mentions = JsonField(default=list)
    tags = JsonField(default=list)
    emojis = JsonField(default=list)
    statuses = JsonField(default=list)
    starts_at = TimeField(null=True)
    ends_at = TimeField(null=True)
    all_day = fields.BooleanField(default=False)
    created_at = TimeField()

    class Meta:
        table = "announcements"


class AnnouncementRead(Model):
    """A person has put an announcement away."""

    id = fields.BigIntField(primary_key=True)
    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "fedinote.Announcement", related_name="reads"
    )
    announcement_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="announcement_reads"
    )
    account_id: int

    class Meta:
        table = "announcement_reads"
        unique_together = (("announcement", "account"),)
        indexes = (("account",),)


class AnnouncementEmoji(Model):
    """An emoji that somebody has put to an announcement; it stays when the last one took it back.

    `name` is a Unicode emoji or the shortcode of one of ours, `key` the same without presentation selectors.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    announcement: fields.ForeignKeyRelation[Announcement] = fields.ForeignKeyField(
        "fedinote.Announcement", related_name="emoji"
    )
    announcement_id: int
    key = fields.CharField(255)
    name = fields.CharField(255)

    class Meta:
        table = "announcement_emojis"
        unique_together = (("announcement", "key"),)


class AnnouncementReaction(Model):
    """A person reacted to an announcement with one of its emoji."""

    id = fields.BigIntField(primary_key=True)
    emoji: fields.ForeignKeyRelation[AnnouncementEmoji] = fields.ForeignKeyField(
        "fedinote.AnnouncementEmoji", related_name="reactions"
    )
    emoji_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="announcement_reactions"
    )
    account_id: int

    class Meta:
        table = "announcement_reactions"
        unique_together = (("emoji", "account"),)
        indexes = (("account",),)
