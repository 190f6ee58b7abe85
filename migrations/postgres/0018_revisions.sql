-- How often something changed that programs keep in memory after reading it: the objects of an account
-- and where touches come from ("objects"), and what the days of accounts come to ("delivered"). Whoever
-- sees the same sum of counts sees the same rows.
-- writer: the transaction that changed it. Nobody waits for another one's count.
CREATE TABLE revisions (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    topic TEXT NOT NULL,
    writer BIGINT NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    count BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (workspace_id, topic, writer)
);

CREATE FUNCTION _objects_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (COALESCE(NEW.workspace_id, OLD.workspace_id), 'objects')
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER ad_accounts_revised AFTER INSERT OR UPDATE OR DELETE ON ad_accounts
    FOR EACH ROW EXECUTE FUNCTION _objects_revised();
CREATE TRIGGER ad_campaigns_revised AFTER INSERT OR UPDATE OR DELETE ON ad_campaigns
    FOR EACH ROW EXECUTE FUNCTION _objects_revised();
CREATE TRIGGER ad_sets_revised AFTER INSERT OR UPDATE OR DELETE ON ad_sets
    FOR EACH ROW EXECUTE FUNCTION _objects_revised();
CREATE TRIGGER ads_revised AFTER INSERT OR UPDATE OR DELETE ON ads
    FOR EACH ROW EXECUTE FUNCTION _objects_revised();
CREATE TRIGGER ad_creatives_revised AFTER INSERT OR UPDATE OR DELETE ON ad_creatives
    FOR EACH ROW EXECUTE FUNCTION _objects_revised();
CREATE TRIGGER touch_origins_revised AFTER INSERT OR UPDATE OR DELETE ON touch_origins
    FOR EACH ROW EXECUTE FUNCTION _objects_revised();
CREATE FUNCTION _delivered_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (COALESCE(NEW.workspace_id, OLD.workspace_id), 'delivered')
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER account_days_revised AFTER INSERT OR UPDATE OR DELETE ON account_days
    FOR EACH ROW EXECUTE FUNCTION _delivered_revised();
CREATE TRIGGER ad_insight_journal_revised AFTER INSERT OR UPDATE OR DELETE ON ad_insight_journal
    FOR EACH ROW EXECUTE FUNCTION _delivered_revised();
CREATE TRIGGER day_readings_revised AFTER INSERT OR UPDATE OR DELETE ON day_readings
    FOR EACH ROW EXECUTE FUNCTION _delivered_revised();
CREATE TRIGGER sync_runs_revised AFTER INSERT OR UPDATE OR DELETE ON sync_runs
    FOR EACH ROW EXECUTE FUNCTION _delivered_revised();

ALTER TABLE revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE revisions FORCE ROW LEVEL SECURITY;
CREATE POLICY revisions_workspace ON revisions
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
