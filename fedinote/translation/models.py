"""The lasting cache of translations."""

from tortoise import fields
from tortoise.models import Model

from fedinote.infra.orm import JsonField, TimeField


class Translation(Model):
    """Translated text runs. `key` is the SHA-256 of the texts, both languages and the engine."""

    key = fields.CharField(64, primary_key=True)
    engine = fields.CharField(255)
    source = fields.CharField(35)
    target = fields.CharField(35)
    texts = JsonField()
    created_at = TimeField()

    class Meta:
        table = "translations"
