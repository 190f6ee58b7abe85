-- What Meta told of actions is packed beside the figures of a day. The days that are packed already say so on
-- their own, so that their figures stay packed meanwhile; until then the rows of their actions are read.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, 'ads-actions ' || substr(kind, 5), day
    FROM outcome_days WHERE kind LIKE 'ads %' ON CONFLICT DO NOTHING;
