-- Breakdowns are read by ad and kind, and summed by account and kind. Nothing has filled the table
-- before this, so that the index costs nothing to exchange.
DROP INDEX ad_insight_breakdowns_ad_id_day;
CREATE INDEX ad_insight_breakdowns_ad_id_breakdown_day ON ad_insight_breakdowns (workspace_id, ad_id, breakdown, day);

-- Which days of an account were read by a breakdown, how many rows that brought, and a digest of them:
-- a day that says the same again is known without reading it back, and a day that was never read is
-- told apart from one of which Meta left something out.
CREATE TABLE breakdown_days (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    ad_account_id BLOB NOT NULL,
    breakdown TEXT NOT NULL,
    day TEXT NOT NULL,
    part_rows INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, breakdown, day),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- Sums of an account's breakdown rows by value and day. They lie beside the account's days and are
-- never added to them. The *_rows say how many of the rows tell a figure: with 0 its sum is unknown.
CREATE TABLE account_breakdown_days (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    ad_account_id BLOB NOT NULL,
    breakdown TEXT NOT NULL,
    day TEXT NOT NULL,
    value TEXT NOT NULL,
    currency TEXT NOT NULL,
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
    PRIMARY KEY (workspace_id, ad_account_id, breakdown, day, value, currency),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
) STRICT, WITHOUT ROWID;
