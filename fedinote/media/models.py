"""Files attached to posts."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class Media(Model):
    """An attachment. Local ones have `key` and `preview_key` in the storage, remote ones `remote_url`.

    `description_map` {language: text} has the description in other languages than the post's.
    `kind`: image, gifv, video, audio, unknown. `meta` is Mastodon's {original, small, focus, …}. `state`: ready,
    processing (until then nothing lies at the keys), failed (`error` is the sentence why). `cover`: its author wants
    it among the few that some servers keep (`posts.covers`). `title` and `artist` are a sound's, first as its tags have
    them; "" is what its uploader emptied. `waveform` as `media.waveforms` has it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="media")
    account_id: int
    post: Any = fields.ForeignKeyField("fedinote.Post", related_name="media", null=True, on_delete=fields.SET_NULL)
    post_id: int | None
    kind = fields.CharField(16)
    media_type = fields.CharField(128, default="")
    key = fields.CharField(255, default="")
    preview_key = fields.CharField(255, default="")
    remote_url = fields.TextField(null=True)
    remote_preview = fields.TextField(null=True)
    description = fields.TextField(null=True)
    description_map = JsonField(null=True)
    blurhash = fields.CharField(128, null=True)
    meta = JsonField(default=dict)
    title = fields.CharField(200, null=True)
    artist = fields.CharField(200, null=True)
    waveform = fields.CharField(400, null=True)
    position = fields.SmallIntField(default=0)
    cover = fields.BooleanField(default=False, db_default=False)
    state = fields.CharField(16, default="ready")
    error = fields.TextField(null=True)
    created_at = TimeField()

    class Meta:
        table = "media"
        indexes = (("post",), ("account",))


class MediaPrint(Model):
    """By what an attachment is known again, see `media.outcomes.Prints`. It stays here, and is shown to nobody.

    `part`: file, or preview (the small picture that somebody chose for a video or sound). `turned` has seven hashes in
    a row.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    media: fields.ForeignKeyRelation[Media] = fields.ForeignKeyField("fedinote.Media", related_name="prints")
    media_id: int
    part = fields.CharField(8)
    received = fields.CharField(64, default="")
    kept = fields.CharField(64, default="")
    look = fields.CharField(64, default="")
    turned = fields.CharField(448, default="")
    quality = fields.SmallIntField(default=0)
    created_at = TimeField()

    class Meta:
        table = "media_prints"
        unique_together = (("media", "part"),)


class RemoteFile(Model):
    """A file of another server as it is kept here for readers, or the failure to get it (then `key` is empty).

    `digest` names kind, owner and address (`media.remote`). `kind`: media, preview, avatar, header, card, emoji;
    `owner` is the id of the attachment, account or card (0 for emoji), `domain` the owner's server, `host` where the
    file came from. `preview_key` is a smaller picture, if there is one; `bytes` both together. No foreign keys: whoever
    removes a row must remove the files.
    """

    digest = fields.CharField(64, primary_key=True)
    kind = fields.CharField(16)
    owner = fields.BigIntField()
    account = fields.BigIntField(null=True)
    post = fields.BigIntField(null=True)
    url = fields.TextField()
    host = fields.CharField(255)
    domain = fields.CharField(255, default="")
    key = fields.CharField(255, default="")
    preview_key = fields.CharField(255, default="")
    bytes = fields.BigIntField(default=0)
    failures = fields.IntField(default=0)
    error = fields.TextField(null=True)
    retry_at = TimeField(null=True)
    fetched_at = TimeField()
    used_at = TimeField()

    class Meta:
        table = "remote_files"
        indexes = (("used_at",), ("host",), ("account",), ("post",), ("kind", "owner"))
