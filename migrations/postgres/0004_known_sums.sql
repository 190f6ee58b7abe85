-- How many of the ad_rows of a sum tell each figure. A sum of figures that no row tells is
-- unknown, which is not 0.
ALTER TABLE campaign_days ADD COLUMN impressions_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_days ADD COLUMN clicks_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_days ADD COLUMN link_clicks_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_days ADD COLUMN spend_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account_days ADD COLUMN impressions_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account_days ADD COLUMN clicks_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account_days ADD COLUMN link_clicks_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account_days ADD COLUMN spend_rows BIGINT NOT NULL DEFAULT 0;

-- The rows of every workspace: the policies that hide them step aside for the owner meanwhile.
ALTER TABLE ad_insights NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ads NO FORCE ROW LEVEL SECURITY;
ALTER TABLE campaign_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE account_days NO FORCE ROW LEVEL SECURITY;
UPDATE campaign_days SET impressions_rows = s.impressions_rows, clicks_rows = s.clicks_rows, link_clicks_rows = s.link_clicks_rows, spend_rows = s.spend_rows
FROM (SELECT i.workspace_id, i.day, a.ad_campaign_id, COUNT(i.impressions) AS impressions_rows, COUNT(i.clicks) AS clicks_rows, COUNT(i.link_clicks) AS link_clicks_rows, COUNT(i.spend_micros) AS spend_rows
    FROM ad_insights i JOIN ads a ON a.workspace_id = i.workspace_id AND a.id = i.ad_id
    GROUP BY i.workspace_id, i.day, a.ad_campaign_id) s
WHERE s.workspace_id = campaign_days.workspace_id AND s.day = campaign_days.day
    AND s.ad_campaign_id = campaign_days.ad_campaign_id;
UPDATE account_days SET impressions_rows = s.impressions_rows, clicks_rows = s.clicks_rows, link_clicks_rows = s.link_clicks_rows, spend_rows = s.spend_rows
FROM (SELECT i.workspace_id, i.day, i.ad_account_id, COUNT(i.impressions) AS impressions_rows, COUNT(i.clicks) AS clicks_rows, COUNT(i.link_clicks) AS link_clicks_rows, COUNT(i.spend_micros) AS spend_rows
    FROM ad_insights i GROUP BY i.workspace_id, i.day, i.ad_account_id) s
WHERE s.workspace_id = account_days.workspace_id AND s.day = account_days.day
    AND s.ad_account_id = account_days.ad_account_id;
ALTER TABLE ad_insights FORCE ROW LEVEL SECURITY;
ALTER TABLE ads FORCE ROW LEVEL SECURITY;
ALTER TABLE campaign_days FORCE ROW LEVEL SECURITY;
ALTER TABLE account_days FORCE ROW LEVEL SECURITY;
