-- Orders, carts, consents, breakdowns, invitations and sessions: their shape, before what fills them.

-- Orders of a shop. A paid order becomes one sale, and then points at it (DETAILS C-3).
CREATE TABLE orders (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    reference TEXT NOT NULL,
    status TEXT NOT NULL,
    currency TEXT NOT NULL,
    total_micros BIGINT NOT NULL,
    ordered_at TIMESTAMPTZ NOT NULL,
    paid_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    sale_id UUID,
    external_id TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, sale_id) REFERENCES sales (workspace_id, id) ON DELETE SET NULL (sale_id),
    CHECK (status IN ('draft', 'confirmed', 'paid', 'shipped', 'delivered', 'cancelled', 'returned')),
    CHECK (total_micros >= 0)
);
CREATE INDEX orders_contact_id ON orders (workspace_id, contact_id);
CREATE UNIQUE INDEX orders_sale_id ON orders (workspace_id, sale_id) WHERE sale_id IS NOT NULL;
CREATE UNIQUE INDEX orders_external ON orders (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE order_lines (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    order_id UUID NOT NULL,
    position BIGINT NOT NULL,
    product TEXT NOT NULL,
    product_external_id TEXT,
    quantity BIGINT NOT NULL,
    price_micros BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, order_id) REFERENCES orders (workspace_id, id)
);
CREATE INDEX order_lines_order_id ON order_lines (workspace_id, order_id);

-- Carts. Whether one is abandoned follows from its last activity and what came of it.
CREATE TABLE carts (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    currency TEXT NOT NULL,
    value_micros BIGINT NOT NULL,
    last_activity_at TIMESTAMPTZ NOT NULL,
    order_id UUID,
    recovered_at TIMESTAMPTZ,
    recovered_by_dispatch_id UUID,
    external_id TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, order_id) REFERENCES orders (workspace_id, id) ON DELETE SET NULL (order_id),
    CHECK (value_micros >= 0)
);
CREATE INDEX carts_contact_id ON carts (workspace_id, contact_id);
CREATE INDEX carts_order_id ON carts (workspace_id, order_id);
CREATE INDEX carts_last_activity_at ON carts (workspace_id, last_activity_at);
CREATE UNIQUE INDEX carts_external ON carts (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE cart_lines (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    cart_id UUID NOT NULL,
    position BIGINT NOT NULL,
    product TEXT NOT NULL,
    product_external_id TEXT,
    quantity BIGINT NOT NULL,
    price_micros BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, cart_id) REFERENCES carts (workspace_id, id)
);
CREATE INDEX cart_lines_cart_id ON cart_lines (workspace_id, cart_id);

-- Every opt-in and opt-out of a contact on a channel, with where it came from. The latest one
-- holds (DETAILS C-1).
CREATE TABLE contact_consents (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    channel TEXT NOT NULL,
    consent TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    CHECK (consent IN ('opted_in', 'opted_out'))
);
CREATE INDEX contact_consents_contact_id ON contact_consents (workspace_id, contact_id, channel, occurred_at);

-- Meta's figures of one ad on one day by age, gender, country, placement or device: never added
-- to totals (DETAILS S-2).
CREATE TABLE ad_insight_breakdowns (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    ad_account_id UUID NOT NULL,
    day DATE NOT NULL,
    ad_id UUID NOT NULL,
    breakdown TEXT NOT NULL,
    value TEXT NOT NULL,
    currency TEXT NOT NULL,
    attribution_setting TEXT,
    impressions BIGINT,
    reach BIGINT,
    frequency DOUBLE PRECISION,
    clicks BIGINT,
    link_clicks BIGINT,
    spend_micros BIGINT,
    meta_leads BIGINT,
    meta_purchases BIGINT,
    meta_purchase_micros BIGINT,
    actions JSONB,
    rest JSONB,
    first_run BIGINT NOT NULL,
    run BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, day, ad_id, breakdown, value),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_id) REFERENCES ads (workspace_id, id),
    CHECK (breakdown IN ('age', 'gender', 'country', 'placement', 'device'))
);
CREATE INDEX ad_insight_breakdowns_ad_id_day ON ad_insight_breakdowns (workspace_id, ad_id, day);

-- Who was asked to join, and as what. Only a hash of the link is kept (DETAILS U-1).
CREATE TABLE invitations (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    email TEXT NOT NULL,
    role_id UUID NOT NULL,
    token_hash TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    accepted_at TIMESTAMPTZ,
    accepted_by UUID REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, role_id) REFERENCES roles (workspace_id, id)
);
CREATE INDEX invitations_email ON invitations (workspace_id, email);
CREATE INDEX invitations_role_id ON invitations (workspace_id, role_id);

-- Sign-ins of people to shared workspaces, and links to choose a new password: of a person, not
-- of a workspace. Only hashes are kept.
CREATE TABLE sessions (
    id UUID NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    token_hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    PRIMARY KEY (id),
    UNIQUE (token_hash)
);
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE password_resets (
    id UUID NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    token_hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (id),
    UNIQUE (token_hash)
);
CREATE INDEX password_resets_user_id ON password_resets (user_id);

-- A row is seen and written only from its own workspace, by the owner of the tables too.
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY orders_workspace ON orders
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE order_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY order_lines_workspace ON order_lines
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE carts ENABLE ROW LEVEL SECURITY;
ALTER TABLE carts FORCE ROW LEVEL SECURITY;
CREATE POLICY carts_workspace ON carts
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE cart_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE cart_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY cart_lines_workspace ON cart_lines
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE contact_consents ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_consents FORCE ROW LEVEL SECURITY;
CREATE POLICY contact_consents_workspace ON contact_consents
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE ad_insight_breakdowns ENABLE ROW LEVEL SECURITY;
ALTER TABLE ad_insight_breakdowns FORCE ROW LEVEL SECURITY;
CREATE POLICY ad_insight_breakdowns_workspace ON ad_insight_breakdowns
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY invitations_workspace ON invitations
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
