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
