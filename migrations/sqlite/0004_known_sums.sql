-- How many of the ad_rows of a sum tell each figure. A sum of figures that no row tells is
-- unknown, which is not 0.
ALTER TABLE campaign_days ADD COLUMN impressions_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign_days ADD COLUMN clicks_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign_days ADD COLUMN link_clicks_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign_days ADD COLUMN spend_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_days ADD COLUMN impressions_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_days ADD COLUMN clicks_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_days ADD COLUMN link_clicks_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_days ADD COLUMN spend_rows INTEGER NOT NULL DEFAULT 0;

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
