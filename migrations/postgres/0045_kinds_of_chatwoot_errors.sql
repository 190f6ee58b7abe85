-- error_kind: what sort of thing went wrong last, beside what was said of it, so that everybody reads it in
-- their own language. Older errors have none.
ALTER TABLE chatwoot_links ADD COLUMN error_kind TEXT;
ALTER TABLE chatwoot_conversations ADD COLUMN error_kind TEXT;
