-- What people write down about a conversation for one another. Never sent.
CREATE TABLE conversation_notes (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);
CREATE INDEX conversation_notes_conversation_id ON conversation_notes (workspace_id, conversation_id, created_at);
ALTER TABLE conversation_notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversation_notes FORCE ROW LEVEL SECURITY;
CREATE POLICY conversation_notes_workspace ON conversation_notes
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

-- last_received_at: when the newest message of the person was stored. What was stored after the
-- conversation was read is unread, also what came late. It never moves backwards.
ALTER TABLE conversations ADD COLUMN last_received_at TIMESTAMPTZ;
CREATE INDEX conversations_unread ON conversations (workspace_id, last_message_at, id)
    WHERE last_received_at IS NOT NULL AND (read_at IS NULL OR read_at < last_received_at);
CREATE INDEX messages_received ON messages (workspace_id, conversation_id, created_at) WHERE direction = 'inbound';

-- Search in messages by words and their beginnings. Row-level security keeps full-text operators
-- from using an index (they are not leakproof), so the index lies apart: it holds no text, only
-- hashes of the beginnings of words with the workspace, so that nothing of another workspace is
-- found or can be read. (On SQLite this is FTS5: see docs/sql.md.)
CREATE FUNCTION _message_fold(body TEXT) RETURNS TEXT
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(translate(body,
        'ÁÀÂÄÃÅáàâäãåÉÈÊËéèêëÍÌÎÏíìîïÓÒÔÖÕóòôöõÚÙÛÜúùûüÇçÑñÝýÿ',
        'AAAAAAaaaaaaEEEEeeeeIIIIiiiiOOOOOoooooUUUUuuuuCcNnYyy'))
$$;
CREATE FUNCTION _message_word(workspace UUID, word TEXT) RETURNS BIGINT
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT hashtextextended(left(_message_fold(word), 12), hashtextextended(workspace::text, 0))
$$;
-- In PL/pgSQL, which plans it once a session: the trigger calls it for every row.
CREATE FUNCTION _message_words(workspace UUID, body TEXT) RETURNS BIGINT[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    seed CONSTANT BIGINT := hashtextextended(workspace::text, 0);
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT hashtextextended(left(word, letters), seed)
        FROM regexp_split_to_table(_message_fold(left(body, 4096)), '[[:space:][:punct:]¡¿«»“”‘’…–—·]+') word,
        generate_series(2, least(length(word), 12)) letters
    );
END
$$;
CREATE TABLE _message_search (
    message_id UUID NOT NULL PRIMARY KEY,
    words BIGINT[] NOT NULL
);
-- RLS must not hide the rows that are there already from their first indexing.
ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;
INSERT INTO _message_search (message_id, words) SELECT id, _message_words(workspace_id, body) FROM messages;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE INDEX _message_search_words ON _message_search USING gin (words);
CREATE FUNCTION _message_search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO _message_search (message_id, words)
            VALUES (NEW.id, _message_words(NEW.workspace_id, NEW.body));
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE _message_search SET words = _message_words(NEW.workspace_id, NEW.body)
            WHERE message_id = NEW.id;
    ELSE
        DELETE FROM _message_search WHERE message_id = OLD.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER messages_search_added AFTER INSERT ON messages
    FOR EACH ROW EXECUTE FUNCTION _message_search_follow();
CREATE TRIGGER messages_search_changed AFTER UPDATE OF body ON messages
    FOR EACH ROW WHEN (NEW.body IS DISTINCT FROM OLD.body) EXECUTE FUNCTION _message_search_follow();
CREATE TRIGGER messages_search_removed AFTER DELETE ON messages
    FOR EACH ROW EXECUTE FUNCTION _message_search_follow();
