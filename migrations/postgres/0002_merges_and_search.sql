-- Stages that can be removed, merged contacts, and search in contacts.

-- A removed stage stays: the history of opportunities names it.
ALTER TABLE pipeline_stages ADD COLUMN removed_at TIMESTAMPTZ;

-- Which contact was merged into which, with what it takes to undo it. The merged contact is gone
-- and the kept one may be merged too, so neither is a reference.
CREATE TABLE contact_merges (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    kept_id UUID NOT NULL,
    kept_name TEXT NOT NULL,
    other_id UUID NOT NULL,
    other_name TEXT NOT NULL,
    record JSONB NOT NULL,
    merged_at TIMESTAMPTZ NOT NULL,
    merged_by UUID REFERENCES users (id),
    undone_at TIMESTAMPTZ,
    undone_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX contact_merges_kept_id ON contact_merges (workspace_id, kept_id);
CREATE INDEX contact_merges_other_id ON contact_merges (workspace_id, other_id);
CREATE INDEX contact_merges_merged_at ON contact_merges (workspace_id, merged_at);
ALTER TABLE contact_merges ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_merges FORCE ROW LEVEL SECURITY;
CREATE POLICY contact_merges_workspace ON contact_merges
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

-- One click belongs to one person.
CREATE INDEX touchpoints_click_id ON touchpoints (workspace_id, click_id) WHERE click_id IS NOT NULL;

-- The list of contacts, changed last first, also where a whole import has one time.
DROP INDEX contacts_updated_at;
CREATE INDEX contacts_updated_at_id ON contacts (workspace_id, updated_at, id);

-- Search in contacts by any three letters, and by the first one or two of a word: every word
-- stands behind two spaces, so that "  a" and " an" are three letters too. Row-level security
-- keeps LIKE from using an index (it is not leakproof), so the index lies apart: it holds no
-- text, only hashes of three letters with the workspace, so that nothing of another workspace is
-- found or can be read; what it finds is compared with the text again, behind the wall.
-- (On SQLite this is FTS5: see docs/sql.md.)
CREATE FUNCTION _contact_gram(workspace UUID, letters TEXT) RETURNS BIGINT
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT hashtextextended(letters, hashtextextended(workspace::text, 0))
$$;
-- In PL/pgSQL, which plans it once a session: the trigger calls it for every row.
CREATE FUNCTION _contact_grams(workspace UUID, search TEXT) RETURNS BIGINT[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    seed CONSTANT BIGINT := hashtextextended(workspace::text, 0);
    spaced CONSTANT TEXT := '  ' || replace(search, ' ', '  ');
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT hashtextextended(substr(spaced, place, 3), seed)
        FROM generate_series(1, length(spaced) - 2) place
    );
END
$$;
CREATE TABLE _contact_search (
    contact_id UUID NOT NULL PRIMARY KEY,
    grams BIGINT[] NOT NULL
);
-- RLS must not hide the rows that are there already from their first indexing.
ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY;
INSERT INTO _contact_search (contact_id, grams) SELECT id, _contact_grams(workspace_id, search) FROM contacts;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
CREATE INDEX _contact_search_grams ON _contact_search USING gin (grams);
CREATE FUNCTION _contact_search_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO _contact_search (contact_id, grams)
            VALUES (NEW.id, _contact_grams(NEW.workspace_id, NEW.search));
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE _contact_search SET grams = _contact_grams(NEW.workspace_id, NEW.search)
            WHERE contact_id = NEW.id;
    ELSE
        DELETE FROM _contact_search WHERE contact_id = OLD.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER contacts_search_added AFTER INSERT ON contacts
    FOR EACH ROW EXECUTE FUNCTION _contact_search_follow();
CREATE TRIGGER contacts_search_changed AFTER UPDATE OF search ON contacts
    FOR EACH ROW WHEN (NEW.search IS DISTINCT FROM OLD.search) EXECUTE FUNCTION _contact_search_follow();
CREATE TRIGGER contacts_search_removed AFTER DELETE ON contacts
    FOR EACH ROW EXECUTE FUNCTION _contact_search_follow();
