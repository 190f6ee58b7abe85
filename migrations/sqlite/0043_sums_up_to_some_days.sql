-- The sums of months by ad are packed up to some of their days, each at the day up to which it is; before
-- they were packed for whole months alone, each at its first day. They are made anew from there.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind, day FROM outcome_days
    WHERE kind LIKE 'ads-months %' ON CONFLICT DO NOTHING;
DELETE FROM outcome_days WHERE kind LIKE 'ads-months %';
