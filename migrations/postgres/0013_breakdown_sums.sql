-- Breakdowns are read by ad and kind, and summed by account and kind. Nothing has filled the table
-- before this, so that the index costs nothing to exchange.
DROP INDEX ad_insight_breakdowns_ad_id_day;
CREATE INDEX ad_insight_breakdowns_ad_id_breakdown_day ON ad_insight_breakdowns (workspace_id, ad_id, breakdown, day);

-- Which days of an account were read by a breakdown, how many rows that brought, and a digest of them:
-- a day that says the same again is known without reading it back, and a day that was never read is
-- told apart from one of which Meta left something out.
CREATE TABLE breakdown_days (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    ad_account_id UUID NOT NULL,
    breakdown TEXT NOT NULL,
    day DATE NOT NULL,
    part_rows BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, breakdown, day),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
);

-- Sums of an account's breakdown rows by value and day. They lie beside the account's days and are
-- never added to them. The *_rows say how many of the rows tell a figure: with 0 its sum is unknown.
CREATE TABLE account_breakdown_days (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    ad_account_id UUID NOT NULL,
    breakdown TEXT NOT NULL,
    day DATE NOT NULL,
    value TEXT NOT NULL,
    currency TEXT NOT NULL,
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
    PRIMARY KEY (workspace_id, ad_account_id, breakdown, day, value, currency),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
);

-- A row is seen and written only from its own workspace, by the owner of the table too.
ALTER TABLE breakdown_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE breakdown_days FORCE ROW LEVEL SECURITY;
CREATE POLICY breakdown_days_workspace ON breakdown_days
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE account_breakdown_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_breakdown_days FORCE ROW LEVEL SECURITY;
CREATE POLICY account_breakdown_days_workspace ON account_breakdown_days
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
