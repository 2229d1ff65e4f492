"""Logins, browser sessions, OAuth apps and tokens, invitations. Secrets are stored as SHA-256 only."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class User(Model):
    """The login of a local account. `role`: member, moderator, admin, owner. `state`: pending, active, disabled.

    `made_with` is the app that signed the person up, None for the web page and the command line.
    `language_divider`: a line like `---zh---` in a post begins its text in another language (`posts.dividers`).
    `greyscale`: at the desk of the moderators this person sees pictures without colours.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.OneToOneRelation[Account] = fields.OneToOneField("fedinote.Account", related_name="user")
    account_id: int
    email = fields.CharField(320, unique=True)
    password_hash = fields.CharField(255)
    role = fields.CharField(16, default="member")
    state = fields.CharField(16, default="active")
    reason = fields.TextField(default="")
    locale = fields.CharField(35, default="en")
    default_visibility = fields.CharField(16, default="public")
    default_sensitive = fields.BooleanField(default=False)
    default_language = fields.CharField(35, null=True)
    default_quote_policy = fields.CharField(16, default="public")
    default_reply_policy = fields.CharField(16, default="public")
    language_divider = fields.BooleanField(default=True, db_default=True)
    greyscale = fields.BooleanField(default=True, db_default=True)
    invited_by: fields.ForeignKeyNullableRelation["User"] = fields.ForeignKeyField(
        "fedinote.User", related_name="invited", null=True, on_delete=fields.SET_NULL
    )
    invited_by_id: int | None
    made_with: fields.ForeignKeyNullableRelation["OAuthApp"] = fields.ForeignKeyField(
        "fedinote.OAuthApp", related_name="people", null=True, on_delete=fields.SET_NULL
    )
    made_with_id: int | None
    created_at = TimeField()
    last_active_at = TimeField(null=True)

    class Meta:
        table = "users"
        indexes = (("made_with",), ("invited_by",))


class UserDay(Model):
    """Somebody used the server on a day (days since 1970, UTC): one row a day at most, of which only sums are shown."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("fedinote.User", related_name="days")
    user_id: int
    day = fields.IntField()

    class Meta:
        table = "user_days"
        unique_together = (("user", "day"),)
        indexes = (("day",),)


class Session(Model):
    """A browser that is signed in. The key is the SHA-256 of the cookie.

    `confirmed_at`: when the person last proved here who they are (password, passkey), which dangerous changes want.
    """

    token_hash = fields.CharField(64, primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("fedinote.User", related_name="sessions")
    user_id: int
    user_agent = fields.CharField(512, default="")
    address = fields.CharField(64, default="")
    created_at = TimeField()
    last_used_at = TimeField()
    confirmed_at = TimeField(null=True)

    class Meta:
        table = "sessions"
        indexes = (("user",),)


class RefusedSignUp(Model):
    """Somebody whom the moderators did not let in: kept for a month, so that the right password says so and why.

    `email_hash` is the SHA-256 of the address; name, address and password open nothing.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    username_key = fields.CharField(64)
    email_hash = fields.CharField(64)
    password_hash = fields.CharField(255)
    text = fields.TextField(default="")
    language = fields.CharField(35, null=True)
    created_at = TimeField()

    class Meta:
        table = "refused_sign_ups"
        indexes = (("username_key",), ("email_hash",), ("created_at",))


class OAuthApp(Model):
    """A client application. `redirect_uris` is a list, compared letter by letter."""

    id = fields.BigIntField(primary_key=True, generated=False)
    client_id = fields.CharField(64, unique=True)
    secret_hash = fields.CharField(64)
    name = fields.CharField(255)
    website = fields.CharField(2048, null=True)
    redirect_uris = JsonField()
    scopes = fields.TextField()
    created_at = TimeField()

    class Meta:
        table = "oauth_apps"


class OAuthToken(Model):
    """An access token; without a user it is the app's own (client credentials)."""

    id = fields.BigIntField(primary_key=True, generated=False)
    token_hash = fields.CharField(64, unique=True)
    app: fields.ForeignKeyRelation[OAuthApp] = fields.ForeignKeyField("fedinote.OAuthApp", related_name="tokens")
    app_id: int
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "fedinote.User", related_name="tokens", null=True
    )
    user_id: int | None
    scopes = fields.TextField()
    created_at = TimeField()
    last_used_at = TimeField(null=True)
    revoked_at = TimeField(null=True)

    class Meta:
        table = "oauth_tokens"
        indexes = (("user",), ("app",))


class OAuthCode(Model):
    """An authorization code: once, ten minutes, bound to app, person and redirect URI (RFC 6749 4.1.2)."""

    id = fields.BigIntField(primary_key=True, generated=False)
    code_hash = fields.CharField(64, unique=True)
    app: fields.ForeignKeyRelation[OAuthApp] = fields.ForeignKeyField("fedinote.OAuthApp", related_name="codes")
    app_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("fedinote.User", related_name="codes")
    user_id: int
    redirect_uri = fields.TextField()
    scopes = fields.TextField()
    challenge = fields.CharField(128, null=True)
    expires_at = TimeField()
    token_id = fields.BigIntField(null=True)

    class Meta:
        table = "oauth_codes"
        indexes = (("app",), ("user",))


class Invite(Model):
    """An invitation link: how often it may be used, and until when."""

    id = fields.BigIntField(primary_key=True, generated=False)
    code = fields.CharField(64, unique=True)
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "fedinote.User", related_name="invites", null=True
    )
    user_id: int | None
    role = fields.CharField(16, default="member")
    max_uses = fields.IntField(default=1)
    uses = fields.IntField(default=0)
    expires_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "invites"
        indexes = (("user",),)


class SecondFactor(Model):
    """The authenticator app of a person, and how often codes were tried in vain.

    `secret` is sealed (`auth.sealing`); it counts once `confirmed_at` is set. `last_step`: the period (RFC 6238) of
    the last code that was good, as each is good once. `tries` since `tries_since`.
    """

    user: fields.OneToOneRelation[User] = fields.OneToOneField("fedinote.User", related_name="factor", primary_key=True)
    user_id: int
    secret = fields.TextField(null=True)
    confirmed_at = TimeField(null=True)
    last_step = fields.BigIntField(default=0)
    tries = fields.IntField(default=0)
    tries_since = TimeField(null=True)

    class Meta:
        table = "second_factors"


class RecoveryCode(Model):
    """A code for the day when the phone is lost, as a SHA-256. Good until `used_at` is set."""

    id = fields.BigIntField(primary_key=True, generated=False)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("fedinote.User", related_name="recovery_codes")
    user_id: int
    code_hash = fields.CharField(64)
    used_at = TimeField(null=True)

    class Meta:
        table = "recovery_codes"
        unique_together = (("user", "code_hash"),)


class Passkey(Model):
    """A public key of a person (WebAuthn, Level 3). `credential_id` and `public_key` (COSE) are base64url.

    `backed_up`: it is kept on several devices. `transports` is a list of WebAuthn's words, a hint for browsers.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("fedinote.User", related_name="passkeys")
    user_id: int
    credential_id = fields.CharField(1400, unique=True)
    public_key = fields.TextField()
    sign_count = fields.BigIntField(default=0)
    name = fields.CharField(100)
    backed_up = fields.BooleanField(default=False)
    transports = JsonField()
    created_at = TimeField()
    last_used_at = TimeField(null=True)

    class Meta:
        table = "passkeys"
        indexes = (("user",),)


class SpentChallenge(Model):
    """A challenge that a passkey has answered: an answer that was heard is not good again."""

    challenge_hash = fields.CharField(64, primary_key=True)
    expires_at = TimeField()

    class Meta:
        table = "spent_challenges"
