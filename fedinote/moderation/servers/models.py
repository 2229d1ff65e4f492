"""The journal of blocked and allowed servers, and files with servers that are gone through."""

from tortoise import fields
from tortoise.models import Model

from fedinote.infra.orm import JsonField, TimeField


class DomainChange(Model):
    """One change of the list of blocked or of allowed servers, so that it can be undone.

    `listing`: block or allow; `before` and `after` are the terms (None: not on the list). Changes made at one go have
    the same `batch`; `cause` says where they come from ("" by hand, a file, a list, an undoing).
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    batch = fields.BigIntField()
    listing = fields.CharField(8)
    domain = fields.CharField(255)
    before = JsonField(null=True)
    after = JsonField(null=True)
    cause = fields.CharField(250, default="")
    actor_id = fields.BigIntField(null=True)
    created_at = TimeField()
    undone_at = TimeField(null=True)

    class Meta:
        table = "domain_changes"
        indexes = (("batch",), ("domain", "id"), ("created_at",))


class DomainImport(Model):
    """A file with servers that somebody handed in, and goes through. `listing`: block or allow."""

    id = fields.BigIntField(primary_key=True, generated=False)
    listing = fields.CharField(8)
    name = fields.CharField(200)
    actor_id = fields.BigIntField(null=True)
    working = fields.BooleanField(default=False)
    created_at = TimeField()

    class Meta:
        table = "domain_imports"
        indexes = (("created_at",),)


class DomainImportRow(Model):
    """A line of such a file. `state`: new, done, left (put aside), failed, bad (not understood; `text` is the line)."""

    id = fields.BigIntField(primary_key=True)
    of_import: fields.ForeignKeyRelation[DomainImport] = fields.ForeignKeyField(
        "fedinote.DomainImport", related_name="lines"
    )
    of_import_id: int
    line = fields.IntField()
    domain = fields.CharField(255, default="")
    terms = JsonField(null=True)
    state = fields.CharField(8, default="new")
    problem = fields.TextField(default="")
    text = fields.TextField(default="")

    class Meta:
        table = "domain_import_rows"
        indexes = (("of_import", "state", "line"),)
