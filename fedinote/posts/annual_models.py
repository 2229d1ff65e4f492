"""Reports of people's years."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class AnnualReport(Model):
    """What somebody's year was like. `data` is None while it is being made; `read_at`: the person has looked at it."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="annual_reports"
    )
    account_id: int
    year = fields.SmallIntField()
    data = JsonField(null=True)
    read_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "annual_reports"
        unique_together = (("account", "year"),)
