-- Sums of each campaign from the first of the month up to and with a day, for every day on which its
-- ad account has any figure, from the campaign's first of that month on. Any period is then a few days
-- of an account, whose rows lie side by side: the last day of each month, less the day before the first.
CREATE TABLE campaign_month_sums (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    ad_account_id UUID NOT NULL,
    day DATE NOT NULL,
    ad_campaign_id UUID NOT NULL,
    ad_rows BIGINT NOT NULL,
    impressions BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    link_clicks BIGINT NOT NULL,
    spend_micros BIGINT NOT NULL,
    meta_leads BIGINT NOT NULL,
    meta_purchases BIGINT NOT NULL,
    meta_purchase_micros BIGINT NOT NULL,
    impressions_rows BIGINT NOT NULL,
    clicks_rows BIGINT NOT NULL,
    link_clicks_rows BIGINT NOT NULL,
    spend_rows BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, day, ad_campaign_id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
);

-- The rows of every workspace: the policies that hide them step aside for the owner meanwhile.
ALTER TABLE campaign_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE account_days NO FORCE ROW LEVEL SECURITY;
INSERT INTO campaign_month_sums
SELECT z.* FROM (SELECT a.workspace_id, a.ad_account_id, a.day, c.ad_campaign_id,
    CAST(SUM(d.ad_rows) OVER w AS BIGINT) AS ad_rows,
    CAST(SUM(d.impressions) OVER w AS BIGINT) AS impressions,
    CAST(SUM(d.clicks) OVER w AS BIGINT) AS clicks,
    CAST(SUM(d.link_clicks) OVER w AS BIGINT) AS link_clicks,
    CAST(SUM(d.spend_micros) OVER w AS BIGINT) AS spend_micros,
    CAST(SUM(d.meta_leads) OVER w AS BIGINT) AS meta_leads,
    CAST(SUM(d.meta_purchases) OVER w AS BIGINT) AS meta_purchases,
    CAST(SUM(d.meta_purchase_micros) OVER w AS BIGINT) AS meta_purchase_micros,
    CAST(SUM(d.impressions_rows) OVER w AS BIGINT) AS impressions_rows,
    CAST(SUM(d.clicks_rows) OVER w AS BIGINT) AS clicks_rows,
    CAST(SUM(d.link_clicks_rows) OVER w AS BIGINT) AS link_clicks_rows,
    CAST(SUM(d.spend_rows) OVER w AS BIGINT) AS spend_rows
    FROM account_days a
    JOIN (SELECT DISTINCT workspace_id, ad_account_id, ad_campaign_id, date_trunc('month', day) AS month FROM campaign_days) c
        ON c.workspace_id = a.workspace_id AND c.ad_account_id = a.ad_account_id AND c.month = date_trunc('month', a.day)
    LEFT JOIN campaign_days d
        ON d.workspace_id = a.workspace_id AND d.ad_campaign_id = c.ad_campaign_id AND d.day = a.day
    WINDOW w AS (PARTITION BY a.workspace_id, c.ad_campaign_id, c.month ORDER BY a.day)) z
WHERE z.ad_rows > 0;
ALTER TABLE campaign_days FORCE ROW LEVEL SECURITY;
ALTER TABLE account_days FORCE ROW LEVEL SECURITY;

ALTER TABLE campaign_month_sums ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_month_sums FORCE ROW LEVEL SECURITY;
CREATE POLICY campaign_month_sums_workspace ON campaign_month_sums
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
