-- What engines were sent is only ever added to, whoever has the database open.
CREATE FUNCTION translation_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the translation ledger is append-only'; END $$;
CREATE TRIGGER translation_ledger_kept BEFORE UPDATE OR DELETE ON translation_ledger FOR EACH ROW EXECUTE FUNCTION translation_ledger_append_only();
CREATE TRIGGER translation_ledger_whole BEFORE TRUNCATE ON translation_ledger FOR EACH STATEMENT EXECUTE FUNCTION translation_ledger_append_only();
