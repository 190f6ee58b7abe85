-- What campaigns came to in a month up to each of its days was a row for each of them and each day, written with
-- the rows it sums. It is packed as the sums of ads are, all campaigns of an account in one value, for each day:
-- a sync writes less, and a table reads fifty values where it read a thousand rows. What is there already is
-- packed by the program; until then the days of campaigns are read.
DROP TABLE campaign_month_sums;
ALTER TABLE account_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed NO FORCE ROW LEVEL SECURITY;
INSERT INTO outcome_days_changed (workspace_id, kind, day)
    SELECT DISTINCT workspace_id, 'ads-campaigns ' || upper(replace(ad_account_id::text, '-', '')), date_trunc('month', day)::date
    FROM account_days ON CONFLICT DO NOTHING;
ALTER TABLE account_days FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed FORCE ROW LEVEL SECURITY;
