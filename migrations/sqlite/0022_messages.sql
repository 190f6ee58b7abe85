-- Ways to reach people: one row is one number, page, bot or address at one provider (DETAILS H-2).
-- sender: what people see (a number, a page, a bot, an address). sender_id: what the provider calls it
-- (phone number id, page id, instance), empty where that is the same. settings: what only this provider
-- needs and is no secret. credential: the name of the secret in the vault; empty when the Meta
-- connection's own token is used. poll_cursor: how far messages were fetched where they are polled.
-- per_second: how many messages this sender may send a second; NULL for what the provider allows.
CREATE TABLE channels (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    provider TEXT NOT NULL,
    description TEXT,
    base_url TEXT,
    sender TEXT NOT NULL,
    sender_id TEXT NOT NULL,
    settings TEXT NOT NULL,
    credential TEXT NOT NULL,
    connection_id BLOB,
    whatsapp_account_id BLOB,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    state TEXT NOT NULL,
    state_reason TEXT,
    state_since TEXT NOT NULL,
    per_second INTEGER,
    poll_cursor TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES meta_connections (workspace_id, id),
    FOREIGN KEY (workspace_id, whatsapp_account_id) REFERENCES whatsapp_accounts (workspace_id, id),
    CHECK (kind IN ('whatsapp', 'sms', 'telegram', 'email', 'messenger', 'instagram')),
    CHECK (provider IN ('whatsapp_cloud', 'ycloud', 'evolution', 'twilio', 'vonage', 'telegram', 'smtp', 'messenger', 'instagram')),
    CHECK (state IN ('disconnected', 'connecting', 'connected')),
    CHECK (per_second > 0)
) STRICT;
CREATE INDEX channels_connection_id ON channels (workspace_id, connection_id);
CREATE INDEX channels_whatsapp_account_id ON channels (workspace_id, whatsapp_account_id);

-- A WhatsApp message template in one language (DETAILS T-1). account: whose it is at the provider: the id
-- of the WhatsApp business account. provider_status: the word the provider gave, whatever it is; state: what
-- Rumbo makes of it. components: as Meta has them. version: the newest of its versions.
CREATE TABLE templates (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    channel_id BLOB,
    external_id TEXT,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    previous_category TEXT,
    parameter_format TEXT NOT NULL,
    components TEXT NOT NULL,
    variables TEXT NOT NULL,
    quality TEXT,
    state TEXT NOT NULL,
    provider_status TEXT,
    rejection_reason TEXT,
    ttl_seconds INTEGER,
    version INTEGER NOT NULL,
    author_id BLOB REFERENCES users (id),
    approver_id BLOB REFERENCES users (id),
    submitted_at TEXT,
    decided_at TEXT,
    edited_at TEXT,
    provider_answer TEXT,
    synced_at TEXT,
    deleted_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    CHECK (provider IN ('whatsapp_cloud', 'ycloud')),
    CHECK (category IN ('marketing', 'utility', 'authentication')),
    CHECK (parameter_format IN ('positional', 'named')),
    CHECK (state IN ('draft', 'in_review', 'pending', 'approved', 'rejected', 'paused', 'disabled', 'archived', 'unknown')),
    CHECK (version > 0)
) STRICT;
CREATE UNIQUE INDEX templates_name ON templates (workspace_id, account, name, language) WHERE deleted_at IS NULL;
CREATE INDEX templates_external_id ON templates (workspace_id, external_id);
CREATE INDEX templates_channel_id ON templates (workspace_id, channel_id);

-- Every state a template was in as a whole, with who made it and why (DETAILS T-4). Rows are never changed.
CREATE TABLE template_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    template_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    category TEXT NOT NULL,
    parameter_format TEXT NOT NULL,
    components TEXT NOT NULL,
    variables TEXT NOT NULL,
    ttl_seconds INTEGER,
    origin TEXT NOT NULL,
    note TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, template_id, version),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (origin IN ('written', 'pulled', 'restored', 'duplicated')),
    CHECK (version > 0)
) STRICT;

-- What happened to a template at the provider: status, quality, category.
CREATE TABLE template_events (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    template_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    before TEXT,
    after TEXT NOT NULL,
    reason TEXT,
    occurred_at TEXT NOT NULL,
    seen_at TEXT,
    created_at TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (kind IN ('status', 'quality', 'category', 'category_announced', 'components'))
) STRICT;
CREATE INDEX template_events_template_id ON template_events (workspace_id, template_id, occurred_at);

-- One person at one channel. address: the number, chat, page-scoped id or e-mail there. last_*_at never
-- move backwards. contact_id: NULL while nobody is known by that address.
CREATE TABLE conversations (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    channel_id BLOB NOT NULL,
    address TEXT NOT NULL,
    contact_id BLOB,
    name TEXT,
    state TEXT NOT NULL,
    assigned_to BLOB REFERENCES users (id),
    last_message_at TEXT,
    last_inbound_at TEXT,
    read_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, channel_id, address),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    CHECK (state IN ('open', 'closed'))
) STRICT;
CREATE INDEX conversations_contact_id ON conversations (workspace_id, contact_id);
CREATE INDEX conversations_last_message_at ON conversations (workspace_id, last_message_at, id);
CREATE INDEX conversations_assigned_to ON conversations (workspace_id, assigned_to, last_message_at);

-- Sending one template to many, asked for by a person. audience: the filter or the list as it was asked
-- for. parameters: where each variable comes from. expected: what the person confirmed.
CREATE TABLE bulk_sends (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    channel_id BLOB NOT NULL,
    template_id BLOB,
    template_version INTEGER,
    audience TEXT NOT NULL,
    parameters TEXT NOT NULL,
    state TEXT NOT NULL,
    expected INTEGER NOT NULL,
    not_before TEXT,
    not_after TEXT,
    started_at TEXT,
    ended_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (state IN ('planning', 'running', 'paused', 'cancelled', 'done'))
) STRICT;
CREATE INDEX bulk_sends_created_at ON bulk_sends (workspace_id, created_at);
CREATE INDEX bulk_sends_channel_id ON bulk_sends (workspace_id, channel_id);
CREATE INDEX bulk_sends_template_id ON bulk_sends (workspace_id, template_id, template_version);

-- The outbox: one intended message to one contact. origin_id, step, contact_id and occurrence together
-- happen once, whoever plans them (SPEC O2). occurrence: what tells two times of the same step apart;
-- empty where there is only one. content: what is sent, whole, so that nothing changes it between planning
-- and sending. due_at: not before. expires_at: never after. claimed_until: when somebody else may look
-- whether the claimer died. message_id: the row of the conversation.
CREATE TABLE dispatches (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    origin TEXT NOT NULL,
    origin_id BLOB NOT NULL,
    step TEXT NOT NULL,
    contact_id BLOB NOT NULL,
    occurrence TEXT NOT NULL,
    channel_id BLOB NOT NULL,
    address TEXT NOT NULL,
    template_id BLOB,
    template_version INTEGER,
    content TEXT NOT NULL,
    rendered TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    error_code TEXT,
    error_text TEXT,
    due_at TEXT NOT NULL,
    expires_at TEXT,
    attempts INTEGER NOT NULL,
    claimed_by BLOB,
    claimed_until TEXT,
    provider_message_id TEXT,
    queued_at TEXT,
    sent_at TEXT,
    delivered_at TEXT,
    read_at TEXT,
    failed_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, origin_id, step, contact_id, occurrence),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (origin IN ('person', 'bulk_send', 'rule', 'sequence', 'campaign', 'bot')),
    CHECK (state IN ('planned', 'held', 'skipped', 'queued', 'claimed', 'sent', 'delivered', 'read', 'failed', 'bounced', 'unknown', 'cancelled')),
    CHECK (attempts >= 0)
) STRICT;
CREATE INDEX dispatches_due ON dispatches (workspace_id, state, due_at, id);
CREATE INDEX dispatches_origin ON dispatches (workspace_id, origin_id, state, id);
CREATE INDEX dispatches_contact_id ON dispatches (workspace_id, contact_id, created_at);
CREATE INDEX dispatches_template_id ON dispatches (workspace_id, template_id, template_version, state);
CREATE INDEX dispatches_channel_id ON dispatches (workspace_id, channel_id, state, due_at);
CREATE UNIQUE INDEX dispatches_provider_message_id ON dispatches (workspace_id, channel_id, provider_message_id) WHERE provider_message_id IS NOT NULL;

-- What a dispatch went through, late and repeated statuses too (DETAILS O-1). Rows are never changed.
CREATE TABLE dispatch_events (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    dispatch_id BLOB NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    error_code TEXT,
    source TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, dispatch_id) REFERENCES dispatches (workspace_id, id),
    CHECK (source IN ('sender', 'answer', 'webhook', 'poll', 'person'))
) STRICT;
CREATE INDEX dispatch_events_dispatch_id ON dispatch_events (workspace_id, dispatch_id, occurred_at);

-- Every message in or out is one row in one conversation (SPEC H2, DETAILS H-1). rendered text is body.
-- media: what came or went along, with the provider's id, type, size and the file it was kept in. price: what
-- the provider charged. raw: as the provider sent it. The times are empty until it happened.
CREATE TABLE messages (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    channel_id BLOB NOT NULL,
    direction TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    media TEXT,
    template_id BLOB,
    template_version INTEGER,
    parameters TEXT,
    address TEXT NOT NULL,
    automatic INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    origin TEXT NOT NULL,
    origin_name TEXT,
    dispatch_id BLOB,
    provider_message_id TEXT,
    reply_to TEXT,
    status TEXT NOT NULL,
    error_code TEXT,
    error_text TEXT,
    price_micros INTEGER,
    currency TEXT,
    raw TEXT,
    occurred_at TEXT NOT NULL,
    queued_at TEXT,
    sent_at TEXT,
    delivered_at TEXT,
    read_at TEXT,
    failed_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    FOREIGN KEY (workspace_id, dispatch_id) REFERENCES dispatches (workspace_id, id),
    CHECK (direction IN ('inbound', 'outbound')),
    CHECK (kind IN ('text', 'image', 'video', 'audio', 'document', 'sticker', 'reaction', 'location', 'contact', 'interactive', 'template', 'system', 'unsupported')),
    CHECK (origin IN ('contact', 'person', 'bulk_send', 'rule', 'sequence', 'campaign', 'bot', 'elsewhere')),
    CHECK (status IN ('received', 'pending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'cancelled'))
) STRICT;
CREATE INDEX messages_conversation_id ON messages (workspace_id, conversation_id, occurred_at, id);
CREATE INDEX messages_occurred_at ON messages (workspace_id, occurred_at, id);
CREATE INDEX messages_channel_id ON messages (workspace_id, channel_id, occurred_at);
CREATE INDEX messages_template_id ON messages (workspace_id, template_id, template_version);
CREATE INDEX messages_dispatch_id ON messages (workspace_id, dispatch_id);
CREATE UNIQUE INDEX messages_provider_message_id ON messages (workspace_id, channel_id, provider_message_id) WHERE provider_message_id IS NOT NULL;

-- Every status a provider told of a message, in any order and however often (DETAILS O-1).
CREATE TABLE message_statuses (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    message_id BLOB NOT NULL,
    status TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    error_code TEXT,
    error_text TEXT,
    created_at TEXT NOT NULL,
    PRIMARY KEY (workspace_id, message_id, status, occurred_at),
    FOREIGN KEY (workspace_id, message_id) REFERENCES messages (workspace_id, id)
) STRICT;

-- What providers sent, before anything is made of it: stored first, answered, worked on after. body: as it
-- came, byte for byte, where it is text. told_twice: how often the same came again. key: what makes two
-- deliveries the same one.
CREATE TABLE webhook_deliveries (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    provider TEXT NOT NULL,
    channel_id BLOB,
    key TEXT NOT NULL,
    content_type TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    processed_at TEXT,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, provider, key),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    CHECK (state IN ('stored', 'processed', 'refused', 'waiting'))
) STRICT;
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (workspace_id, state, due_at, id);
CREATE INDEX webhook_deliveries_received_at ON webhook_deliveries (workspace_id, received_at);
CREATE INDEX webhook_deliveries_channel_id ON webhook_deliveries (workspace_id, channel_id, received_at);

-- Addresses that are never written to, whether or not a contact has them: lists that were imported, stops
-- of people who are no contacts (SPEC C1). kind: of the channel. address: as the channel writes it.
CREATE TABLE suppressions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    scope TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT,
    occurred_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, kind, address, scope),
    CHECK (kind IN ('whatsapp', 'sms', 'telegram', 'email', 'messenger', 'instagram')),
    CHECK (scope IN ('all', 'marketing'))
) STRICT;
