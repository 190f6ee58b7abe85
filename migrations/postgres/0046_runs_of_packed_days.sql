-- A packed day holds the runs that brought it, what it said before lies beside it, and each month of an account
-- says of which runs its days are: reports as of an earlier moment read these too. What is packed is packed anew
-- by the program; until then its rows are read.
ALTER TABLE outcome_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ad_insight_journal NO FORCE ROW LEVEL SECURITY;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind, day FROM outcome_days
    WHERE kind LIKE 'ads %' ON CONFLICT DO NOTHING;
-- What migrations 36 and 43 were to mark here as well, and did not see.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind, day FROM outcome_days
    WHERE kind NOT LIKE 'ads%' AND format < 3 ON CONFLICT DO NOTHING;
DELETE FROM outcome_days WHERE kind LIKE 'ads-months %' AND format < 2;
-- Days of which everything that was ever said was taken back are told as well.
INSERT INTO outcome_days_changed (workspace_id, kind, day)
    SELECT DISTINCT workspace_id, 'ads ' || upper(replace(ad_account_id::text, '-', '')), day FROM ad_insight_journal
    ON CONFLICT DO NOTHING;
ALTER TABLE outcome_days FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed FORCE ROW LEVEL SECURITY;
ALTER TABLE ad_insight_journal FORCE ROW LEVEL SECURITY;

-- So whatever changes what was said before changes the day.
CREATE TRIGGER ad_insight_journal_packed AFTER INSERT OR UPDATE OR DELETE ON ad_insight_journal
    FOR EACH ROW EXECUTE FUNCTION _account_days_packed();

-- As of a moment rows are told apart by when they were made and changed: the indexes by their days, and those
-- of versions, hold that too.
DROP INDEX contacts_first_seen_at;
CREATE INDEX contacts_first_seen_at ON contacts (workspace_id, first_seen_at, created_at);
DROP INDEX contacts_unsold_touched_at;
CREATE INDEX contacts_unsold_touched_at ON contacts (workspace_id, unsold_touched_at, created_at) WHERE unsold_touched_at IS NOT NULL;
DROP INDEX opportunities_opened_at;
CREATE INDEX opportunities_opened_at ON opportunities (workspace_id, opened_at, created_at);
DROP INDEX opportunities_lead_at;
CREATE INDEX opportunities_lead_at ON opportunities (workspace_id, lead_at, created_at);
DROP INDEX sales_completed_at;
CREATE INDEX sales_completed_at ON sales (workspace_id, completed_at, created_at);
DROP INDEX sales_lead_at;
CREATE INDEX sales_lead_at ON sales (workspace_id, lead_at, created_at);
DROP INDEX sale_refunds_refunded_at;
CREATE INDEX sale_refunds_refunded_at ON sale_refunds (workspace_id, refunded_at, created_at);
DROP INDEX contact_versions_replaced_at;
CREATE INDEX contact_versions_replaced_at ON contact_versions (workspace_id, replaced_at, created_at, id);
DROP INDEX opportunity_versions_replaced_at;
CREATE INDEX opportunity_versions_replaced_at ON opportunity_versions (workspace_id, replaced_at, created_at, id);
DROP INDEX sale_versions_replaced_at;
CREATE INDEX sale_versions_replaced_at ON sale_versions (workspace_id, replaced_at, created_at, id);
DROP INDEX refund_versions_replaced_at;
CREATE INDEX refund_versions_replaced_at ON refund_versions (workspace_id, replaced_at, created_at, id);
