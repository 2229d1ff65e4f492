"""Announcements, the rules of the house, and the first steps of setting it up."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class Announcement(Model):
    """What the staff tells everybody here. `content` is safe HTML, `source` what was typed.

    Shown from `shown_from` (None: its making) until `ends_at`; `starts_at` is when what it tells of begins. `all_day`:
    of both only the dates count. Snapshots for rendering: `mentions`, `tags`, `emojis` as in posts, `statuses`
    [{id, url}].
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
    shown_from = TimeField(null=True)
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


class HouseRule(Model):
    """A rule of the house. `id` is its number, from 1 on, which reports name: it stays, whatever becomes of the order.

    `translations`: {tag: {text, hint}}. `removed_at`: it holds no more, and is kept for the reports that name it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    position = fields.IntField()
    text = fields.TextField()
    hint = fields.TextField(default="")
    translations = JsonField(default=dict)
    removed_at = TimeField(null=True)

    class Meta:
        table = "house_rules"


class FirstStep(Model):
    """A step of setting the server up that somebody has done or put aside (`state`: "done", "skipped")."""

    name = fields.CharField(32, primary_key=True)
    state = fields.CharField(16)
    at = TimeField()

    class Meta:
        table = "first_steps"
