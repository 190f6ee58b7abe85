-- Rates of exchange: one unit of base is so many units of quote on a day, as an exact decimal. What
-- was entered by hand counts before what the European Central Bank published for the same day.
CREATE TABLE exchange_rates (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    base TEXT NOT NULL,
    quote TEXT NOT NULL,
    day DATE NOT NULL,
    source TEXT NOT NULL,
    rate TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    changed_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, base, quote, day, source),
    CHECK (source IN ('ecb', 'hand')),
    CHECK (base <> quote)
);
CREATE INDEX exchange_rates_day ON exchange_rates (workspace_id, day, base, quote, source);

-- What a rate was before it was replaced or removed, and from when to when it counted.
CREATE TABLE exchange_rate_history (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    base TEXT NOT NULL,
    quote TEXT NOT NULL,
    day DATE NOT NULL,
    source TEXT NOT NULL,
    replaced_at TIMESTAMPTZ NOT NULL,
    replaced_by UUID REFERENCES users (id),
    rate TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    changed_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, base, quote, day, source, replaced_at)
);

ALTER TABLE exchange_rates ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_rates FORCE ROW LEVEL SECURITY;
CREATE POLICY exchange_rates_workspace ON exchange_rates
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE exchange_rate_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_rate_history FORCE ROW LEVEL SECURITY;
CREATE POLICY exchange_rate_history_workspace ON exchange_rate_history
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
