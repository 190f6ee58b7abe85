-- A packed day holds the runs that brought it, what it said before lies beside it, and each month of an account
-- says of which runs its days are: reports as of an earlier moment read these too. What is packed is packed anew
-- by the program; until then its rows are read.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind, day FROM outcome_days
    WHERE kind LIKE 'ads %' ON CONFLICT DO NOTHING;
-- Days of which everything that was ever said was taken back are told as well.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'ads ' || hex(ad_account_id), day
    FROM ad_insight_journal WHERE true ON CONFLICT DO NOTHING;

-- So whatever changes what was said before changes the day.
CREATE TRIGGER ad_insight_journal_packed_added AFTER INSERT ON ad_insight_journal BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) VALUES (NEW.workspace_id, 'ads ' || hex(NEW.ad_account_id), NEW.day)
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER ad_insight_journal_packed_changed AFTER UPDATE ON ad_insight_journal BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) VALUES (NEW.workspace_id, 'ads ' || hex(NEW.ad_account_id), NEW.day)
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER ad_insight_journal_packed_removed AFTER DELETE ON ad_insight_journal BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) VALUES (OLD.workspace_id, 'ads ' || hex(OLD.ad_account_id), OLD.day)
        ON CONFLICT DO NOTHING;
END;
