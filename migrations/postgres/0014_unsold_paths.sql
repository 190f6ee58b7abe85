-- The path of touches of a contact that has bought nothing yet, as sales keep theirs: '' once it has
-- bought, and the instant of its last touch, NULL then. What the data-driven model learns from besides
-- sales, as of any moment.
ALTER TABLE contacts ADD COLUMN unsold_touches TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN unsold_touched_at TIMESTAMPTZ;
CREATE INDEX contacts_unsold_touched_at ON contacts (workspace_id, unsold_touched_at) WHERE unsold_touched_at IS NOT NULL;
ALTER TABLE contact_versions ADD COLUMN unsold_touches TEXT NOT NULL DEFAULT '';
ALTER TABLE contact_versions ADD COLUMN unsold_touched_at TIMESTAMPTZ;

-- RLS must not hide the rows that are there already.
ALTER TABLE touchpoints NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_versions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE sales NO FORCE ROW LEVEL SECURITY;
UPDATE contacts SET
    unsold_touches = COALESCE((SELECT string_agg(CAST(t.occurred_at AS TEXT) || ';' || CAST(t.origin AS TEXT), '|'
            ORDER BY t.occurred_at, t.id)
        FROM touchpoints t WHERE t.workspace_id = contacts.workspace_id AND t.contact_id = contacts.id), ''),
    unsold_touched_at = (SELECT MAX(t.occurred_at) FROM touchpoints t
        WHERE t.workspace_id = contacts.workspace_id AND t.contact_id = contacts.id)
WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.workspace_id = contacts.workspace_id AND s.contact_id = contacts.id
    AND s.completed_at IS NOT NULL AND s.status IN ('completed', 'refunded'));

-- Of the time before, the path is taken for what it is now.
UPDATE contact_versions SET unsold_touches = c.unsold_touches, unsold_touched_at = c.unsold_touched_at
FROM contacts c WHERE c.workspace_id = contact_versions.workspace_id AND c.id = contact_versions.id AND contact_versions.present;
ALTER TABLE touchpoints FORCE ROW LEVEL SECURITY;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_versions FORCE ROW LEVEL SECURITY;
ALTER TABLE sales FORCE ROW LEVEL SECURITY;

CREATE OR REPLACE FUNCTION _contacts_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contact_versions (workspace_id, id, replaced_at, created_at, present, kind, lead_source, first_seen_at, first_origin, unsold_touches, unsold_touched_at)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, TRUE, OLD.kind, OLD.lead_source, OLD.first_seen_at, OLD.first_origin, OLD.unsold_touches, OLD.unsold_touched_at)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
DROP TRIGGER contacts_version ON contacts;
CREATE TRIGGER contacts_version AFTER UPDATE OF kind, lead_source, first_seen_at, first_origin, unsold_touches, unsold_touched_at ON contacts
    FOR EACH ROW WHEN (OLD.created_at < NEW.updated_at AND (OLD.kind IS DISTINCT FROM NEW.kind OR OLD.lead_source IS DISTINCT FROM NEW.lead_source OR OLD.first_seen_at IS DISTINCT FROM NEW.first_seen_at OR OLD.first_origin IS DISTINCT FROM NEW.first_origin OR OLD.unsold_touches IS DISTINCT FROM NEW.unsold_touches OR OLD.unsold_touched_at IS DISTINCT FROM NEW.unsold_touched_at))
    EXECUTE FUNCTION _contacts_version();
