-- Whose the leads and sales of a packed day are is packed beside it, for those who follow people. Days that are
-- packed already are marked on their own, so that everything else is read as packed meanwhile.
ALTER TABLE outcome_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed NO FORCE ROW LEVEL SECURITY;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind || '-people', day
    FROM outcome_days WHERE kind IN ('lead', 'sale') ON CONFLICT DO NOTHING;
ALTER TABLE outcome_days FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed FORCE ROW LEVEL SECURITY;
CREATE FUNCTION _sales_people_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day)
        VALUES (NEW.workspace_id, 'sale-people', (NEW.completed_at AT TIME ZONE 'UTC')::date) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER sales_people_changed AFTER UPDATE OF contact_id ON sales
    FOR EACH ROW WHEN (OLD.contact_id IS DISTINCT FROM NEW.contact_id AND NEW.completed_at IS NOT NULL) EXECUTE FUNCTION _sales_people_changed();
