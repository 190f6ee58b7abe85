-- What campaigns came to in a month up to each of its days was a row for each of them and each day, written with
-- the rows it sums. It is packed as the sums of ads are, all campaigns of an account in one value, for each day:
-- a sync writes less, and a table reads fifty values where it read a thousand rows. What is there already is
-- packed by the program; until then the days of campaigns are read.
DROP TABLE campaign_month_sums;
INSERT INTO outcome_days_changed (workspace_id, kind, day)
    SELECT DISTINCT workspace_id, 'ads-campaigns ' || hex(ad_account_id), date(day, 'start of month') FROM account_days
    WHERE true ON CONFLICT DO NOTHING;
