-- What a message costs by a channel: by the country of whoever gets it and by what it is for, from a day on.
-- country: ISO 3166, empty for every other one. purpose: marketing, utility, authentication or service; empty
-- for every other one. The price of a message is that of the last day that is not after it, of the country
-- before any, and of the purpose before any. One channel has one currency.
CREATE TABLE channel_prices (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    channel_id BLOB NOT NULL,
    country TEXT NOT NULL,
    purpose TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    price_micros INTEGER NOT NULL,
    currency TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, channel_id, country, purpose, valid_from),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    CHECK (purpose IN ('marketing', 'utility', 'authentication', 'service', '')),
    CHECK (price_micros >= 0)
) STRICT;

-- Prices lay among a channel's settings, one for all countries and times.
INSERT INTO channel_prices (workspace_id, channel_id, country, purpose, valid_from, price_micros, currency, created_at, updated_at)
    SELECT c.workspace_id, c.id, '', p.purpose, '2020-01-01',
        CAST(ROUND(CAST(json_extract(c.settings, '$.price_' || p.purpose) AS REAL) * 1000000) AS INTEGER),
        json_extract(c.settings, '$.price_currency'), c.updated_at, c.updated_at
    FROM channels c
    JOIN (SELECT 'marketing' AS purpose UNION ALL SELECT 'utility' UNION ALL SELECT 'authentication' UNION ALL SELECT 'service') p
    WHERE json_extract(c.settings, '$.price_currency') IS NOT NULL
        AND json_extract(c.settings, '$.price_' || p.purpose) IS NOT NULL
        AND CAST(json_extract(c.settings, '$.price_' || p.purpose) AS REAL) >= 0;
UPDATE channels SET settings = json_remove(settings, '$.price_currency', '$.price_marketing', '$.price_utility',
    '$.price_authentication', '$.price_service') WHERE settings LIKE '%price\_%' ESCAPE '\';

-- price_listed: the price is the one of the list, for the provider has told none.
ALTER TABLE messages ADD COLUMN price_listed INTEGER NOT NULL DEFAULT 0 CHECK (price_listed IN (0, 1));

-- state_reason is a word now that each language has a sentence for; what the provider said stands beside it.
ALTER TABLE channels ADD COLUMN state_detail TEXT;
UPDATE channels SET state_detail = state_reason, state_reason = 'refused' WHERE state_reason IS NOT NULL;
