-- Full-text search. The words are made by fedinote/search/words.py; FTS5 only keeps which post has which.
CREATE TABLE search_posts (post_id INTEGER NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, words TEXT NOT NULL, text TEXT NOT NULL);
CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_posts', content_rowid='post_id', tokenize='ascii', detail='none', columnsize=0);
CREATE TRIGGER search_posts_added AFTER INSERT ON search_posts BEGIN INSERT INTO search_words (rowid, words) VALUES (new.post_id, new.words); END;
CREATE TRIGGER search_posts_gone AFTER DELETE ON search_posts BEGIN INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.post_id, old.words); END;
CREATE TRIGGER search_posts_changed AFTER UPDATE ON search_posts BEGIN INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.post_id, old.words); INSERT INTO search_words (rowid, words) VALUES (new.post_id, new.words); END;
-- The same for what posts say in translation: one row for all translations of a post.
CREATE TABLE search_translations (post_id INTEGER NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE, words TEXT NOT NULL, text TEXT NOT NULL);
CREATE VIRTUAL TABLE search_translated_words USING fts5(words, content='search_translations', content_rowid='post_id', tokenize='ascii', detail='none', columnsize=0);
CREATE TRIGGER search_translations_added AFTER INSERT ON search_translations BEGIN INSERT INTO search_translated_words (rowid, words) VALUES (new.post_id, new.words); END;
CREATE TRIGGER search_translations_gone AFTER DELETE ON search_translations BEGIN INSERT INTO search_translated_words (search_translated_words, rowid, words) VALUES ('delete', old.post_id, old.words); END;
CREATE TRIGGER search_translations_changed AFTER UPDATE ON search_translations BEGIN INSERT INTO search_translated_words (search_translated_words, rowid, words) VALUES ('delete', old.post_id, old.words); INSERT INTO search_translated_words (rowid, words) VALUES (new.post_id, new.words); END;
-- Posts of other servers that wait to be indexed.
CREATE TABLE search_pending (post_id INTEGER NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE);
