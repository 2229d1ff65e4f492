"""What people add to translation: the glossary, proposals for it, and translations of posts that they suggest."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField
from fedinote.posts.models import Post


class GlossaryEntry(Model):
    """A word that needs explaining. `key` is the term folded; `origin` the language that it belongs to.

    `languages` [tag]: in posts of which languages it is meant, the origin first; [] in all. `meanings` {tag: text}
    explains it, `translations` {tag: text} says what engines shall write for it; `keep`: they leave it as it is.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    term = fields.CharField(64)
    key = fields.CharField(128)
    origin = fields.CharField(35)
    languages = JsonField(default=list)
    meanings = JsonField(default=dict)
    translations = JsonField(default=dict)
    keep = fields.BooleanField(default=False)
    created_at = TimeField()
    updated_at = TimeField()

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "glossary_entries"
        unique_together = (("key", "origin"),)
        indexes = (("updated_at",),)


class GlossaryProposal(Model):
    """An entry that a member proposes, new or instead of the one with the same term. `state`: open, accepted, rejected.

    `entry` is the entry as `translation.glossary.Entry` has it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="glossary_proposals"
    )
    account_id: int
    entry = JsonField()
    comment = fields.CharField(500, default="")
    state = fields.CharField(16, default="open")
    created_at = TimeField()
    decided_at = TimeField(null=True)

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "glossary_proposals"
        indexes = (("state", "id"), ("account", "id"))


class TranslationSuggestion(Model):
    """A post in another language, as a reader suggests it. `state`: open, accepted, rejected.

    `draft` is a `posts.languages.VersionDraft`; its `as_of` is the version of the post that it was made from.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField(
        "fedinote.Post", related_name="translation_suggestions"
    )
    post_id: int
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="translation_suggestions"
    )
    account_id: int
    language = fields.CharField(35)
    draft = JsonField()
    state = fields.CharField(16, default="open")
    created_at = TimeField()
    decided_at = TimeField(null=True)

    class Meta:  # noqa: D106  the ORM's, not ours to document
        table = "translation_suggestions"
        indexes = (("post", "state", "id"), ("account", "state", "id"))
