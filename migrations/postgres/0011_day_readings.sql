-- What an ad account's day came to when it was so many days old: the last that a sync made of it at
-- each age, kept in the transaction that changes the sums. A read that changes nothing leaves nothing,
-- so that the last reading before an age holds at it. Ages are days of the ad account from the day to the
-- sync: 1 to 7, then up to 10, 14, 21 and 28, and 29 for every day after these. From them is learned how much
-- of a day is there while Meta still restates it.
CREATE TABLE account_day_readings (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    ad_account_id UUID NOT NULL,
    day DATE NOT NULL,
    age BIGINT NOT NULL,
    run BIGINT NOT NULL,
    spend_micros BIGINT NOT NULL,
    meta_leads BIGINT NOT NULL,
    meta_purchases BIGINT NOT NULL,
    meta_purchase_micros BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, day, age),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    CHECK (age BETWEEN 1 AND 29)
);

-- The same of all ad accounts in a currency together, as what each age added: sums of accounts that were
-- first read when the day was at most a week old, for what is first read later says nothing of before.
CREATE TABLE day_readings (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    currency TEXT NOT NULL,
    day DATE NOT NULL,
    age BIGINT NOT NULL,
    run BIGINT NOT NULL,
    spend_micros BIGINT NOT NULL,
    meta_leads BIGINT NOT NULL,
    meta_purchases BIGINT NOT NULL,
    meta_purchase_micros BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, currency, day, age)
);

-- The syncs of before, for the days that a curve is learned from. Their age is by days of UTC here: the
-- zone of an account is not known to the database.
-- The rows of every workspace: the policies that hide them step aside for the owner meanwhile.
ALTER TABLE ad_accounts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ad_insights NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ad_insight_journal NO FORCE ROW LEVEL SECURITY;
ALTER TABLE sync_runs NO FORCE ROW LEVEL SECURITY;
INSERT INTO account_day_readings (workspace_id, ad_account_id, day, age, run, spend_micros, meta_leads,
    meta_purchases, meta_purchase_micros)
WITH recent AS (
    SELECT workspace_id, CAST(MAX(started_at) AT TIME ZONE 'UTC' AS DATE) - 150 AS first_day
    FROM sync_runs WHERE kind = 'sync' GROUP BY workspace_id
), moved AS (
    SELECT i.workspace_id, i.ad_account_id, i.day, i.run, i.spend_micros, i.meta_leads, i.meta_purchases,
        i.meta_purchase_micros
    FROM recent r JOIN ad_accounts a ON a.workspace_id = r.workspace_id
    JOIN ad_insights i ON i.workspace_id = a.workspace_id AND i.ad_account_id = a.id AND i.day >= r.first_day
    UNION ALL
    SELECT j.workspace_id, j.ad_account_id, j.day, j.run, j.spend_micros, j.meta_leads, j.meta_purchases,
        j.meta_purchase_micros
    FROM recent r JOIN ad_accounts a ON a.workspace_id = r.workspace_id
    JOIN ad_insight_journal j ON j.workspace_id = a.workspace_id AND j.ad_account_id = a.id AND j.day >= r.first_day
    UNION ALL
    SELECT j.workspace_id, j.ad_account_id, j.day, j.replaced_by_run, -j.spend_micros, -j.meta_leads,
        -j.meta_purchases, -j.meta_purchase_micros
    FROM recent r JOIN ad_accounts a ON a.workspace_id = r.workspace_id
    JOIN ad_insight_journal j ON j.workspace_id = a.workspace_id AND j.ad_account_id = a.id AND j.day >= r.first_day
), by_run AS (
    SELECT workspace_id, ad_account_id, day, run, COALESCE(SUM(spend_micros), 0) AS spend_micros,
        COALESCE(SUM(meta_leads), 0) AS meta_leads, COALESCE(SUM(meta_purchases), 0) AS meta_purchases,
        COALESCE(SUM(meta_purchase_micros), 0) AS meta_purchase_micros
    FROM moved GROUP BY workspace_id, ad_account_id, day, run
), so_far AS (
    SELECT workspace_id, ad_account_id, day, run, SUM(spend_micros) OVER w AS spend_micros,
        SUM(meta_leads) OVER w AS meta_leads, SUM(meta_purchases) OVER w AS meta_purchases,
        SUM(meta_purchase_micros) OVER w AS meta_purchase_micros
    FROM by_run WINDOW w AS (PARTITION BY workspace_id, ad_account_id, day ORDER BY run)
), aged AS (
    SELECT s.*, CAST(r.started_at AT TIME ZONE 'UTC' AS DATE) - s.day AS days_old
    FROM so_far s JOIN sync_runs r ON r.workspace_id = s.workspace_id AND r.seq = s.run AND r.kind = 'sync'
), grouped AS (
    SELECT g.*, CASE WHEN days_old <= 7 THEN days_old WHEN days_old <= 10 THEN 10 WHEN days_old <= 14 THEN 14
        WHEN days_old <= 21 THEN 21 WHEN days_old <= 28 THEN 28 ELSE 29 END AS age
    FROM aged g WHERE days_old BETWEEN 1 AND 56
), last AS (
    SELECT l.*, MAX(run) OVER (PARTITION BY workspace_id, ad_account_id, day, age) AS last_run FROM grouped l
)
SELECT workspace_id, ad_account_id, day, age, run, CAST(spend_micros AS BIGINT), CAST(meta_leads AS BIGINT),
    CAST(meta_purchases AS BIGINT), CAST(meta_purchase_micros AS BIGINT)
FROM last WHERE run = last_run;

INSERT INTO day_readings (workspace_id, currency, day, age, run, spend_micros, meta_leads, meta_purchases,
    meta_purchase_micros)
SELECT z.workspace_id, z.currency, z.day, z.age, MAX(z.run), CAST(SUM(z.spend_micros) AS BIGINT),
    CAST(SUM(z.meta_leads) AS BIGINT), CAST(SUM(z.meta_purchases) AS BIGINT),
    CAST(SUM(z.meta_purchase_micros) AS BIGINT)
FROM (SELECT r.workspace_id, a.currency, r.day, r.age, r.run,
    r.spend_micros - COALESCE(LAG(r.spend_micros) OVER w, 0) AS spend_micros,
    r.meta_leads - COALESCE(LAG(r.meta_leads) OVER w, 0) AS meta_leads,
    r.meta_purchases - COALESCE(LAG(r.meta_purchases) OVER w, 0) AS meta_purchases,
    r.meta_purchase_micros - COALESCE(LAG(r.meta_purchase_micros) OVER w, 0) AS meta_purchase_micros,
    FIRST_VALUE(r.age) OVER w AS first_age
    FROM account_day_readings r JOIN ad_accounts a ON a.workspace_id = r.workspace_id AND a.id = r.ad_account_id
    WINDOW w AS (PARTITION BY r.workspace_id, r.ad_account_id, r.day ORDER BY r.age)) z
WHERE z.first_age <= 7 GROUP BY z.workspace_id, z.currency, z.day, z.age;
ALTER TABLE ad_accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE ad_insights FORCE ROW LEVEL SECURITY;
ALTER TABLE ad_insight_journal FORCE ROW LEVEL SECURITY;
ALTER TABLE sync_runs FORCE ROW LEVEL SECURITY;

ALTER TABLE account_day_readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_day_readings FORCE ROW LEVEL SECURITY;
CREATE POLICY account_day_readings_workspace ON account_day_readings
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE day_readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE day_readings FORCE ROW LEVEL SECURITY;
CREATE POLICY day_readings_workspace ON day_readings
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
