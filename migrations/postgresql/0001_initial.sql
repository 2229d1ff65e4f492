-- The first schema.
CREATE TABLE "jobs" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
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
CREATE INDEX "idx_jobs_dead_at_97d49c" ON "jobs" ("dead_at", "priority", "run_at");
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
    "header" VARCHAR(255) NOT NULL,
    "header_remote" TEXT NOT NULL,
    "locked" BOOL NOT NULL,
    "discoverable" BOOL NOT NULL,
    "indexable" BOOL NOT NULL,
    "hide_collections" BOOL NOT NULL,
    "memorial" BOOL NOT NULL,
    "inbox_url" VARCHAR(2048) NOT NULL,
    "shared_inbox_url" VARCHAR(2048) NOT NULL,
    "outbox_url" VARCHAR(2048) NOT NULL,
    "followers_url" VARCHAR(2048) NOT NULL,
    "following_url" VARCHAR(2048) NOT NULL,
    "featured_url" VARCHAR(2048) NOT NULL,
    "moved_to_uri" VARCHAR(2048),
    "also_known_as" TEXT NOT NULL,
    "followers_count" BIGINT NOT NULL,
    "following_count" BIGINT NOT NULL,
    "statuses_count" BIGINT NOT NULL,
    "last_status_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "fetched_at" BIGINT,
    "silenced_at" BIGINT,
    "silenced_by_domain" VARCHAR(255),
    "suspended_at" BIGINT,
    "suspended_by_domain" VARCHAR(255),
    "sensitized_at" BIGINT,
    "deleted_at" BIGINT,
    CONSTRAINT "uid_accounts_usernam_fe3218" UNIQUE ("username_key", "domain")
);
CREATE INDEX "idx_accounts_domain_28e5b3" ON "accounts" ("domain");
CREATE INDEX "idx_accounts_url_fb5fdc" ON "accounts" ("url");
CREATE TABLE "account_keys" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "key_id" VARCHAR(2048) NOT NULL UNIQUE,
    "public_pem" TEXT NOT NULL,
    "private_pem" TEXT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_account_key_account_965114" ON "account_keys" ("account_id");
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
CREATE TABLE "users" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "email" VARCHAR(320) NOT NULL UNIQUE,
    "password_hash" VARCHAR(255) NOT NULL,
    "role" VARCHAR(16) NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "reason" TEXT NOT NULL,
    "locale" VARCHAR(35) NOT NULL,
    "default_visibility" VARCHAR(16) NOT NULL,
    "default_sensitive" BOOL NOT NULL,
    "default_language" VARCHAR(35),
    "created_at" BIGINT NOT NULL,
    "last_active_at" BIGINT,
    "invited_by_id" BIGINT REFERENCES "users" ("id") ON DELETE SET NULL,
    "account_id" BIGINT NOT NULL UNIQUE REFERENCES "accounts" ("id") ON DELETE CASCADE
);
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
CREATE TABLE "sessions" (
    "token_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
    "user_agent" VARCHAR(512) NOT NULL,
    "address" VARCHAR(64) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "last_used_at" BIGINT NOT NULL,
    "user_id" BIGINT NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_sessions_user_id_80072d" ON "sessions" ("user_id");
CREATE TABLE "account_domain_blocks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "domain" VARCHAR(255) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_account_dom_account_a39b53" UNIQUE ("account_id", "domain")
);
CREATE TABLE "account_notes" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
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
CREATE TABLE "follows" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "accepted" BOOL NOT NULL,
    "uri" VARCHAR(2048) NOT NULL UNIQUE,
    "reblogs" BOOL NOT NULL,
    "notify" BOOL NOT NULL,
    "languages" TEXT,
    "created_at" BIGINT NOT NULL,
    "follower_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_follows_followe_24a996" UNIQUE ("follower_id", "target_id")
);
CREATE INDEX "idx_follows_target__f67c6d" ON "follows" ("target_id", "accepted");
CREATE TABLE "mutes" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "hide_notifications" BOOL NOT NULL,
    "expires_at" BIGINT,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "target_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_mutes_account_5a4c26" UNIQUE ("account_id", "target_id")
);
CREATE INDEX "idx_mutes_target__2039b2" ON "mutes" ("target_id");
CREATE TABLE "conversation_mutes" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
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
    "visible" BOOL NOT NULL,
    "updated_at" BIGINT NOT NULL,
    CONSTRAINT "uid_custom_emoj_shortco_9e2d52" UNIQUE ("shortcode", "domain")
);
CREATE TABLE "idempotency_keys" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
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
    "local" BOOL NOT NULL,
    "object_type" VARCHAR(32) NOT NULL,
    "visibility" VARCHAR(16) NOT NULL,
    "content" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "spoiler_text" TEXT NOT NULL,
    "sensitive" BOOL NOT NULL,
    "language" VARCHAR(35),
    "content_map" TEXT,
    "summary_map" TEXT,
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
    "created_at" BIGINT NOT NULL,
    "edited_at" BIGINT,
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
    "blurhash" VARCHAR(128),
    "meta" TEXT NOT NULL,
    "position" SMALLINT NOT NULL,
    "state" VARCHAR(16) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT REFERENCES "posts" ("id") ON DELETE SET NULL
);
CREATE INDEX "idx_media_post_id_40cd5e" ON "media" ("post_id");
CREATE INDEX "idx_media_account_c11f7b" ON "media" ("account_id");
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
    "multiple" BOOL NOT NULL,
    "hide_totals" BOOL NOT NULL,
    "expires_at" BIGINT,
    "voters_count" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL UNIQUE REFERENCES "posts" ("id") ON DELETE CASCADE
);
CREATE TABLE "poll_votes" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
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
    "sensitive" BOOL NOT NULL,
    "language" VARCHAR(35),
    "media" TEXT NOT NULL,
    "poll" TEXT,
    "emojis" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_post_edits_post_id_e7416b" ON "post_edits" ("post_id");
CREATE TABLE "post_mentions" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "silent" BOOL NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_post_mentio_post_id_bd7bb8" UNIQUE ("post_id", "account_id")
);
CREATE INDEX "idx_post_mentio_account_652053" ON "post_mentions" ("account_id", "post_id");
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
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "featured_tags" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "tag_id" BIGINT NOT NULL REFERENCES "tags" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_featured_ta_account_7a9fd1" UNIQUE ("account_id", "tag_id")
);
CREATE TABLE "post_tags" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "post_id" BIGINT NOT NULL REFERENCES "posts" ("id") ON DELETE CASCADE,
    "tag_id" BIGINT NOT NULL REFERENCES "tags" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_post_tags_tag_id_e8aa60" UNIQUE ("tag_id", "post_id")
);
CREATE INDEX "idx_post_tags_post_id_1a5bb8" ON "post_tags" ("post_id");
CREATE TABLE "tombstones" (
    "uri" VARCHAR(2048) NOT NULL PRIMARY KEY,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "lists" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "title" VARCHAR(256) NOT NULL,
    "replies_policy" VARCHAR(16) NOT NULL,
    "exclusive" BOOL NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE
);
CREATE INDEX "idx_lists_account_476a9b" ON "lists" ("account_id");
CREATE TABLE "conversations" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "conversation_id" BIGINT NOT NULL,
    "participants" TEXT NOT NULL,
    "last_post_id" BIGINT,
    "unread" BOOL NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_conversatio_account_0522dd" UNIQUE ("account_id", "conversation_id")
);
CREATE INDEX "idx_conversatio_account_03afa0" ON "conversations" ("account_id", "last_post_id");
CREATE INDEX "idx_conversatio_last_po_18939f" ON "conversations" ("last_post_id");
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
    "whole_word" BOOL NOT NULL,
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
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
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
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "timeline" VARCHAR(32) NOT NULL,
    "last_read_id" BIGINT NOT NULL,
    "version" INT NOT NULL,
    "updated_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_markers_account_19d1b2" UNIQUE ("account_id", "timeline")
);
CREATE TABLE "notifications" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "kind" VARCHAR(32) NOT NULL,
    "subject" VARCHAR(32) NOT NULL,
    "created_at" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "from_account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "post_id" BIGINT REFERENCES "posts" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_notificatio_account_200c1f" UNIQUE ("account_id", "kind", "from_account_id", "subject")
);
CREATE INDEX "idx_notificatio_account_f14d6c" ON "notifications" ("account_id", "id");
CREATE INDEX "idx_notificatio_post_id_af941b" ON "notifications" ("post_id");
CREATE INDEX "idx_notificatio_from_ac_96348b" ON "notifications" ("from_account_id");
CREATE TABLE "translations" (
    "key" VARCHAR(64) NOT NULL PRIMARY KEY,
    "engine" VARCHAR(255) NOT NULL,
    "source" VARCHAR(35) NOT NULL,
    "target" VARCHAR(35) NOT NULL,
    "texts" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "domain_blocks" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "domain" VARCHAR(255) NOT NULL UNIQUE,
    "severity" VARCHAR(16) NOT NULL,
    "reject_media" BOOL NOT NULL,
    "reject_reports" BOOL NOT NULL,
    "obfuscate" BOOL NOT NULL,
    "private_comment" TEXT NOT NULL,
    "public_comment" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL
);
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
    "all_day" BOOL NOT NULL,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "announcement_reads" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "account_id" BIGINT NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
    "announcement_id" BIGINT NOT NULL REFERENCES "announcements" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_announcemen_announc_916072" UNIQUE ("announcement_id", "account_id")
);
CREATE INDEX "idx_announcemen_account_7a11e0" ON "announcement_reads" ("account_id");
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
CREATE TABLE "reports" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "post_ids" TEXT NOT NULL,
    "rule_ids" TEXT NOT NULL,
    "category" VARCHAR(16) NOT NULL,
    "comment" TEXT NOT NULL,
    "forwarded" BOOL NOT NULL,
    "uri" VARCHAR(2048),
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
CREATE TABLE "hosts" (
    "host" VARCHAR(255) NOT NULL PRIMARY KEY,
    "failures" INT NOT NULL,
    "failure_days" INT NOT NULL,
    "last_failure_day" INT NOT NULL,
    "retry_at" BIGINT,
    "unavailable_at" BIGINT,
    "last_seen_at" BIGINT
);
CREATE TABLE "outgoing_activities" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "account_id" BIGINT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL
);
CREATE TABLE "deliveries" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "inbox" VARCHAR(2048) NOT NULL,
    "host" VARCHAR(255) NOT NULL,
    "order_key" VARCHAR(2048) NOT NULL,
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
CREATE TABLE "received_activities" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "signer_host" VARCHAR(255) NOT NULL,
    "activity_id" VARCHAR(2048) NOT NULL,
    "signer" VARCHAR(2048) NOT NULL,
    "body" TEXT,
    "received_at" BIGINT NOT NULL,
    CONSTRAINT "uid_received_ac_signer__308a0d" UNIQUE ("signer_host", "activity_id")
);
CREATE INDEX "idx_received_ac_receive_a78651" ON "received_activities" ("received_at");
