-- What engines were sent is only ever added to, whoever has the database open.
CREATE TRIGGER translation_ledger_unchanged BEFORE UPDATE ON translation_ledger BEGIN SELECT RAISE(ABORT, 'the translation ledger is append-only'); END;
CREATE TRIGGER translation_ledger_kept BEFORE DELETE ON translation_ledger BEGIN SELECT RAISE(ABORT, 'the translation ledger is append-only'); END;
