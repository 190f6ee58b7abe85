-- The touches of those who bought nothing are packed too, by the day of the last one: the data-driven
-- model learns from all of a year.
CREATE TRIGGER contacts_unsold_day_added AFTER INSERT ON contacts BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'unsold', substr(NEW.unsold_touched_at, 1, 10)
        WHERE NEW.unsold_touched_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contacts_unsold_day_changed AFTER UPDATE OF kind, unsold_touches, unsold_touched_at ON contacts
WHEN OLD.kind IS NOT NEW.kind OR OLD.unsold_touches IS NOT NEW.unsold_touches OR OLD.unsold_touched_at IS NOT NEW.unsold_touched_at BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'unsold', substr(OLD.unsold_touched_at, 1, 10)
        WHERE OLD.unsold_touched_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'unsold', substr(NEW.unsold_touched_at, 1, 10)
        WHERE NEW.unsold_touched_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contacts_unsold_day_removed AFTER DELETE ON contacts BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'unsold', substr(OLD.unsold_touched_at, 1, 10)
        WHERE OLD.unsold_touched_at IS NOT NULL ON CONFLICT DO NOTHING;
END;

-- What is there already is packed by the program.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'unsold', substr(unsold_touched_at, 1, 10)
    FROM contacts WHERE unsold_touched_at IS NOT NULL;
