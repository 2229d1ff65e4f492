"""Shared lists of servers, and what they say."""

from tortoise import fields
from tortoise.models import Model

from fedinote.infra.orm import JsonField, TimeField


class ListSource(Model):
    """A shared list of servers that is read again and again. `kind`: csv or fires.

    `ceiling` is the most severe that it may ask for; `automatic`: its recommendations are put into force by
    themselves; `days` after which what it put there ends unless it says so again (None: never). `cursor` is where the
    next reading begins (FIRES); `problem` why the last one failed.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    kind = fields.CharField(8)
    url = fields.CharField(2048, unique=True)
    title = fields.CharField(200)
    ceiling = fields.CharField(16, default="silence")
    automatic = fields.BooleanField(default=False)
    days = fields.IntField(null=True)
    cursor = fields.CharField(2048, default="")
    problem = fields.TextField(default="")
    read_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "list_sources"


class ListEntry(Model):
    """What a source says of a server. `state`: draft, applied, refused, retracted (said no more), ended (too old).

    `block_id`: the block that stands for it, `terms` as it was made. `advisory`: a warning only. `accepted`: the source
    vouches for the server. `seen_at`: when the source last said it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    source: fields.ForeignKeyRelation[ListSource] = fields.ForeignKeyField(
        "fedinote.ListSource", related_name="entries"
    )
    source_id: int
    domain = fields.CharField(255)
    severity = fields.CharField(16)
    reject_media = fields.BooleanField(default=False)
    reject_reports = fields.BooleanField(default=False)
    reason = fields.TextField(default="")
    labels = JsonField(default=list)
    advisory = fields.BooleanField(default=False)
    accepted = fields.BooleanField(default=False)
    key = fields.CharField(2048, default="")
    state = fields.CharField(16, default="draft")
    block_id = fields.BigIntField(null=True)
    terms = JsonField(null=True)
    created_at = TimeField()
    seen_at = TimeField()
    expires_at = TimeField(null=True)

    class Meta:
        table = "list_entries"
        unique_together = (("source", "domain"),)
        indexes = (("state", "id"), ("domain",), ("expires_at",))
