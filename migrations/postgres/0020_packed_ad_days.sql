-- The ad-days of an account are packed as well, day by day, beside what came of them: a table of ads reads
-- a value for each account and day, and not a row for each ad and day. Their kind is "ads ", and the id of
-- the account in hexadecimal. Whatever changes an ad-day writes the sums of its account-day anew.
CREATE FUNCTION _account_days_packed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) VALUES (
        COALESCE(NEW.workspace_id, OLD.workspace_id),
        'ads ' || upper(replace(COALESCE(NEW.ad_account_id, OLD.ad_account_id)::text, '-', '')),
        COALESCE(NEW.day, OLD.day)
    ) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER account_days_packed AFTER INSERT OR UPDATE OR DELETE ON account_days
    FOR EACH ROW EXECUTE FUNCTION _account_days_packed();

-- What is there already is packed by the program.
ALTER TABLE account_days NO FORCE ROW LEVEL SECURITY;
INSERT INTO outcome_days_changed (workspace_id, kind, day)
    SELECT workspace_id, 'ads ' || upper(replace(ad_account_id::text, '-', '')), day FROM account_days;
ALTER TABLE account_days FORCE ROW LEVEL SECURITY;
