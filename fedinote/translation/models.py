"""The lasting cache of translations, what engines were sent, and what of it was charged to whom."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField
from fedinote.posts.models import Post


class Translation(Model):
    """Translated text runs. `key` is the SHA-256 of the texts, both languages, the engine and the glossary's version.

    `origin` is the SHA-256 of the texts alone, by which all that was made of them is forgotten. `hits` counts the
    answers that needed no engine, `used_at` is the last of them.
    """

    key = fields.CharField(64, primary_key=True)
    origin = fields.CharField(64, default="", db_default="")
    engine = fields.CharField(255)
    source = fields.CharField(35)
    target = fields.CharField(35)
    texts = JsonField()
    created_at = TimeField()
    hits = fields.BigIntField(default=0, db_default=0)
    used_at = TimeField(null=True)

    class Meta:
        table = "translations"
        indexes = (("used_at",), ("origin",))


class TranslationRecord(Model):
    """One handing over of texts to an engine, written down before it; rows are only ever added.

    `digest` is a keyed hash of the texts, so that nobody can look for a text by guessing it. `visibility`: "public",
    "restricted" for what stays on this machine, or "query" for words that somebody searches for. There is no column for
    who asked, or whose words they are.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    made_at = TimeField()
    engine = fields.CharField(255)
    location = fields.CharField(16)
    digest = fields.CharField(64)
    texts = fields.IntField()
    characters = fields.IntField()
    source = fields.CharField(35)
    target = fields.CharField(35)
    purpose = fields.CharField(16)
    visibility = fields.CharField(16)

    class Meta:
        table = "translation_ledger"
        indexes = (("made_at",),)


class TranslationDay(Model):
    """What an engine got on a day (days since 1970, UTC): the sums of the ledger, with failures and cache hits.

    `charged` counts towards the engine's daily budget: what it failed to translate is given back.
    """

    id = fields.BigIntField(primary_key=True)
    day = fields.IntField()
    engine = fields.CharField(255)
    location = fields.CharField(16)
    calls = fields.BigIntField(default=0, db_default=0)
    failures = fields.BigIntField(default=0, db_default=0)
    texts = fields.BigIntField(default=0, db_default=0)
    characters = fields.BigIntField(default=0, db_default=0)
    charged = fields.BigIntField(default=0, db_default=0)
    hits = fields.BigIntField(default=0, db_default=0)

    class Meta:
        table = "translation_days"
        unique_together = (("day", "engine", "location"),)


class TranslationAllowance(Model):
    """How many characters engines were sent on a person's demand on one day; forgotten when the day is over."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="translation_allowances"
    )
    account_id: int
    day = fields.IntField()
    characters = fields.BigIntField(default=0, db_default=0)

    class Meta:
        table = "translation_allowances"
        unique_together = (("account", "day"),)


class TranslationPreference(Model):
    """What a person wants translated without asking. `mode`: button, append, replace; `target` is a canonical tag.

    `understood`: tags of languages that are never translated for this person; `languages` {tag: always or never}.
    `automatic`: whether anything at all is to be translated unasked, by the mode or by one exception.
    """

    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "fedinote.Account", related_name="translation_preference", primary_key=True
    )
    account_id: int
    mode = fields.CharField(16)
    target = fields.CharField(35)
    understood = JsonField(default=list)
    languages = JsonField(default=dict)
    automatic = fields.BooleanField(default=False)
    updated_at = TimeField()

    class Meta:
        table = "translation_preferences"


class TranslationException(Model):
    """Somebody whose posts a person always (`rule`) or never wants translated."""

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="translation_exceptions"
    )
    account_id: int
    author: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="translation_exceptions_about"
    )
    author_id: int
    rule = fields.CharField(8)

    class Meta:
        table = "translation_exceptions"
        unique_together = (("account", "author"),)
        indexes = (("author",),)


class PostTranslation(Model):
    """A post in another language, finished: safe HTML and plain texts, as they are shown.

    `version`: when the version of the post that it was made from was written (epoch ms); for another version of the
    post it does not count. `state`: ready; known (only the language it is written in, `source`); refused (no engine
    may have it); failed (`tries` times). `options` are those of the poll, `descriptions` {attachment: text}.
    `mark` is the line of HTML that says what it is, `told` the same as JSON for clients. `kind`: machine, conversion,
    author. `engine` is whom the reader
    is told of, `location` where that runs ("" for the author's own words).
    """

    id = fields.BigIntField(primary_key=True)
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField("fedinote.Post", related_name="made_translations")
    post_id: int
    target = fields.CharField(35)
    version = fields.BigIntField()
    state = fields.CharField(16)
    source = fields.CharField(35, default="")
    content = fields.TextField(default="")
    spoiler_text = fields.TextField(default="")
    options = JsonField(default=list)
    descriptions = JsonField(default=dict)
    mark = fields.TextField(default="")
    told = fields.TextField(default="")
    engine = fields.CharField(255, default="")
    location = fields.CharField(16, default="")
    kind = fields.CharField(16, default="")
    tries = fields.IntField(default=0)
    made_at = TimeField()

    class Meta:
        table = "post_translations"
        unique_together = (("post", "target"),)
        indexes = (("made_at",),)


class AccountTranslation(Model):
    """What an account says of itself, in another language; as `PostTranslation`. `version` is a hash of the words.

    `fields` are [{name, value}] in the order of the account's own.
    """

    id = fields.BigIntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="made_translations"
    )
    account_id: int
    target = fields.CharField(35)
    version = fields.CharField(16)
    state = fields.CharField(16)
    source = fields.CharField(35, default="")
    note = fields.TextField(default="")
    fields_ = JsonField(source_field="fields", default=list)
    mark = fields.TextField(default="")
    engine = fields.CharField(255, default="")
    location = fields.CharField(16, default="")
    kind = fields.CharField(16, default="")
    tries = fields.IntField(default=0)
    made_at = TimeField()

    class Meta:
        table = "account_translations"
        unique_together = (("account", "target"),)
        indexes = (("made_at",),)
