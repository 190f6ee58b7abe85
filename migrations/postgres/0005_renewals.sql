-- When it was last tried to make the sign-in live longer, whether it did or not: once a day at most,
-- whichever program tries.
ALTER TABLE meta_connections ADD COLUMN renewal_tried_at TIMESTAMPTZ;
