-- Orders, carts, consents, breakdowns, invitations and sessions: their shape, before what fills them.

-- Orders of a shop. A paid order becomes one sale, and then points at it (DETAILS C-3).
CREATE TABLE orders (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    contact_id BLOB NOT NULL,
    reference TEXT NOT NULL,
    status TEXT NOT NULL,
    currency TEXT NOT NULL,
    total_micros INTEGER NOT NULL,
    ordered_at TEXT NOT NULL,
    paid_at TEXT,
    closed_at TEXT,
    sale_id BLOB,
    external_id TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, sale_id) REFERENCES sales (workspace_id, id),
    CHECK (status IN ('draft', 'confirmed', 'paid', 'shipped', 'delivered', 'cancelled', 'returned')),
    CHECK (total_micros >= 0)
) STRICT;
CREATE INDEX orders_contact_id ON orders (workspace_id, contact_id);
CREATE UNIQUE INDEX orders_sale_id ON orders (workspace_id, sale_id) WHERE sale_id IS NOT NULL;
CREATE UNIQUE INDEX orders_external ON orders (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE order_lines (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    product TEXT NOT NULL,
    product_external_id TEXT,
    quantity INTEGER NOT NULL,
    price_micros INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, order_id) REFERENCES orders (workspace_id, id)
) STRICT;
CREATE INDEX order_lines_order_id ON order_lines (workspace_id, order_id);

-- Carts. Whether one is abandoned follows from its last activity and what came of it.
CREATE TABLE carts (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    contact_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    value_micros INTEGER NOT NULL,
    last_activity_at TEXT NOT NULL,
    order_id BLOB,
    recovered_at TEXT,
    recovered_by_dispatch_id BLOB,
    external_id TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, order_id) REFERENCES orders (workspace_id, id),
    CHECK (value_micros >= 0)
) STRICT;
CREATE INDEX carts_contact_id ON carts (workspace_id, contact_id);
CREATE INDEX carts_order_id ON carts (workspace_id, order_id);
CREATE INDEX carts_last_activity_at ON carts (workspace_id, last_activity_at);
CREATE UNIQUE INDEX carts_external ON carts (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE cart_lines (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    cart_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    product TEXT NOT NULL,
    product_external_id TEXT,
    quantity INTEGER NOT NULL,
    price_micros INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, cart_id) REFERENCES carts (workspace_id, id)
) STRICT;
CREATE INDEX cart_lines_cart_id ON cart_lines (workspace_id, cart_id);

-- Every opt-in and opt-out of a contact on a channel, with where it came from. The latest one
-- holds (DETAILS C-1).
CREATE TABLE contact_consents (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    contact_id BLOB NOT NULL,
    channel TEXT NOT NULL,
    consent TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT,
    occurred_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    CHECK (consent IN ('opted_in', 'opted_out'))
) STRICT;
CREATE INDEX contact_consents_contact_id ON contact_consents (workspace_id, contact_id, channel, occurred_at);

-- Meta's figures of one ad on one day by age, gender, country, placement or device: never added
-- to totals (DETAILS S-2).
CREATE TABLE ad_insight_breakdowns (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    ad_account_id BLOB NOT NULL,
    day TEXT NOT NULL,
    ad_id BLOB NOT NULL,
    breakdown TEXT NOT NULL,
    value TEXT NOT NULL,
    currency TEXT NOT NULL,
    attribution_setting TEXT,
    impressions INTEGER,
    reach INTEGER,
    frequency REAL,
    clicks INTEGER,
    link_clicks INTEGER,
    spend_micros INTEGER,
    meta_leads INTEGER,
    meta_purchases INTEGER,
    meta_purchase_micros INTEGER,
    actions TEXT,
    rest TEXT,
    first_run INTEGER NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, day, ad_id, breakdown, value),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_id) REFERENCES ads (workspace_id, id),
    CHECK (breakdown IN ('age', 'gender', 'country', 'placement', 'device'))
) STRICT, WITHOUT ROWID;
CREATE INDEX ad_insight_breakdowns_ad_id_day ON ad_insight_breakdowns (workspace_id, ad_id, day);

-- Who was asked to join, and as what. Only a hash of the link is kept (DETAILS U-1).
CREATE TABLE invitations (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    email TEXT NOT NULL,
    role_id BLOB NOT NULL,
    token_hash TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    accepted_at TEXT,
    accepted_by BLOB REFERENCES users (id),
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, role_id) REFERENCES roles (workspace_id, id)
) STRICT;
CREATE INDEX invitations_email ON invitations (workspace_id, email);
CREATE INDEX invitations_role_id ON invitations (workspace_id, role_id);

-- Sign-ins of people to shared workspaces, and links to choose a new password: of a person, not
-- of a workspace. Only hashes are kept.
CREATE TABLE sessions (
    id BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    token_hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT,
    PRIMARY KEY (id),
    UNIQUE (token_hash)
) STRICT;
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE password_resets (
    id BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    token_hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    PRIMARY KEY (id),
    UNIQUE (token_hash)
) STRICT;
CREATE INDEX password_resets_user_id ON password_resets (user_id);

-- Deleting a row clears the pointers to it and never the workspace id.
CREATE TRIGGER orders_sale_id_cleared BEFORE DELETE ON sales BEGIN
    UPDATE orders SET sale_id = NULL WHERE workspace_id = OLD.workspace_id AND sale_id = OLD.id;
END;
CREATE TRIGGER carts_order_id_cleared BEFORE DELETE ON orders BEGIN
    UPDATE carts SET order_id = NULL WHERE workspace_id = OLD.workspace_id AND order_id = OLD.id;
END;
