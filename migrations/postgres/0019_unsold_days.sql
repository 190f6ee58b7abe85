-- The touches of those who bought nothing are packed too, by the day of the last one: the data-driven
-- model learns from all of a year.
CREATE FUNCTION _contacts_unsold_day_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'unsold', (OLD.unsold_touched_at AT TIME ZONE 'UTC')::date
            WHERE OLD.unsold_touched_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'unsold', (NEW.unsold_touched_at AT TIME ZONE 'UTC')::date
            WHERE NEW.unsold_touched_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER contacts_unsold_day_added AFTER INSERT OR DELETE ON contacts
    FOR EACH ROW EXECUTE FUNCTION _contacts_unsold_day_changed();
CREATE TRIGGER contacts_unsold_day_changed AFTER UPDATE OF kind, unsold_touches, unsold_touched_at ON contacts
    FOR EACH ROW WHEN (OLD.kind IS DISTINCT FROM NEW.kind OR OLD.unsold_touches IS DISTINCT FROM NEW.unsold_touches OR OLD.unsold_touched_at IS DISTINCT FROM NEW.unsold_touched_at)
    EXECUTE FUNCTION _contacts_unsold_day_changed();

-- What is there already is packed by the program.
ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'unsold', (unsold_touched_at AT TIME ZONE 'UTC')::date
    FROM contacts WHERE unsold_touched_at IS NOT NULL;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
