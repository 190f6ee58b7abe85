-- Rates of exchange: one unit of base is so many units of quote on a day, as an exact decimal. What
-- was entered by hand counts before what the European Central Bank published for the same day.
CREATE TABLE exchange_rates (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    base TEXT NOT NULL,
    quote TEXT NOT NULL,
    day TEXT NOT NULL,
    source TEXT NOT NULL,
    rate TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, base, quote, day, source),
    CHECK (source IN ('ecb', 'hand')),
    CHECK (base <> quote)
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_rates_day ON exchange_rates (workspace_id, day, base, quote, source);

-- What a rate was before it was replaced or removed, and from when to when it counted.
CREATE TABLE exchange_rate_history (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    base TEXT NOT NULL,
    quote TEXT NOT NULL,
    day TEXT NOT NULL,
    source TEXT NOT NULL,
    replaced_at TEXT NOT NULL,
    replaced_by BLOB REFERENCES users (id),
    rate TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, base, quote, day, source, replaced_at)
) STRICT, WITHOUT ROWID;
