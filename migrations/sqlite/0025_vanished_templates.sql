-- Since when the provider's list has a template no more, although nobody deleted it here.
ALTER TABLE templates ADD COLUMN vanished_at TEXT;
