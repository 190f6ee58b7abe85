-- bulk_only: nothing stands in the conversation but what went to many, by a bulk send or an automation.
-- It is in no list of open conversations until a person says a word: theirs, or one of ours to them.
ALTER TABLE conversations ADD COLUMN bulk_only BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE conversations SET bulk_only = TRUE WHERE state = 'open' AND last_inbound_at IS NULL AND assigned_to IS NULL
    AND EXISTS (SELECT 1 FROM messages m WHERE m.workspace_id = conversations.workspace_id
        AND m.conversation_id = conversations.id)
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.workspace_id = conversations.workspace_id
        AND m.conversation_id = conversations.id
        AND (m.origin IS NULL OR m.origin NOT IN ('bulk_send', 'rule', 'sequence', 'campaign')))
    AND NOT EXISTS (SELECT 1 FROM conversation_notes n WHERE n.workspace_id = conversations.workspace_id
        AND n.conversation_id = conversations.id);
CREATE INDEX conversations_open ON conversations (workspace_id, last_message_at, id)
    WHERE state = 'open' AND NOT bulk_only;
