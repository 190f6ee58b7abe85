-- What a message costs by a channel: by the country of whoever gets it and by what it is for, from a day on.
-- country: ISO 3166, empty for every other one. purpose: marketing, utility, authentication or service; empty
-- for every other one. The price of a message is that of the last day that is not after it, of the country
-- before any, and of the purpose before any. One channel has one currency.
CREATE TABLE channel_prices (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    channel_id UUID NOT NULL,
    country TEXT NOT NULL,
    purpose TEXT NOT NULL,
    valid_from DATE NOT NULL,
    price_micros BIGINT NOT NULL,
    currency TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, channel_id, country, purpose, valid_from),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    CHECK (purpose IN ('marketing', 'utility', 'authentication', 'service', '')),
    CHECK (price_micros >= 0)
);

-- Prices lay among a channel's settings, one for all countries and times. Row-level security must not hide
-- the rows that are there already.
ALTER TABLE channels NO FORCE ROW LEVEL SECURITY;
INSERT INTO channel_prices (workspace_id, channel_id, country, purpose, valid_from, price_micros, currency, created_at, updated_at)
    SELECT c.workspace_id, c.id, '', p.purpose, DATE '2020-01-01',
        CAST(ROUND(CAST(c.settings ->> ('price_' || p.purpose) AS NUMERIC) * 1000000) AS BIGINT),
        c.settings ->> 'price_currency', c.updated_at, c.updated_at
    FROM channels c
    JOIN (VALUES ('marketing'), ('utility'), ('authentication'), ('service')) p (purpose) ON TRUE
    WHERE c.settings ->> 'price_currency' IS NOT NULL
        AND c.settings ->> ('price_' || p.purpose) ~ '^[0-9]+(\.[0-9]+)?$';
UPDATE channels SET settings = settings - 'price_currency' - 'price_marketing' - 'price_utility' - 'price_authentication'
    - 'price_service' WHERE settings::text LIKE '%price\_%';
ALTER TABLE channel_prices ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_prices FORCE ROW LEVEL SECURITY;
CREATE POLICY channel_prices_workspace ON channel_prices
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

-- price_listed: the price is the one of the list, for the provider has told none.
ALTER TABLE messages ADD COLUMN price_listed BOOLEAN NOT NULL DEFAULT FALSE;

-- state_reason is a word now that each language has a sentence for; what the provider said stands beside it.
ALTER TABLE channels ADD COLUMN state_detail TEXT;
UPDATE channels SET state_detail = state_reason, state_reason = 'refused' WHERE state_reason IS NOT NULL;
ALTER TABLE channels FORCE ROW LEVEL SECURITY;
