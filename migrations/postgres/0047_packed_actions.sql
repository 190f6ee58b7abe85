-- What Meta told of actions is packed beside the figures of a day. The days that are packed already say so on
-- their own, so that their figures stay packed meanwhile; until then the rows of their actions are read.
ALTER TABLE outcome_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed NO FORCE ROW LEVEL SECURITY;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, 'ads-actions ' || substr(kind, 5), day
    FROM outcome_days WHERE kind LIKE 'ads %' ON CONFLICT DO NOTHING;
ALTER TABLE outcome_days FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed FORCE ROW LEVEL SECURITY;
