-- Full-text search. The words are made by fedinote/search/words.py; the database only keeps which post has which.
CREATE TABLE search_posts (post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, words tsvector NOT NULL, text TEXT NOT NULL);
CREATE INDEX search_posts_words ON search_posts USING gin (words);
-- The same for what posts say in translation: one row for all translations of a post.
CREATE TABLE search_translations (post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, words tsvector NOT NULL, text TEXT NOT NULL);
CREATE INDEX search_translations_words ON search_translations USING gin (words);
-- Posts of other servers that wait to be indexed.
CREATE TABLE search_pending (post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE);
