-- The first schema.
CREATE TABLE "choices" (
    "key" VARCHAR(64) NOT NULL PRIMARY KEY,
    "value" TEXT,
    "version" BIGINT NOT NULL,
    "chosen_by" BIGINT,
    "chosen_at" BIGINT NOT NULL
);
CREATE TABLE "jobs" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(64) NOT NULL,
    "args" TEXT NOT NULL,
    "key" VARCHAR(255) UNIQUE,
    "order_key" VARCHAR(64),
    "priority" SMALLINT NOT NULL,
    "run_at" BIGINT NOT NULL,
    "lease_until" BIGINT,
    "starts" INT NOT NULL,
    "failures" INT NOT NULL,
    "error" TEXT,
    "dead_at" BIGINT,
    "created_at" BIGINT NOT NULL
);
CREATE INDEX "idx_jobs_dead_at_f39ede" ON "jobs" ("dead_at", "priority", "run_at", "id");
CREATE INDEX "idx_jobs_order_k_401eb9" ON "jobs" ("order_key", "id");
CREATE TABLE "secrets" (
    "name" VARCHAR(64) NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);
CREATE TABLE "accounts" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "username" VARCHAR(2048) NOT NULL,
    "username_key" VARCHAR(2048) NOT NULL,
    "domain" VARCHAR(255) NOT NULL,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "url" VARCHAR(2048),
    "actor_type" VARCHAR(32) NOT NULL,
    "display_name" VARCHAR(2048) NOT NULL,
    "note" TEXT NOT NULL,
    "note_source" TEXT NOT NULL,
    "fields" TEXT NOT NULL,
    "emojis" TEXT NOT NULL,
    "avatar" VARCHAR(255) NOT NULL,
    "avatar_remote" TEXT NOT NULL,
    "avatar_description" TEXT NOT NULL DEFAULT '',
    "header" VARCHAR(255) NOT NULL,
    "header_remote" TEXT NOT NULL,
    "header_description" TEXT NOT NULL DEFAULT '',
    "locked" INT NOT NULL,
    "discoverable" INT NOT NULL,
    "indexable" INT NOT NULL,
    "hide_collections" INT NOT NULL,
    "show_media" INT NOT NULL DEFAULT 1,
    "show_media_replies" INT NOT NULL DEFAULT 1,
    "show_featured" INT NOT NULL DEFAULT 1,
    "feature_policy" SMALLINT,
    "memorial" INT NOT NULL,
    "machine_translation" VARCHAR(16) NOT NULL DEFAULT 'any',
    "inbox_url" VARCHAR(2048) NOT NULL,
    "shared_inbox_url" VARCHAR(2048) NOT NULL,
    "outbox_url" VARCHAR(2048) NOT NULL,
    "followers_url" VARCHAR(2048) NOT NULL,
    "following_url" VARCHAR(2048) NOT NULL,
    "featured_url" VARCHAR(2048) NOT NULL,
    "featured_tags_url" VARCHAR(2048) NOT NULL,
    "moved_to_uri" VARCHAR(2048),
    "moved_at" BIGINT,
    "also_known_as" TEXT NOT NULL,
    "attribution_domains" TEXT,
    "followers_count" BIGINT NOT NULL,
    "following_count" BIGINT NOT NULL,
    "statuses_count" BIGINT NOT NULL,
    "followers_elsewhere" BIGINT,
    "following_elsewhere" BIGINT,
    "statuses_elsewhere" BIGINT,
    "last_status_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "fetched_at" BIGINT,
    "silenced_at" BIGINT,
    "silenced_by_domain" VARCHAR(255),
    "suspended_at" BIGINT,
    "suspended_by_domain" VARCHAR(255),
    "suspended_by_origin" INT NOT NULL,
    "sensitized_at" BIGINT,
    "vouched_at" BIGINT,
    "deleted_at" BIGINT,
    CONSTRAINT "uid_accounts_usernam_fe3218" UNIQUE ("username_key", "domain")
);
CREATE INDEX "idx_accounts_domain_28e5b3" ON "accounts" ("domain");
CREATE INDEX "idx_accounts_url_fb5fdc" ON "accounts" ("url");
CREATE TABLE "account_keys" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key_id" VARCHAR(2048) NOT NULL UNIQUE,
    "public_pem" TEXT NOT NULL,
    "private_pem" TEXT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_account_key_account_965114" ON "account_keys" ("account_id");
CREATE TABLE "assertion_keys" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key_id" VARCHAR(2048) NOT NULL UNIQUE,
    "multibase" VARCHAR(255) NOT NULL,
    "private_pem" TEXT,
    "expires_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_assertion_k_account_ab9ee5" ON "assertion_keys" ("account_id");
CREATE TABLE "oauth_apps" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "client_id" VARCHAR(64) NOT NULL UNIQUE,
    "secret_hash" VARCHAR(64) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "website" VARCHAR(2048),
    "redirect_uris" TEXT NOT NULL,
    "scopes" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "refused_sign_ups" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "username_key" VARCHAR(64) NOT NULL,
    "email_hash" VARCHAR(64) NOT NULL,
    "password_hash" VARCHAR(255) NOT NULL,
    "text" TEXT NOT NULL,
    "language" VARCHAR(35),
    "created_at" BIGINT NOT NULL
);
CREATE INDEX "idx_refused_sig_usernam_0e70bc" ON "refused_sign_ups" ("username_key");
CREATE INDEX "idx_refused_sig_email_h_1a23a2" ON "refused_sign_ups" ("email_hash");
CREATE INDEX "idx_refused_sig_created_37eda7" ON "refused_sign_ups" ("created_at");
CREATE TABLE "spent_challenges" (
    "challenge_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
    "expires_at" BIGINT NOT NULL
);
CREATE TABLE "users" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "email" VARCHAR(320) NOT NULL UNIQUE,
    "password_hash" VARCHAR(255) NOT NULL,
    "role" VARCHAR(16) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "reason" TEXT NOT NULL,
    "locale" VARCHAR(35) NOT NULL,
    "default_visibility" VARCHAR(16) NOT NULL,
    "default_sensitive" INT NOT NULL,
    "default_language" VARCHAR(35),
    "default_quote_policy" VARCHAR(16) NOT NULL,
    "default_reply_policy" VARCHAR(16) NOT NULL,
    "language_divider" INT NOT NULL DEFAULT 1,
    "greyscale" INT NOT NULL DEFAULT 1,
    "created_at" BIGINT NOT NULL,
    "last_active_at" BIGINT,
    "invited_by_id" BIGINT REFERENCES "users" ("id") ON DELETE SET NULL,
    "made_with_id" BIGINT REFERENCES "oauth_apps" ("id") ON DELETE SET NULL,
    "account_id" BIGINT NOT NULL UNIQUE REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_users_made_wi_f4ce94" ON "users" ("made_with_id");
CREATE INDEX "idx_users_invited_9bd3ec" ON "users" ("invited_by_id");
CREATE TABLE "invites" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "code" VARCHAR(64) NOT NULL UNIQUE,
    "role" VARCHAR(16) NOT NULL,
    "max_uses" INT NOT NULL,
    "uses" INT NOT NULL,
    "expires_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "user_id" BIGINT REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_invites_user_id_f665a8" ON "invites" ("user_id");
CREATE TABLE "oauth_codes" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "code_hash" VARCHAR(64) NOT NULL UNIQUE,
    "redirect_uri" TEXT NOT NULL,
    "scopes" TEXT NOT NULL,
    "challenge" VARCHAR(128),
    "expires_at" BIGINT NOT NULL,
    "token_id" BIGINT,
    "app_id" BIGINT NOT NULL REFERENCES "oauth_apps" ("id") ON DELETE CASCADE,
    "user_id" BIGINT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_oauth_codes_app_id_8fcb36" ON "oauth_codes" ("app_id");
CREATE INDEX "idx_oauth_codes_user_id_be3c8b" ON "oauth_codes" ("user_id");
CREATE TABLE "oauth_tokens" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "token_hash" VARCHAR(64) NOT NULL UNIQUE,
    "scopes" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "last_used_at" BIGINT,
    "revoked_at" BIGINT,
    "app_id" BIGINT NOT NULL REFERENCES "oauth_apps" ("id") ON DELETE CASCADE,
    "user_id" BIGINT REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_oauth_token_user_id_4ba0e0" ON "oauth_tokens" ("user_id");
CREATE INDEX "idx_oauth_token_app_id_cac7dc" ON "oauth_tokens" ("app_id");
CREATE TABLE "passkeys" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "credential_id" VARCHAR(1400) NOT NULL UNIQUE,
    "public_key" TEXT NOT NULL,
    "sign_count" BIGINT NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "backed_up" INT NOT NULL,
    "transports" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "last_used_at" BIGINT,
    "user_id" BIGINT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_passkeys_user_id_6fd10a" ON "passkeys" ("user_id");
CREATE TABLE "recovery_codes" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "code_hash" VARCHAR(64) NOT NULL,
    "used_at" BIGINT,
    "user_id" BIGINT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_recovery_co_user_id_ce49cb" UNIQUE ("user_id", "code_hash")
);
CREATE TABLE "second_factors" (
    "secret" TEXT,
    "confirmed_at" BIGINT,
    "last_step" BIGINT NOT NULL,
    "tries" INT NOT NULL,
    "tries_since" BIGINT,
    "user_id" BIGINT NOT NULL PRIMARY KEY REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE TABLE "sessions" (
    "token_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
    "user_agent" VARCHAR(512) NOT NULL,
    "address" VARCHAR(64) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "last_used_at" BIGINT NOT NULL,
    "confirmed_at" BIGINT,
    "user_id" BIGINT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_sessions_user_id_80072d" ON "sessions" ("user_id");
CREATE TABLE "user_days" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" INT NOT NULL,
    "user_id" BIGINT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_user_days_user_id_d226a8" UNIQUE ("user_id", "day")
);
CREATE INDEX "idx_user_days_day_90b25e" ON "user_days" ("day");
CREATE TABLE "account_domain_blocks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "domain" VARCHAR(255) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_account_dom_account_a39b53" UNIQUE ("account_id", "domain")
);
CREATE TABLE "account_notes" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "comment" TEXT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_account_not_account_b1908c" UNIQUE ("account_id", "target_id")
);
CREATE INDEX "idx_account_not_target__d7ce8a" ON "account_notes" ("target_id");
CREATE TABLE "blocks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_blocks_account_e0a2e9" UNIQUE ("account_id", "target_id")
);
CREATE INDEX "idx_blocks_target__2632ca" ON "blocks" ("target_id");
CREATE TABLE "collections" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "url" VARCHAR(2048),
    "name" VARCHAR(256) NOT NULL,
    "description" TEXT NOT NULL,
    "language" VARCHAR(35),
    "sensitive" INT NOT NULL,
    "discoverable" INT NOT NULL,
    "tag" VARCHAR(255) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "updated_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_collections_account_b1823d" ON "collections" ("account_id");
CREATE TABLE "collection_items" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "state" VARCHAR(16) NOT NULL,
    "uri" VARCHAR(2048) NOT NULL,
    "request_uri" VARCHAR(2048) NOT NULL,
    "approval_uri" VARCHAR(2048) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "collection_id" BIGINT NOT NULL REFERENCES "collections" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_collection__collect_aa5181" UNIQUE ("collection_id", "account_id")
);
CREATE INDEX "idx_collection__account_e960d9" ON "collection_items" ("account_id");
CREATE INDEX "idx_collection__request_c1ca7a" ON "collection_items" ("request_uri");
CREATE TABLE "endorsements" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_endorsement_account_e6cc07" UNIQUE ("account_id", "target_id")
);
CREATE INDEX "idx_endorsement_target__5aacb0" ON "endorsements" ("target_id");
CREATE TABLE "follows" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "accepted" INT NOT NULL,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "reblogs" INT NOT NULL,
    "notify" INT NOT NULL,
    "languages" TEXT,
    "created_at" BIGINT NOT NULL,
    "follower_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_follows_followe_24a996" UNIQUE ("follower_id", "target_id")
);
CREATE INDEX "idx_follows_target__f67c6d" ON "follows" ("target_id", "accepted");
CREATE TABLE "mutes" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "hide_notifications" INT NOT NULL,
    "expires_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_mutes_account_5a4c26" UNIQUE ("account_id", "target_id")
);
CREATE INDEX "idx_mutes_target__2039b2" ON "mutes" ("target_id");
CREATE TABLE "remote_files" (
    "digest" VARCHAR(64) NOT NULL PRIMARY KEY,
    "kind" VARCHAR(16) NOT NULL,
    "owner" BIGINT NOT NULL,
    "account" BIGINT,
    "post" BIGINT,
    "url" TEXT NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "domain" VARCHAR(255) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "preview_key" VARCHAR(255) NOT NULL,
    "bytes" BIGINT NOT NULL,
    "failures" INT NOT NULL,
    "error" TEXT,
    "retry_at" BIGINT,
    "fetched_at" BIGINT NOT NULL,
    "used_at" BIGINT NOT NULL
);
CREATE INDEX "idx_remote_file_used_at_8e4705" ON "remote_files" ("used_at");
CREATE INDEX "idx_remote_file_host_9856ea" ON "remote_files" ("host");
CREATE INDEX "idx_remote_file_account_002512" ON "remote_files" ("account");
CREATE INDEX "idx_remote_file_post_c517d8" ON "remote_files" ("post");
CREATE INDEX "idx_remote_file_kind_dda67d" ON "remote_files" ("kind", "owner");
CREATE TABLE "conversation_mutes" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "conversation_id" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_conversatio_account_844cee" UNIQUE ("account_id", "conversation_id")
);
CREATE TABLE "custom_emojis" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "shortcode" VARCHAR(255) NOT NULL,
    "domain" VARCHAR(255) NOT NULL,
    "uri" VARCHAR(2048),
    "url" TEXT NOT NULL,
    "static_url" TEXT NOT NULL,
    "category" VARCHAR(255),
    "visible" INT NOT NULL,
    "disabled_at" BIGINT,
    "updated_at" BIGINT NOT NULL,
    CONSTRAINT "uid_custom_emoj_shortco_9e2d52" UNIQUE ("shortcode", "domain")
);
CREATE TABLE "idempotency_keys" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "post_id" BIGINT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_idempotency_account_dcfe2e" UNIQUE ("account_id", "key")
);
CREATE TABLE "posts" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "url" VARCHAR(2048),
    "local" INT NOT NULL,
    "object_type" VARCHAR(32) NOT NULL,
    "visibility" VARCHAR(16) NOT NULL,
    "content" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "spoiler_text" TEXT NOT NULL,
    "sensitive" INT NOT NULL,
    "language" VARCHAR(35),
    "shown_language" VARCHAR(35),
    "content_map" TEXT,
    "summary_map" TEXT,
    "translations" TEXT,
    "in_reply_to_account_id" BIGINT,
    "in_reply_to_uri" VARCHAR(2048),
    "conversation_id" BIGINT NOT NULL,
    "mentions" TEXT NOT NULL,
    "tags" TEXT NOT NULL,
    "emojis" TEXT NOT NULL,
    "application" TEXT,
    "media_count" SMALLINT NOT NULL,
    "replies_count" BIGINT NOT NULL,
    "reblogs_count" BIGINT NOT NULL,
    "favourites_count" BIGINT NOT NULL,
    "reactions_count" BIGINT NOT NULL DEFAULT 0,
    "replies_elsewhere" BIGINT,
    "reblogs_elsewhere" BIGINT,
    "favourites_elsewhere" BIGINT,
    "context_uri" VARCHAR(2048),
    "audience_uri" VARCHAR(2048),
    "is_quote" INT,
    "quotes_count" BIGINT NOT NULL DEFAULT 0,
    "quote_policy" SMALLINT,
    "interaction_rules" TEXT,
    "card_id" BIGINT,
    "machine_translation" VARCHAR(16) NOT NULL DEFAULT 'any',
    "imported_from" VARCHAR(2048),
    "created_at" BIGINT NOT NULL,
    "edited_at" BIGINT,
    "translated_at" BIGINT,
    "cleared_at" BIGINT,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "in_reply_to_id" BIGINT REFERENCES "posts" ("id") ON DELETE SET NULL,
    "reblog_of_id" BIGINT REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_posts_reblog__6afee7" UNIQUE ("reblog_of_id", "account_id")
);
CREATE INDEX "idx_posts_account_928097" ON "posts" ("account_id", "id");
CREATE INDEX "idx_posts_in_repl_a8026b" ON "posts" ("in_reply_to_id");
CREATE INDEX "idx_posts_in_repl_93133b" ON "posts" ("in_reply_to_uri");
CREATE INDEX "idx_posts_convers_5a902b" ON "posts" ("conversation_id");
CREATE INDEX "idx_posts_visibil_89d088" ON "posts" ("visibility", "id");
CREATE INDEX "idx_posts_local_686bd9" ON "posts" ("local", "visibility", "id");
CREATE INDEX "idx_posts_url_c18e98" ON "posts" ("url");
CREATE TABLE "media" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(16) NOT NULL,
    "media_type" VARCHAR(128) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "preview_key" VARCHAR(255) NOT NULL,
    "remote_url" TEXT,
    "remote_preview" TEXT,
    "description" TEXT,
    "description_map" TEXT,
    "blurhash" VARCHAR(128),
    "meta" TEXT NOT NULL,
    "title" VARCHAR(200),
    "artist" VARCHAR(200),
    "waveform" VARCHAR(400),
    "position" SMALLINT NOT NULL,
    "cover" INT NOT NULL DEFAULT 0,
    "state" VARCHAR(16) NOT NULL,
    "error" TEXT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT REFERENCES "posts" ("id") ON DELETE SET NULL
);
CREATE INDEX "idx_media_post_id_40cd5e" ON "media" ("post_id");
CREATE INDEX "idx_media_account_c11f7b" ON "media" ("account_id");
CREATE TABLE "media_prints" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "part" VARCHAR(8) NOT NULL,
    "received" VARCHAR(64) NOT NULL,
    "kept" VARCHAR(64) NOT NULL,
    "look" VARCHAR(64) NOT NULL,
    "turned" VARCHAR(448) NOT NULL,
    "quality" SMALLINT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "media_id" BIGINT NOT NULL REFERENCES "media" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_media_print_media_i_fedbe3" UNIQUE ("media_id", "part")
);
CREATE TABLE "bookmarks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_bookmarks_account_6ee168" UNIQUE ("account_id", "post_id")
);
CREATE INDEX "idx_bookmarks_post_id_49f3dd" ON "bookmarks" ("post_id");
CREATE INDEX "idx_bookmarks_account_d697d9" ON "bookmarks" ("account_id", "id");
CREATE TABLE "favourites" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_favourites_account_92c966" UNIQUE ("account_id", "post_id")
);
CREATE INDEX "idx_favourites_post_id_7e8276" ON "favourites" ("post_id");
CREATE INDEX "idx_favourites_account_e1e1c5" ON "favourites" ("account_id", "id");
CREATE TABLE "pins" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_pins_account_a14f1c" UNIQUE ("account_id", "post_id")
);
CREATE INDEX "idx_pins_post_id_c83bb5" ON "pins" ("post_id");
CREATE TABLE "polls" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "options" TEXT NOT NULL,
    "translations" TEXT,
    "multiple" INT NOT NULL,
    "hide_totals" INT NOT NULL,
    "expires_at" BIGINT,
    "voters_count" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL UNIQUE REFERENCES "posts" ("id") ON DELETE CASCADE
);
CREATE TABLE "poll_votes" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "choice" SMALLINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "poll_id" BIGINT NOT NULL REFERENCES "polls" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_poll_votes_poll_id_90c7e6" UNIQUE ("poll_id", "account_id", "choice")
);
CREATE INDEX "idx_poll_votes_account_09a90f" ON "poll_votes" ("account_id");
CREATE TABLE "post_edits" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "content" TEXT NOT NULL,
    "spoiler_text" TEXT NOT NULL,
    "sensitive" INT NOT NULL,
    "language" VARCHAR(35),
    "content_map" TEXT,
    "summary_map" TEXT,
    "translations" TEXT,
    "media" TEXT NOT NULL,
    "poll" TEXT,
    "emojis" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_post_edits_post_id_e7416b" ON "post_edits" ("post_id");
CREATE TABLE "post_mentions" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "silent" INT NOT NULL,
    "blind" INT NOT NULL DEFAULT 0,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_post_mentio_post_id_bd7bb8" UNIQUE ("post_id", "account_id")
);
CREATE INDEX "idx_post_mentio_account_652053" ON "post_mentions" ("account_id", "post_id");
CREATE TABLE "quotes" (
    "quoted_uri" VARCHAR(2048) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "legacy" INT NOT NULL,
    "stamp_uri" VARCHAR(2048),
    "request_uri" VARCHAR(2048),
    "checked_at" BIGINT,
    "quoted_id" BIGINT REFERENCES "posts" ("id") ON DELETE SET NULL,
    "post_id" BIGINT NOT NULL PRIMARY KEY REFERENCES "posts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_quotes_quoted__8a9aca" ON "quotes" ("quoted_id", "state", "post_id");
CREATE INDEX "idx_quotes_stamp_u_2da2d3" ON "quotes" ("stamp_uri");
CREATE INDEX "idx_quotes_request_ae53f5" ON "quotes" ("request_uri");
CREATE INDEX "idx_quotes_state_9fb1de" ON "quotes" ("state", "checked_at");
CREATE TABLE "reactions" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "key" VARCHAR(400) NOT NULL,
    "name" VARCHAR(400) NOT NULL,
    "url" TEXT,
    "static_url" TEXT,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_reactions_account_045adb" UNIQUE ("account_id", "post_id", "key")
);
CREATE INDEX "idx_reactions_post_id_118a30" ON "reactions" ("post_id", "key");
CREATE TABLE "scheduled_posts" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "params" TEXT NOT NULL,
    "due" BIGINT NOT NULL,
    "idempotency_key" VARCHAR(255),
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_scheduled_p_account_963c88" UNIQUE ("account_id", "idempotency_key")
);
CREATE INDEX "idx_scheduled_p_account_e6dea4" ON "scheduled_posts" ("account_id", "due");
CREATE TABLE "tags" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "name" VARCHAR(255) NOT NULL UNIQUE,
    "display" VARCHAR(255) NOT NULL,
    "usable" INT,
    "trendable" INT,
    "listable" INT,
    "reviewed_at" BIGINT,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "featured_tags" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "tag_id" BIGINT NOT NULL REFERENCES "tags" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_featured_ta_account_7a9fd1" UNIQUE ("account_id", "tag_id")
);
CREATE INDEX "idx_featured_ta_tag_id_819e89" ON "featured_tags" ("tag_id");
CREATE TABLE "post_tags" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    "tag_id" BIGINT NOT NULL REFERENCES "tags" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_post_tags_tag_id_e8aa60" UNIQUE ("tag_id", "post_id")
);
CREATE INDEX "idx_post_tags_post_id_1a5bb8" ON "post_tags" ("post_id");
CREATE TABLE "tombstones" (
    "uri" VARCHAR(2048) NOT NULL PRIMARY KEY,
    "former_type" VARCHAR(32),
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "boards" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "url" VARCHAR(2048) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "description" TEXT NOT NULL,
    "language" VARCHAR(35),
    "created_at" BIGINT NOT NULL,
    "updated_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "cover_post_id" BIGINT REFERENCES "posts" ("id") ON DELETE SET NULL
);
CREATE INDEX "idx_boards_account_6b74b8" ON "boards" ("account_id", "id");
CREATE INDEX "idx_boards_cover_p_aa7954" ON "boards" ("cover_post_id");
CREATE TABLE "board_items" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "position" BIGINT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "board_id" BIGINT NOT NULL REFERENCES "boards" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_board_items_board_i_334bf4" UNIQUE ("board_id", "post_id")
);
CREATE INDEX "idx_board_items_board_i_c3749c" ON "board_items" ("board_id", "position", "id");
CREATE INDEX "idx_board_items_post_id_9bac10" ON "board_items" ("post_id");
CREATE TABLE "board_refusals" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "board_id" BIGINT NOT NULL REFERENCES "boards" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_board_refus_board_i_a6f50d" UNIQUE ("board_id", "account_id")
);
CREATE INDEX "idx_board_refus_account_66d9c7" ON "board_refusals" ("account_id");
CREATE TABLE "imported_posts" (
    "original_uri" VARCHAR(2048) NOT NULL,
    "original_url" VARCHAR(2048) NOT NULL,
    "original_visibility" VARCHAR(16) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL PRIMARY KEY REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_imported_po_account_d2d8da" UNIQUE ("account_id", "original_uri")
);
CREATE TABLE "annual_reports" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "year" SMALLINT NOT NULL,
    "data" TEXT,
    "read_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_annual_repo_account_bef267" UNIQUE ("account_id", "year")
);
CREATE TABLE "held_posts" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "uri" VARCHAR(2048) UNIQUE,
    "content" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "former" VARCHAR(16) NOT NULL DEFAULT '',
    "present" INT NOT NULL DEFAULT 0,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT REFERENCES "posts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_held_posts_created_6506ac" ON "held_posts" ("created_at");
CREATE INDEX "idx_held_posts_account_d48c56" ON "held_posts" ("account_id");
CREATE INDEX "idx_held_posts_post_id_daa788" ON "held_posts" ("post_id");
CREATE TABLE "unfinished_posts" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "content" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "updated_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_unfinished__account_9f129a" ON "unfinished_posts" ("account_id", "updated_at");
CREATE TABLE "preview_cards" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "link" VARCHAR(2048) NOT NULL UNIQUE,
    "state" VARCHAR(16) NOT NULL,
    "url" VARCHAR(2048) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "language" VARCHAR(35),
    "author_name" TEXT NOT NULL,
    "author_url" TEXT NOT NULL,
    "creator" VARCHAR(512) NOT NULL,
    "author_id" BIGINT,
    "provider_name" TEXT NOT NULL,
    "provider_url" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "embed_url" TEXT NOT NULL,
    "width" INT NOT NULL,
    "height" INT NOT NULL,
    "image" TEXT,
    "image_description" TEXT NOT NULL,
    "published_at" BIGINT,
    "fetched_at" BIGINT,
    "created_at" BIGINT NOT NULL
);
CREATE INDEX "idx_preview_car_url_661071" ON "preview_cards" ("url");
CREATE TABLE "post_links" (
    "card_id" BIGINT NOT NULL REFERENCES "preview_cards" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL PRIMARY KEY REFERENCES "posts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_post_links_card_id_2dc395" ON "post_links" ("card_id", "post_id");
CREATE TABLE "lists" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "title" VARCHAR(256) NOT NULL,
    "replies_policy" VARCHAR(16) NOT NULL,
    "exclusive" INT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_lists_account_476a9b" ON "lists" ("account_id");
CREATE TABLE "conversations" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "conversation_id" BIGINT NOT NULL,
    "participants" TEXT NOT NULL,
    "last_post_id" BIGINT,
    "unread" INT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_conversatio_account_0522dd" UNIQUE ("account_id", "conversation_id")
);
CREATE INDEX "idx_conversatio_account_03afa0" ON "conversations" ("account_id", "last_post_id");
CREATE INDEX "idx_conversatio_last_po_18939f" ON "conversations" ("last_post_id");
CREATE TABLE "dismissed_suggestions" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_dismissed_s_account_01982e" UNIQUE ("account_id", "target_id")
);
CREATE INDEX "idx_dismissed_s_target__f40beb" ON "dismissed_suggestions" ("target_id");
CREATE TABLE "filters" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "title" VARCHAR(256) NOT NULL,
    "context" TEXT NOT NULL,
    "action" VARCHAR(16) NOT NULL,
    "expires_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_filters_account_2cab11" ON "filters" ("account_id");
CREATE TABLE "filter_keywords" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "keyword" VARCHAR(512) NOT NULL,
    "whole_word" INT NOT NULL,
    "of_filter_id" BIGINT NOT NULL REFERENCES "filters" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_filter_keyw_of_filt_18ed65" ON "filter_keywords" ("of_filter_id");
CREATE TABLE "filter_statuses" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "of_filter_id" BIGINT NOT NULL REFERENCES "filters" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_filter_stat_of_filt_31890f" UNIQUE ("of_filter_id", "post_id")
);
CREATE INDEX "idx_filter_stat_post_id_21606c" ON "filter_statuses" ("post_id");
CREATE TABLE "followed_tags" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "tag_id" BIGINT NOT NULL REFERENCES "tags" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_followed_ta_account_1b6b7e" UNIQUE ("account_id", "tag_id")
);
CREATE INDEX "idx_followed_ta_tag_id_ec54b2" ON "followed_tags" ("tag_id");
CREATE TABLE "home_entries" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "author_id" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_home_entrie_account_1b4d52" UNIQUE ("account_id", "post_id")
);
CREATE INDEX "idx_home_entrie_post_id_3338ff" ON "home_entries" ("post_id");
CREATE INDEX "idx_home_entrie_account_0311ec" ON "home_entries" ("account_id", "author_id");
CREATE TABLE "list_members" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "of_list_id" BIGINT NOT NULL REFERENCES "lists" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_list_member_of_list_f289c0" UNIQUE ("of_list_id", "account_id")
);
CREATE INDEX "idx_list_member_account_e5d939" ON "list_members" ("account_id");
CREATE TABLE "markers" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "timeline" VARCHAR(32) NOT NULL,
    "last_read_id" BIGINT NOT NULL,
    "version" INT NOT NULL,
    "updated_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_markers_account_19d1b2" UNIQUE ("account_id", "timeline")
);
CREATE TABLE "topics" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "slug" VARCHAR(64) NOT NULL UNIQUE,
    "titles" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "updated_at" BIGINT NOT NULL
);
CREATE TABLE "followed_topics" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "expand" INT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "topic_id" BIGINT NOT NULL REFERENCES "topics" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_followed_to_account_5d96e1" UNIQUE ("account_id", "topic_id")
);
CREATE INDEX "idx_followed_to_topic_i_e01982" ON "followed_topics" ("topic_id");
CREATE TABLE "topic_tags" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "tag_id" BIGINT NOT NULL REFERENCES "tags" ("id") ON DELETE CASCADE,
    "topic_id" BIGINT NOT NULL REFERENCES "topics" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_topic_tags_tag_id_5b3874" UNIQUE ("tag_id")
);
CREATE INDEX "idx_topic_tags_topic_i_0f9d55" ON "topic_tags" ("topic_id");
CREATE TABLE "trends" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "subject_id" BIGINT NOT NULL,
    "score" REAL NOT NULL,
    CONSTRAINT "uid_trends_kind_a76cee" UNIQUE ("kind", "subject_id")
);
CREATE INDEX "idx_trends_kind_4c29c5" ON "trends" ("kind", "score");
CREATE TABLE "trend_reviews" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(16) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "allowed" INT,
    "reviewed_at" BIGINT,
    CONSTRAINT "uid_trend_revie_kind_91eaef" UNIQUE ("kind", "subject")
);
CREATE TABLE "account_warnings" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "action" VARCHAR(32) NOT NULL,
    "text" TEXT NOT NULL,
    "post_ids" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_account_war_account_a83f00" ON "account_warnings" ("account_id");
CREATE TABLE "notifications" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(32) NOT NULL,
    "subject" VARCHAR(32) NOT NULL,
    "filtered" INT NOT NULL DEFAULT 0,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "from_account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_notificatio_account_200c1f" UNIQUE ("account_id", "kind", "from_account_id", "subject")
);
CREATE INDEX "idx_notificatio_account_f14d6c" ON "notifications" ("account_id", "id");
CREATE INDEX "idx_notificatio_post_id_af941b" ON "notifications" ("post_id");
CREATE INDEX "idx_notificatio_from_ac_96348b" ON "notifications" ("from_account_id");
CREATE TABLE "notification_permissions" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "from_account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_notificatio_account_c59cf0" UNIQUE ("account_id", "from_account_id")
);
CREATE INDEX "idx_notificatio_from_ac_08cb38" ON "notification_permissions" ("from_account_id");
CREATE TABLE "notification_policies" (
    "for_not_following" INT NOT NULL,
    "for_not_followers" INT NOT NULL,
    "for_new_accounts" INT NOT NULL,
    "for_private_mentions" INT NOT NULL,
    "for_limited_accounts" INT NOT NULL,
    "for_bots" INT NOT NULL,
    "for_strangers" INT NOT NULL DEFAULT 0,
    "new_account_days" INT NOT NULL DEFAULT 30,
    "account_id" BIGINT NOT NULL PRIMARY KEY REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE TABLE "notification_requests" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL,
    "updated_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "from_account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_notificatio_account_88d65c" UNIQUE ("account_id", "from_account_id")
);
CREATE INDEX "idx_notificatio_account_450929" ON "notification_requests" ("account_id", "id");
CREATE INDEX "idx_notificatio_from_ac_b2cb25" ON "notification_requests" ("from_account_id");
CREATE TABLE "push_subscriptions" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "p256dh" VARCHAR(128) NOT NULL,
    "auth" VARCHAR(64) NOT NULL,
    "standard" INT NOT NULL,
    "alerts" TEXT NOT NULL,
    "policy" VARCHAR(16) NOT NULL,
    "sealed_token" TEXT NOT NULL,
    "failures" INT NOT NULL,
    "retry_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "session_id" VARCHAR(64) UNIQUE REFERENCES "sessions" ("token_hash") ON DELETE CASCADE,
    "token_id" BIGINT UNIQUE REFERENCES "oauth_tokens" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_push_subscr_account_0cea52" ON "push_subscriptions" ("account_id");
CREATE TABLE "severances" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(32) NOT NULL,
    "target_name" VARCHAR(2048) NOT NULL,
    "followers_count" INT NOT NULL,
    "following_count" INT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_severances_account_73f643" ON "severances" ("account_id");
CREATE TABLE "severed_follows" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "side" VARCHAR(9) NOT NULL,
    "reblogs" INT NOT NULL,
    "notify" INT NOT NULL,
    "languages" TEXT,
    "other_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "severance_id" BIGINT NOT NULL REFERENCES "severances" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_severed_fol_severan_425fab" UNIQUE ("severance_id", "side", "other_id")
);
CREATE INDEX "idx_severed_fol_other_i_2344e8" ON "severed_follows" ("other_id");
CREATE TABLE "account_translations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "target" VARCHAR(35) NOT NULL,
    "version" VARCHAR(16) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "source" VARCHAR(35) NOT NULL,
    "note" TEXT NOT NULL,
    "fields" TEXT NOT NULL,
    "mark" TEXT NOT NULL,
    "engine" VARCHAR(255) NOT NULL,
    "location" VARCHAR(16) NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "tries" INT NOT NULL,
    "made_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_account_tra_account_ad3de0" UNIQUE ("account_id", "target")
);
CREATE INDEX "idx_account_tra_made_at_fbe60f" ON "account_translations" ("made_at");
CREATE TABLE "post_translations" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "target" VARCHAR(35) NOT NULL,
    "version" BIGINT NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "source" VARCHAR(35) NOT NULL,
    "content" TEXT NOT NULL,
    "spoiler_text" TEXT NOT NULL,
    "options" TEXT NOT NULL,
    "descriptions" TEXT NOT NULL,
    "mark" TEXT NOT NULL,
    "told" TEXT NOT NULL,
    "engine" VARCHAR(255) NOT NULL,
    "location" VARCHAR(16) NOT NULL,
    "kind" VARCHAR(16) NOT NULL,
    "tries" INT NOT NULL,
    "made_at" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_post_transl_post_id_cb44fb" UNIQUE ("post_id", "target")
);
CREATE INDEX "idx_post_transl_made_at_d4f7fd" ON "post_translations" ("made_at");
CREATE TABLE "translations" (
    "key" VARCHAR(64) NOT NULL PRIMARY KEY,
    "origin" VARCHAR(64) NOT NULL DEFAULT '',
    "engine" VARCHAR(255) NOT NULL,
    "source" VARCHAR(35) NOT NULL,
    "target" VARCHAR(35) NOT NULL,
    "texts" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "hits" BIGINT NOT NULL DEFAULT 0,
    "used_at" BIGINT
);
CREATE INDEX "idx_translation_used_at_3353b0" ON "translations" ("used_at");
CREATE INDEX "idx_translation_origin_3d883f" ON "translations" ("origin");
CREATE TABLE "translation_allowances" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" INT NOT NULL,
    "characters" BIGINT NOT NULL DEFAULT 0,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_translation_account_fe3732" UNIQUE ("account_id", "day")
);
CREATE TABLE "translation_days" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" INT NOT NULL,
    "engine" VARCHAR(255) NOT NULL,
    "location" VARCHAR(16) NOT NULL,
    "calls" BIGINT NOT NULL DEFAULT 0,
    "failures" BIGINT NOT NULL DEFAULT 0,
    "texts" BIGINT NOT NULL DEFAULT 0,
    "characters" BIGINT NOT NULL DEFAULT 0,
    "charged" BIGINT NOT NULL DEFAULT 0,
    "hits" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "uid_translation_day_deaa1c" UNIQUE ("day", "engine", "location")
);
CREATE TABLE "translation_exceptions" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "rule" VARCHAR(8) NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "author_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_translation_account_15575b" UNIQUE ("account_id", "author_id")
);
CREATE INDEX "idx_translation_author__75fea6" ON "translation_exceptions" ("author_id");
CREATE TABLE "translation_preferences" (
    "mode" VARCHAR(16) NOT NULL,
    "target" VARCHAR(35) NOT NULL,
    "understood" TEXT NOT NULL,
    "languages" TEXT NOT NULL,
    "automatic" INT NOT NULL,
    "updated_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL PRIMARY KEY REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE TABLE "translation_ledger" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "made_at" BIGINT NOT NULL,
    "engine" VARCHAR(255) NOT NULL,
    "location" VARCHAR(16) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "texts" INT NOT NULL,
    "characters" INT NOT NULL,
    "source" VARCHAR(35) NOT NULL,
    "target" VARCHAR(35) NOT NULL,
    "purpose" VARCHAR(16) NOT NULL,
    "visibility" VARCHAR(16) NOT NULL
);
CREATE INDEX "idx_translation_made_at_1c1d20" ON "translation_ledger" ("made_at");
CREATE TABLE "glossary_entries" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "term" VARCHAR(64) NOT NULL,
    "key" VARCHAR(128) NOT NULL,
    "origin" VARCHAR(35) NOT NULL,
    "languages" TEXT NOT NULL,
    "meanings" TEXT NOT NULL,
    "translations" TEXT NOT NULL,
    "keep" INT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "updated_at" BIGINT NOT NULL,
    CONSTRAINT "uid_glossary_en_key_9e1517" UNIQUE ("key", "origin")
);
CREATE INDEX "idx_glossary_en_updated_85bd93" ON "glossary_entries" ("updated_at");
CREATE TABLE "glossary_proposals" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "entry" TEXT NOT NULL,
    "comment" VARCHAR(500) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "decided_at" BIGINT,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_glossary_pr_state_984f32" ON "glossary_proposals" ("state", "id");
CREATE INDEX "idx_glossary_pr_account_3b806c" ON "glossary_proposals" ("account_id", "id");
CREATE TABLE "translation_suggestions" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "language" VARCHAR(35) NOT NULL,
    "draft" TEXT NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "decided_at" BIGINT,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_translation_post_id_bbd080" ON "translation_suggestions" ("post_id", "state", "id");
CREATE INDEX "idx_translation_account_ffc49f" ON "translation_suggestions" ("account_id", "state", "id");
CREATE TABLE "canonical_email_blocks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "hash" VARCHAR(64) NOT NULL UNIQUE,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT REFERENCES "accounts" ("id") ON DELETE SET NULL
);
CREATE INDEX "idx_canonical_e_account_d385ff" ON "canonical_email_blocks" ("account_id");
CREATE TABLE "domain_allows" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "domain" VARCHAR(255) NOT NULL UNIQUE,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "domain_blocks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "domain" VARCHAR(255) NOT NULL UNIQUE,
    "severity" VARCHAR(16) NOT NULL,
    "reject_media" INT NOT NULL,
    "reject_reports" INT NOT NULL,
    "followers_only" INT NOT NULL DEFAULT 0,
    "warning" VARCHAR(200) NOT NULL DEFAULT '',
    "obfuscate" INT NOT NULL,
    "private_comment" TEXT NOT NULL,
    "public_comment" TEXT NOT NULL,
    "expires_at" BIGINT,
    "created_at" BIGINT NOT NULL
);
CREATE INDEX "idx_domain_bloc_expires_c36ed5" ON "domain_blocks" ("expires_at");
CREATE TABLE "email_domain_blocks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "domain" VARCHAR(255) NOT NULL UNIQUE,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "email_domain_attempts" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" INT NOT NULL,
    "visitor" VARCHAR(64) NOT NULL,
    "uses" INT NOT NULL,
    "block_id" BIGINT NOT NULL REFERENCES "email_domain_blocks" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_email_domai_block_i_4dcd3a" UNIQUE ("block_id", "day", "visitor")
);
CREATE INDEX "idx_email_domai_day_b1ce62" ON "email_domain_attempts" ("day");
CREATE TABLE "ip_blocks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "network" VARCHAR(64) NOT NULL UNIQUE,
    "severity" VARCHAR(32) NOT NULL,
    "comment" TEXT NOT NULL,
    "expires_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "changed_at" BIGINT NOT NULL
);
CREATE INDEX "idx_ip_blocks_changed_b15df0" ON "ip_blocks" ("changed_at");
CREATE TABLE "picture_sets" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "name" VARCHAR(100) NOT NULL UNIQUE,
    "source" VARCHAR(200) NOT NULL,
    "reason" VARCHAR(500) NOT NULL,
    "version" INT NOT NULL,
    "removals" INT NOT NULL,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "known_pictures" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(8) NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "label" VARCHAR(200) NOT NULL,
    "source" VARCHAR(200) NOT NULL,
    "reason" VARCHAR(500) NOT NULL,
    "added_by" BIGINT,
    "created_at" BIGINT NOT NULL,
    "set_id" BIGINT NOT NULL REFERENCES "picture_sets" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_known_pictu_set_id_6cb8d8" UNIQUE ("set_id", "kind", "hash")
);
CREATE INDEX "idx_known_pictu_set_id_f9189f" ON "known_pictures" ("set_id", "id");
CREATE TABLE "rules" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(16) NOT NULL,
    "terms" TEXT NOT NULL,
    "action" VARCHAR(16) NOT NULL,
    "origin" VARCHAR(8) NOT NULL,
    "spares" VARCHAR(16) NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "reason" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "owner_id" BIGINT,
    "expires_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "updated_at" BIGINT NOT NULL
);
CREATE TABLE "rule_hits" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "account_id" BIGINT NOT NULL,
    "uri" VARCHAR(2048) NOT NULL,
    "action" VARCHAR(16) NOT NULL,
    "why" VARCHAR(500) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "rule_id" BIGINT NOT NULL REFERENCES "rules" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_rule_hits_account_ec1b13" ON "rule_hits" ("account_id");
CREATE INDEX "idx_rule_hits_rule_id_4146f7" ON "rule_hits" ("rule_id", "id");
CREATE TABLE "rule_measures" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "version" BIGINT NOT NULL,
    "action" VARCHAR(16) NOT NULL,
    "former" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "undone_at" BIGINT,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    "rule_id" BIGINT NOT NULL REFERENCES "rules" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_rule_measur_post_id_73b4b7" UNIQUE ("post_id", "rule_id", "version")
);
CREATE INDEX "idx_rule_measur_rule_id_488d52" ON "rule_measures" ("rule_id", "id");
CREATE TABLE "rule_trials" (
    "version" VARCHAR(32) NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "days" INT NOT NULL,
    "since" BIGINT NOT NULL,
    "reached" BIGINT NOT NULL,
    "found" TEXT NOT NULL,
    "problem" VARCHAR(500) NOT NULL,
    "started_at" BIGINT NOT NULL,
    "ended_at" BIGINT,
    "rule_id" BIGINT NOT NULL PRIMARY KEY REFERENCES "rules" ("id") ON DELETE CASCADE
);
CREATE TABLE "server_trust" (
    "domain" VARCHAR(255) NOT NULL PRIMARY KEY,
    "state" VARCHAR(8) NOT NULL,
    "why" VARCHAR(200) NOT NULL,
    "source_id" BIGINT,
    "decided_by" BIGINT,
    "decided_at" BIGINT NOT NULL
);
CREATE TABLE "audit_log" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "action" VARCHAR(64) NOT NULL,
    "target_type" VARCHAR(32) NOT NULL,
    "target" VARCHAR(2048) NOT NULL,
    "detail" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "actor_id" BIGINT REFERENCES "accounts" ("id") ON DELETE SET NULL
);
CREATE INDEX "idx_audit_log_target__d81e1a" ON "audit_log" ("target_type", "target");
CREATE INDEX "idx_audit_log_actor_i_3f2ecd" ON "audit_log" ("actor_id");
CREATE TABLE "batch_items" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "batch" BIGINT NOT NULL,
    "what" VARCHAR(8) NOT NULL,
    "deed" VARCHAR(16) NOT NULL,
    "ref" BIGINT NOT NULL,
    "post_id" BIGINT,
    "statement_id" BIGINT,
    "uri" VARCHAR(2048) NOT NULL,
    "content" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "undone_at" BIGINT,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_batch_items_created_574d3f" ON "batch_items" ("created_at");
CREATE INDEX "idx_batch_items_batch_476593" ON "batch_items" ("batch", "id");
CREATE INDEX "idx_batch_items_account_1bdb96" ON "batch_items" ("account_id");
CREATE TABLE "account_remarks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "author_id" BIGINT,
    "text" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_account_rem_account_86eb8e" ON "account_remarks" ("account_id", "id");
CREATE TABLE "reports" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "post_ids" TEXT NOT NULL,
    "rule_ids" TEXT NOT NULL,
    "category" VARCHAR(16) NOT NULL,
    "comment" TEXT NOT NULL,
    "forwarded" INT NOT NULL,
    "uri" VARCHAR(2048),
    "languages" VARCHAR(255) NOT NULL DEFAULT '',
    "assigned_to_id" BIGINT,
    "action_taken_at" BIGINT,
    "action_taken_by_id" BIGINT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_reports_uri_d64366" UNIQUE ("uri", "target_id")
);
CREATE INDEX "idx_reports_action__c83618" ON "reports" ("action_taken_at", "id");
CREATE INDEX "idx_reports_target__e8d1e6" ON "reports" ("target_id");
CREATE INDEX "idx_reports_account_aff772" ON "reports" ("account_id");
CREATE TABLE "report_notes" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "author_id" BIGINT,
    "text" TEXT NOT NULL,
    "to_reporter" INT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "report_id" BIGINT NOT NULL REFERENCES "reports" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_report_note_report__c81139" ON "report_notes" ("report_id", "id");
CREATE TABLE "statements" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "local" INT NOT NULL,
    "action" VARCHAR(32) NOT NULL,
    "text" TEXT NOT NULL,
    "language" VARCHAR(35),
    "translated" TEXT NOT NULL DEFAULT '',
    "translated_to" VARCHAR(35),
    "translated_by" VARCHAR(255) NOT NULL DEFAULT '',
    "rule_ids" TEXT NOT NULL,
    "category" VARCHAR(16) NOT NULL,
    "automated" INT NOT NULL,
    "rule_id" BIGINT,
    "report_id" BIGINT,
    "post_ids" TEXT NOT NULL,
    "moderator_id" BIGINT,
    "created_at" BIGINT NOT NULL,
    "lifted_at" BIGINT,
    "lifted_by_id" BIGINT,
    "lifted_why" VARCHAR(16) NOT NULL,
    "purge_at" BIGINT,
    "account_id" BIGINT REFERENCES "accounts" ("id") ON DELETE SET NULL
);
CREATE INDEX "idx_statements_account_c6ac7e" ON "statements" ("account_id", "action");
CREATE INDEX "idx_statements_created_ce5d5b" ON "statements" ("created_at");
CREATE INDEX "idx_statements_purge_a_2114e0" ON "statements" ("purge_at");
CREATE TABLE "appeals" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "state" VARCHAR(8) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "decided_at" BIGINT,
    "decided_by_id" BIGINT,
    "statement_id" BIGINT NOT NULL UNIQUE REFERENCES "statements" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_appeals_state_5a8be9" ON "appeals" ("state", "id");
CREATE TABLE "appeal_messages" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "by_staff" INT NOT NULL,
    "text" TEXT NOT NULL,
    "language" VARCHAR(35),
    "created_at" BIGINT NOT NULL,
    "appeal_id" BIGINT NOT NULL REFERENCES "appeals" ("id") ON DELETE CASCADE,
    "author_id" BIGINT REFERENCES "accounts" ("id") ON DELETE SET NULL
);
CREATE INDEX "idx_appeal_mess_appeal__16608f" ON "appeal_messages" ("appeal_id", "id");
CREATE INDEX "idx_appeal_mess_author__7c94f3" ON "appeal_messages" ("author_id");
CREATE TABLE "announcements" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "source" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "mentions" TEXT NOT NULL,
    "tags" TEXT NOT NULL,
    "emojis" TEXT NOT NULL,
    "statuses" TEXT NOT NULL,
    "starts_at" BIGINT,
    "ends_at" BIGINT,
    "all_day" INT NOT NULL,
    "shown_from" BIGINT,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "announcement_emojis" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "key" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "announcement_id" BIGINT NOT NULL REFERENCES "announcements" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_announcemen_announc_3cf9e4" UNIQUE ("announcement_id", "key")
);
CREATE TABLE "announcement_reactions" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "emoji_id" BIGINT NOT NULL REFERENCES "announcement_emojis" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_announcemen_emoji_i_1ef0dc" UNIQUE ("emoji_id", "account_id")
);
CREATE INDEX "idx_announcemen_account_3efcdb" ON "announcement_reactions" ("account_id");
CREATE TABLE "announcement_reads" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "announcement_id" BIGINT NOT NULL REFERENCES "announcements" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_announcemen_announc_916072" UNIQUE ("announcement_id", "account_id")
);
CREATE INDEX "idx_announcemen_account_7a11e0" ON "announcement_reads" ("account_id");
CREATE TABLE "first_steps" (
    "name" VARCHAR(32) NOT NULL PRIMARY KEY,
    "state" VARCHAR(16) NOT NULL,
    "at" BIGINT NOT NULL
);
CREATE TABLE "house_rules" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "position" INT NOT NULL,
    "text" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "translations" TEXT NOT NULL,
    "removed_at" BIGINT
);
CREATE TABLE "list_sources" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(8) NOT NULL,
    "url" VARCHAR(2048) NOT NULL UNIQUE,
    "title" VARCHAR(200) NOT NULL,
    "ceiling" VARCHAR(16) NOT NULL,
    "automatic" INT NOT NULL,
    "days" INT,
    "cursor" VARCHAR(2048) NOT NULL,
    "problem" TEXT NOT NULL,
    "read_at" BIGINT,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "list_entries" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "domain" VARCHAR(255) NOT NULL,
    "severity" VARCHAR(16) NOT NULL,
    "reject_media" INT NOT NULL,
    "reject_reports" INT NOT NULL,
    "reason" TEXT NOT NULL,
    "labels" TEXT NOT NULL,
    "advisory" INT NOT NULL,
    "accepted" INT NOT NULL,
    "key" VARCHAR(2048) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "block_id" BIGINT,
    "terms" TEXT,
    "created_at" BIGINT NOT NULL,
    "seen_at" BIGINT NOT NULL,
    "expires_at" BIGINT,
    "source_id" BIGINT NOT NULL REFERENCES "list_sources" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_list_entrie_source__f98671" UNIQUE ("source_id", "domain")
);
CREATE INDEX "idx_list_entrie_state_c3fcee" ON "list_entries" ("state", "id");
CREATE INDEX "idx_list_entrie_domain_2ec95b" ON "list_entries" ("domain");
CREATE INDEX "idx_list_entrie_expires_9170f7" ON "list_entries" ("expires_at");
CREATE TABLE "domain_changes" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "batch" BIGINT NOT NULL,
    "listing" VARCHAR(8) NOT NULL,
    "domain" VARCHAR(255) NOT NULL,
    "before" TEXT,
    "after" TEXT,
    "cause" VARCHAR(250) NOT NULL,
    "actor_id" BIGINT,
    "created_at" BIGINT NOT NULL,
    "undone_at" BIGINT
);
CREATE INDEX "idx_domain_chan_batch_9326ef" ON "domain_changes" ("batch");
CREATE INDEX "idx_domain_chan_domain_c0a677" ON "domain_changes" ("domain", "id");
CREATE INDEX "idx_domain_chan_created_30db55" ON "domain_changes" ("created_at");
CREATE TABLE "domain_imports" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "listing" VARCHAR(8) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "actor_id" BIGINT,
    "working" INT NOT NULL,
    "created_at" BIGINT NOT NULL
);
CREATE INDEX "idx_domain_impo_created_4d4122" ON "domain_imports" ("created_at");
CREATE TABLE "domain_import_rows" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "line" INT NOT NULL,
    "domain" VARCHAR(255) NOT NULL,
    "terms" TEXT,
    "state" VARCHAR(8) NOT NULL,
    "problem" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "of_import_id" BIGINT NOT NULL REFERENCES "domain_imports" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_domain_impo_of_impo_4923d0" ON "domain_import_rows" ("of_import_id", "state", "line");
CREATE TABLE "interaction_approvals" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(16) NOT NULL,
    "interaction_uri" VARCHAR(2048) NOT NULL UNIQUE,
    "state" VARCHAR(16) NOT NULL,
    "request_uri" VARCHAR(2048),
    "authorization_uri" VARCHAR(2048),
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_interaction_request_6b8c63" ON "interaction_approvals" ("request_uri");
CREATE INDEX "idx_interaction_post_id_dc44d4" ON "interaction_approvals" ("post_id");
CREATE INDEX "idx_interaction_account_549f0b" ON "interaction_approvals" ("account_id");
CREATE TABLE "client_activities" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "body" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_client_acti_account_0909fb" ON "client_activities" ("account_id", "id");
CREATE TABLE "delivery_log" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "about" VARCHAR(2048) NOT NULL,
    "activity" VARCHAR(2200) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "inbox" VARCHAR(2048) NOT NULL,
    "at" BIGINT NOT NULL,
    "said" TEXT NOT NULL
);
CREATE INDEX "idx_delivery_lo_about_7b63bf" ON "delivery_log" ("about");
CREATE INDEX "idx_delivery_lo_at_509b4b" ON "delivery_log" ("at");
CREATE TABLE "hosts" (
    "host" VARCHAR(255) NOT NULL PRIMARY KEY,
    "failures" INT NOT NULL,
    "failure_days" INT NOT NULL,
    "last_failure_day" INT NOT NULL,
    "retry_at" BIGINT,
    "unavailable_at" BIGINT,
    "last_seen_at" BIGINT,
    "signature_scheme" VARCHAR(16),
    "scheme_at" BIGINT,
    "stopped_at" BIGINT,
    "first_failed_at" BIGINT,
    "error" TEXT,
    "software" VARCHAR(64),
    "software_at" BIGINT
);
CREATE TABLE "outgoing_activities" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "account_id" BIGINT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "deliveries" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "inbox" VARCHAR(2048) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "order_key" VARCHAR(2048) NOT NULL,
    "parting" INT NOT NULL DEFAULT 0,
    "attempts" INT NOT NULL,
    "next_at" BIGINT NOT NULL,
    "lease_until" BIGINT,
    "error" TEXT,
    "dead_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "outgoing_id" BIGINT NOT NULL REFERENCES "outgoing_activities" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_deliveries_outgoin_cb879b" UNIQUE ("outgoing_id", "inbox")
);
CREATE INDEX "idx_deliveries_host_0711a2" ON "deliveries" ("host", "next_at");
CREATE INDEX "idx_deliveries_dead_at_011899" ON "deliveries" ("dead_at", "next_at");
CREATE INDEX "idx_deliveries_inbox_b74697" ON "deliveries" ("inbox", "order_key");
CREATE TABLE "post_readers" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_post_reader_post_id_e45399" UNIQUE ("post_id", "account_id")
);
CREATE INDEX "idx_post_reader_account_d772f5" ON "post_readers" ("account_id");
CREATE TABLE "received_activities" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "signer_host" VARCHAR(255) NOT NULL,
    "activity_id" VARCHAR(2048) NOT NULL,
    "signer" VARCHAR(2048) NOT NULL,
    "object_id" VARCHAR(2048),
    "body" TEXT,
    "outcome" TEXT,
    "received_at" BIGINT NOT NULL,
    CONSTRAINT "uid_received_ac_signer__308a0d" UNIQUE ("signer_host", "activity_id")
);
CREATE INDEX "idx_received_ac_receive_a78651" ON "received_activities" ("received_at");
CREATE INDEX "idx_received_ac_object__de539f" ON "received_activities" ("object_id");
CREATE TABLE "refreshes" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "started_at" BIGINT NOT NULL,
    "finished_at" BIGINT,
    "found" INT NOT NULL,
    "account_id" BIGINT REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_refreshes_post_id_847889" UNIQUE ("post_id"),
    CONSTRAINT "uid_refreshes_account_c81697" UNIQUE ("account_id")
);
CREATE TABLE "relays" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(16) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "inbox_url" VARCHAR(2048) NOT NULL UNIQUE,
    "actor_uri" VARCHAR(2048) NOT NULL,
    "followers_url" VARCHAR(2048) NOT NULL,
    "follow_uri" VARCHAR(2048) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "answered_at" BIGINT
);
CREATE INDEX "idx_relays_actor_u_b7f753" ON "relays" ("actor_uri");
CREATE INDEX "idx_relays_follow__59c7f3" ON "relays" ("follow_uri");
CREATE TABLE "samples" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(32) NOT NULL,
    "span" VARCHAR(8) NOT NULL,
    "at" BIGINT NOT NULL,
    "value" BIGINT NOT NULL,
    CONSTRAINT "uid_samples_name_7c3125" UNIQUE ("name", "span", "at")
);
CREATE INDEX "idx_samples_span_5753b7" ON "samples" ("span", "at");
CREATE TABLE "archives" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "key" VARCHAR(64) NOT NULL UNIQUE,
    "stage" VARCHAR(16) NOT NULL,
    "cursor" BIGINT NOT NULL,
    "written" BIGINT NOT NULL,
    "listed" BIGINT NOT NULL,
    "total" INT NOT NULL,
    "done" INT NOT NULL,
    "error" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "finished_at" BIGINT,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_archives_account_a341f5" ON "archives" ("account_id", "id");
CREATE INDEX "idx_archives_created_1a6e5e" ON "archives" ("created_at");
CREATE TABLE "imports" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(32) NOT NULL,
    "overwrite" INT NOT NULL,
    "cleared" INT NOT NULL,
    "total" INT NOT NULL,
    "imported" INT NOT NULL,
    "failed" INT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "finished_at" BIGINT,
    "options" TEXT,
    "error" TEXT NOT NULL DEFAULT '',
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_imports_account_b72375" ON "imports" ("account_id");
CREATE INDEX "idx_imports_finishe_83f432" ON "imports" ("finished_at");
CREATE TABLE "import_rows" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "data" TEXT NOT NULL,
    "tries" SMALLINT NOT NULL,
    "due" BIGINT,
    "error" TEXT NOT NULL,
    "of_import_id" BIGINT NOT NULL REFERENCES "imports" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_import_rows_of_impo_f77aa0" ON "import_rows" ("of_import_id", "due");
