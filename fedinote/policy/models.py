"""Rules about other servers."""

from tortoise import fields
from tortoise.models import Model

from fedinote.infra.orm import TimeField


class DomainBlock(Model):
    """What is done with a domain and its subdomains. `severity`: noop, silence (limit), suspend."""

    id = fields.BigIntField(primary_key=True, generated=False)
    domain = fields.CharField(255, unique=True)
    severity = fields.CharField(16)
    reject_media = fields.BooleanField(default=False)
    reject_reports = fields.BooleanField(default=False)
    obfuscate = fields.BooleanField(default=False)
    private_comment = fields.TextField(default="")
    public_comment = fields.TextField(default="")
    created_at = TimeField()

    class Meta:
        table = "domain_blocks"
