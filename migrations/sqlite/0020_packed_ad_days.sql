-- The ad-days of an account are packed as well, day by day, beside what came of them: a table of ads reads
-- a value for each account and day, and not a row for each ad and day. Their kind is "ads ", and the id of
-- the account in hexadecimal. Whatever changes an ad-day writes the sums of its account-day anew.
CREATE TRIGGER account_days_packed_added AFTER INSERT ON account_days BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) VALUES (NEW.workspace_id, 'ads ' || hex(NEW.ad_account_id), NEW.day)
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER account_days_packed_changed AFTER UPDATE ON account_days BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) VALUES (NEW.workspace_id, 'ads ' || hex(NEW.ad_account_id), NEW.day)
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER account_days_packed_removed AFTER DELETE ON account_days BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) VALUES (OLD.workspace_id, 'ads ' || hex(OLD.ad_account_id), OLD.day)
        ON CONFLICT DO NOTHING;
END;

-- What is there already is packed by the program.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, 'ads ' || hex(ad_account_id), day
    FROM account_days;
