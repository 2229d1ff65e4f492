"""Imports under way, and what could not be imported."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class Import(Model):
    """A file that a person uploaded. `overwrite`: what is not in it goes; `cleared` once that is done.

    `total` rows were in it, `imported` and `failed` of them are dealt with; `finished_at` is set when all are.
    `kind` "posts" is an archive: `options` has what its owner chose and what was left out, `error` why none of it could
    be read.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="imports")
    account_id: int
    kind = fields.CharField(32)
    overwrite = fields.BooleanField(default=False)
    cleared = fields.BooleanField(default=False)
    total = fields.IntField()
    imported = fields.IntField(default=0)
    failed = fields.IntField(default=0)
    created_at = TimeField()
    finished_at = TimeField(null=True)
    options = JsonField(null=True)
    error = fields.TextField(default="", db_default="")

    class Meta:
        table = "imports"
        indexes = (("account",), ("finished_at",))


class ImportRow(Model):
    """A row that waits (`error` may say why the last try failed), or that failed for good. Imported ones are deleted.

    `data` are its cells, in the order of the format. `due` is when it may be tried; None once it failed.
    """

    id = fields.BigIntField(primary_key=True)
    of_import: fields.ForeignKeyRelation[Import] = fields.ForeignKeyField("fedinote.Import", related_name="rows")
    of_import_id: int
    data = JsonField()
    tries = fields.SmallIntField(default=0)
    due = TimeField(null=True)
    error = fields.TextField(default="")

    class Meta:
        table = "import_rows"
        indexes = (("of_import", "due"),)


class Archive(Model):
    """Everything of an account in one file, for its owner alone. `key` is the file's name in the folder of archives.

    `stage`: posts, files, ready, failed (then `error` says why). `cursor` is the id that was done last in the stage;
    `written` and `listed` are the lengths (bytes) up to which the file and the list of posts beside it are good.
    `done` of `total` things (posts, files) are in it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="archives")
    account_id: int
    key = fields.CharField(64, unique=True)
    stage = fields.CharField(16)
    cursor = fields.BigIntField(default=0)
    written = fields.BigIntField(default=0)
    listed = fields.BigIntField(default=0)
    total = fields.IntField(default=0)
    done = fields.IntField(default=0)
    error = fields.TextField(default="")
    created_at = TimeField()
    finished_at = TimeField(null=True)

    class Meta:
        table = "archives"
        indexes = (("account", "id"), ("created_at",))
