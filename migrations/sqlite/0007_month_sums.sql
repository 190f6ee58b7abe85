-- Sums of each campaign from the first of the month up to and with a day, for every day on which its
-- ad account has any figure, from the campaign's first of that month on. Any period is then a few days
-- of an account, whose rows lie side by side: the last day of each month, less the day before the first.
CREATE TABLE campaign_month_sums (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    ad_account_id BLOB NOT NULL,
    day TEXT NOT NULL,
    ad_campaign_id BLOB NOT NULL,
    ad_rows INTEGER NOT NULL,
    impressions INTEGER NOT NULL,
    clicks INTEGER NOT NULL,
    link_clicks INTEGER NOT NULL,
    spend_micros INTEGER NOT NULL,
    meta_leads INTEGER NOT NULL,
    meta_purchases INTEGER NOT NULL,
    meta_purchase_micros INTEGER NOT NULL,
    impressions_rows INTEGER NOT NULL,
    clicks_rows INTEGER NOT NULL,
    link_clicks_rows INTEGER NOT NULL,
    spend_rows INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, day, ad_campaign_id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
) STRICT, WITHOUT ROWID;

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
    JOIN (SELECT DISTINCT workspace_id, ad_account_id, ad_campaign_id, substr(day, 1, 7) AS month FROM campaign_days) c
        ON c.workspace_id = a.workspace_id AND c.ad_account_id = a.ad_account_id AND c.month = substr(a.day, 1, 7)
    LEFT JOIN campaign_days d
        ON d.workspace_id = a.workspace_id AND d.ad_campaign_id = c.ad_campaign_id AND d.day = a.day
    WINDOW w AS (PARTITION BY a.workspace_id, c.ad_campaign_id, c.month ORDER BY a.day)) z
WHERE z.ad_rows > 0;
