-- Ways to reach people: one row is one number, page, bot or address at one provider (DETAILS H-2).
-- sender: what people see (a number, a page, a bot, an address). sender_id: what the provider calls it
-- (phone number id, page id, instance), empty where that is the same. settings: what only this provider
-- needs and is no secret. credential: the name of the secret in the vault; empty when the Meta
-- connection's own token is used. poll_cursor: how far messages were fetched where they are polled.
-- per_second: how many messages this sender may send a second; NULL for what the provider allows.
CREATE TABLE channels (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    provider TEXT NOT NULL,
    description TEXT,
    base_url TEXT,
    sender TEXT NOT NULL,
    sender_id TEXT NOT NULL,
    settings JSONB NOT NULL,
    credential TEXT NOT NULL,
    connection_id UUID,
    whatsapp_account_id UUID,
    active BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT,
    state_since TIMESTAMPTZ NOT NULL,
    per_second BIGINT,
    poll_cursor TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES meta_connections (workspace_id, id),
    FOREIGN KEY (workspace_id, whatsapp_account_id) REFERENCES whatsapp_accounts (workspace_id, id),
    CHECK (kind IN ('whatsapp', 'sms', 'telegram', 'email', 'messenger', 'instagram')),
    CHECK (provider IN ('whatsapp_cloud', 'ycloud', 'evolution', 'twilio', 'vonage', 'telegram', 'smtp', 'messenger', 'instagram')),
    CHECK (state IN ('disconnected', 'connecting', 'connected')),
    CHECK (per_second > 0)
);
CREATE INDEX channels_connection_id ON channels (workspace_id, connection_id);
CREATE INDEX channels_whatsapp_account_id ON channels (workspace_id, whatsapp_account_id);

-- A WhatsApp message template in one language (DETAILS T-1). account: whose it is at the provider: the id
-- of the WhatsApp business account. provider_status: the word the provider gave, whatever it is; state: what
-- Rumbo makes of it. components: as Meta has them. version: the newest of its versions.
CREATE TABLE templates (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    channel_id UUID,
    external_id TEXT,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    previous_category TEXT,
    parameter_format TEXT NOT NULL,
    components JSONB NOT NULL,
    variables JSONB NOT NULL,
    quality TEXT,
    state TEXT NOT NULL,
    provider_status TEXT,
    rejection_reason TEXT,
    ttl_seconds BIGINT,
    version BIGINT NOT NULL,
    author_id UUID REFERENCES users (id),
    approver_id UUID REFERENCES users (id),
    submitted_at TIMESTAMPTZ,
    decided_at TIMESTAMPTZ,
    edited_at TIMESTAMPTZ,
    provider_answer JSONB,
    synced_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    CHECK (provider IN ('whatsapp_cloud', 'ycloud')),
    CHECK (category IN ('marketing', 'utility', 'authentication')),
    CHECK (parameter_format IN ('positional', 'named')),
    CHECK (state IN ('draft', 'in_review', 'pending', 'approved', 'rejected', 'paused', 'disabled', 'archived', 'unknown')),
    CHECK (version > 0)
);
CREATE UNIQUE INDEX templates_name ON templates (workspace_id, account, name, language) WHERE deleted_at IS NULL;
CREATE INDEX templates_external_id ON templates (workspace_id, external_id);
CREATE INDEX templates_channel_id ON templates (workspace_id, channel_id);

-- Every state a template was in as a whole, with who made it and why (DETAILS T-4). Rows are never changed.
CREATE TABLE template_versions (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    template_id UUID NOT NULL,
    version BIGINT NOT NULL,
    category TEXT NOT NULL,
    parameter_format TEXT NOT NULL,
    components JSONB NOT NULL,
    variables JSONB NOT NULL,
    ttl_seconds BIGINT,
    origin TEXT NOT NULL,
    note TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, template_id, version),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (origin IN ('written', 'pulled', 'restored', 'duplicated')),
    CHECK (version > 0)
);

-- What happened to a template at the provider: status, quality, category.
CREATE TABLE template_events (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    template_id UUID NOT NULL,
    kind TEXT NOT NULL,
    before TEXT,
    after TEXT NOT NULL,
    reason TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (kind IN ('status', 'quality', 'category', 'category_announced', 'components'))
);
CREATE INDEX template_events_template_id ON template_events (workspace_id, template_id, occurred_at);

-- One person at one channel. address: the number, chat, page-scoped id or e-mail there. last_*_at never
-- move backwards. contact_id: NULL while nobody is known by that address.
CREATE TABLE conversations (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    channel_id UUID NOT NULL,
    address TEXT NOT NULL,
    contact_id UUID,
    name TEXT,
    state TEXT NOT NULL,
    assigned_to UUID REFERENCES users (id),
    last_message_at TIMESTAMPTZ,
    last_inbound_at TIMESTAMPTZ,
    read_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, channel_id, address),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    CHECK (state IN ('open', 'closed'))
);
CREATE INDEX conversations_contact_id ON conversations (workspace_id, contact_id);
CREATE INDEX conversations_last_message_at ON conversations (workspace_id, last_message_at, id);
CREATE INDEX conversations_assigned_to ON conversations (workspace_id, assigned_to, last_message_at);

-- Sending one template to many, asked for by a person. audience: the filter or the list as it was asked
-- for. parameters: where each variable comes from. expected: what the person confirmed.
CREATE TABLE bulk_sends (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    channel_id UUID NOT NULL,
    template_id UUID,
    template_version BIGINT,
    audience JSONB NOT NULL,
    parameters JSONB NOT NULL,
    state TEXT NOT NULL,
    expected BIGINT NOT NULL,
    not_before TIMESTAMPTZ,
    not_after TIMESTAMPTZ,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (state IN ('planning', 'running', 'paused', 'cancelled', 'done'))
);
CREATE INDEX bulk_sends_created_at ON bulk_sends (workspace_id, created_at);
CREATE INDEX bulk_sends_channel_id ON bulk_sends (workspace_id, channel_id);
CREATE INDEX bulk_sends_template_id ON bulk_sends (workspace_id, template_id, template_version);

-- The outbox: one intended message to one contact. origin_id, step, contact_id and occurrence together
-- happen once, whoever plans them (SPEC O2). occurrence: what tells two times of the same step apart;
-- empty where there is only one. content: what is sent, whole, so that nothing changes it between planning
-- and sending. due_at: not before. expires_at: never after. claimed_until: when somebody else may look
-- whether the claimer died. message_id: the row of the conversation.
CREATE TABLE dispatches (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    origin TEXT NOT NULL,
    origin_id UUID NOT NULL,
    step TEXT NOT NULL,
    contact_id UUID NOT NULL,
    occurrence TEXT NOT NULL,
    channel_id UUID NOT NULL,
    address TEXT NOT NULL,
    template_id UUID,
    template_version BIGINT,
    content JSONB NOT NULL,
    rendered TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    error_code TEXT,
    error_text TEXT,
    due_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    attempts BIGINT NOT NULL,
    claimed_by UUID,
    claimed_until TIMESTAMPTZ,
    provider_message_id TEXT,
    queued_at TIMESTAMPTZ,
    sent_at TIMESTAMPTZ,
    delivered_at TIMESTAMPTZ,
    read_at TIMESTAMPTZ,
    failed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, origin_id, step, contact_id, occurrence),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    CHECK (origin IN ('person', 'bulk_send', 'rule', 'sequence', 'campaign', 'bot')),
    CHECK (state IN ('planned', 'held', 'skipped', 'queued', 'claimed', 'sent', 'delivered', 'read', 'failed', 'bounced', 'unknown', 'cancelled')),
    CHECK (attempts >= 0)
);
CREATE INDEX dispatches_due ON dispatches (workspace_id, state, due_at, id);
CREATE INDEX dispatches_origin ON dispatches (workspace_id, origin_id, state, id);
CREATE INDEX dispatches_contact_id ON dispatches (workspace_id, contact_id, created_at);
CREATE INDEX dispatches_template_id ON dispatches (workspace_id, template_id, template_version, state);
CREATE INDEX dispatches_channel_id ON dispatches (workspace_id, channel_id, state, due_at);
CREATE UNIQUE INDEX dispatches_provider_message_id ON dispatches (workspace_id, channel_id, provider_message_id) WHERE provider_message_id IS NOT NULL;

-- What a dispatch went through, late and repeated statuses too (DETAILS O-1). Rows are never changed.
CREATE TABLE dispatch_events (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    dispatch_id UUID NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    error_code TEXT,
    source TEXT NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, dispatch_id) REFERENCES dispatches (workspace_id, id),
    CHECK (source IN ('sender', 'answer', 'webhook', 'poll', 'person'))
);
CREATE INDEX dispatch_events_dispatch_id ON dispatch_events (workspace_id, dispatch_id, occurred_at);

-- Every message in or out is one row in one conversation (SPEC H2, DETAILS H-1). rendered text is body.
-- media: what came or went along, with the provider's id, type, size and the file it was kept in. price: what
-- the provider charged. raw: as the provider sent it. The times are empty until it happened.
CREATE TABLE messages (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    channel_id UUID NOT NULL,
    direction TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    media JSONB,
    template_id UUID,
    template_version BIGINT,
    parameters JSONB,
    address TEXT NOT NULL,
    automatic BOOLEAN NOT NULL,
    origin TEXT NOT NULL,
    origin_name TEXT,
    dispatch_id UUID,
    provider_message_id TEXT,
    reply_to TEXT,
    status TEXT NOT NULL,
    error_code TEXT,
    error_text TEXT,
    price_micros BIGINT,
    currency TEXT,
    raw JSONB,
    occurred_at TIMESTAMPTZ NOT NULL,
    queued_at TIMESTAMPTZ,
    sent_at TIMESTAMPTZ,
    delivered_at TIMESTAMPTZ,
    read_at TIMESTAMPTZ,
    failed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id),
    FOREIGN KEY (workspace_id, dispatch_id) REFERENCES dispatches (workspace_id, id),
    CHECK (direction IN ('inbound', 'outbound')),
    CHECK (kind IN ('text', 'image', 'video', 'audio', 'document', 'sticker', 'reaction', 'location', 'contact', 'interactive', 'template', 'system', 'unsupported')),
    CHECK (origin IN ('contact', 'person', 'bulk_send', 'rule', 'sequence', 'campaign', 'bot', 'elsewhere')),
    CHECK (status IN ('received', 'pending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'cancelled'))
);
CREATE INDEX messages_conversation_id ON messages (workspace_id, conversation_id, occurred_at, id);
CREATE INDEX messages_occurred_at ON messages (workspace_id, occurred_at, id);
CREATE INDEX messages_channel_id ON messages (workspace_id, channel_id, occurred_at);
CREATE INDEX messages_template_id ON messages (workspace_id, template_id, template_version);
CREATE INDEX messages_dispatch_id ON messages (workspace_id, dispatch_id);
CREATE UNIQUE INDEX messages_provider_message_id ON messages (workspace_id, channel_id, provider_message_id) WHERE provider_message_id IS NOT NULL;

-- Every status a provider told of a message, in any order and however often (DETAILS O-1).
CREATE TABLE message_statuses (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    message_id UUID NOT NULL,
    status TEXT NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    error_code TEXT,
    error_text TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, message_id, status, occurred_at),
    FOREIGN KEY (workspace_id, message_id) REFERENCES messages (workspace_id, id)
);

-- What providers sent, before anything is made of it: stored first, answered, worked on after. body: as it
-- came, byte for byte, where it is text. told_twice: how often the same came again. key: what makes two
-- deliveries the same one.
CREATE TABLE webhook_deliveries (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    provider TEXT NOT NULL,
    channel_id UUID,
    key TEXT NOT NULL,
    content_type TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attempts BIGINT NOT NULL,
    repeats BIGINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    processed_at TIMESTAMPTZ,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, provider, key),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id),
    CHECK (state IN ('stored', 'processed', 'refused', 'waiting'))
);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (workspace_id, state, due_at, id);
CREATE INDEX webhook_deliveries_received_at ON webhook_deliveries (workspace_id, received_at);
CREATE INDEX webhook_deliveries_channel_id ON webhook_deliveries (workspace_id, channel_id, received_at);

-- Addresses that are never written to, whether or not a contact has them: lists that were imported, stops
-- of people who are no contacts (SPEC C1). kind: of the channel. address: as the channel writes it.
CREATE TABLE suppressions (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    scope TEXT NOT NULL,
    source TEXT NOT NULL,
    note TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, kind, address, scope),
    CHECK (kind IN ('whatsapp', 'sms', 'telegram', 'email', 'messenger', 'instagram')),
    CHECK (scope IN ('all', 'marketing'))
);

-- A row is seen and written only from its own workspace, by the owner of the table too.
ALTER TABLE channels ENABLE ROW LEVEL SECURITY;
ALTER TABLE channels FORCE ROW LEVEL SECURITY;
CREATE POLICY channels_workspace ON channels
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;
CREATE POLICY templates_workspace ON templates
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE template_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE template_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY template_versions_workspace ON template_versions
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE template_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE template_events FORCE ROW LEVEL SECURITY;
CREATE POLICY template_events_workspace ON template_events
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
CREATE POLICY conversations_workspace ON conversations
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE bulk_sends ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_sends FORCE ROW LEVEL SECURITY;
CREATE POLICY bulk_sends_workspace ON bulk_sends
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE dispatches ENABLE ROW LEVEL SECURITY;
ALTER TABLE dispatches FORCE ROW LEVEL SECURITY;
CREATE POLICY dispatches_workspace ON dispatches
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE dispatch_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE dispatch_events FORCE ROW LEVEL SECURITY;
CREATE POLICY dispatch_events_workspace ON dispatch_events
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY messages_workspace ON messages
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE message_statuses ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_statuses FORCE ROW LEVEL SECURITY;
CREATE POLICY message_statuses_workspace ON message_statuses
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_deliveries_workspace ON webhook_deliveries
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE suppressions ENABLE ROW LEVEL SECURITY;
ALTER TABLE suppressions FORCE ROW LEVEL SECURITY;
CREATE POLICY suppressions_workspace ON suppressions
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
