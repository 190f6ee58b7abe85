-- Whose the leads and sales of a packed day are is packed beside it, for those who follow people. Days that are
-- packed already are marked on their own, so that everything else is read as packed meanwhile.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind || '-people', day
    FROM outcome_days WHERE kind IN ('lead', 'sale') ON CONFLICT DO NOTHING;
CREATE TRIGGER sales_people_changed AFTER UPDATE OF contact_id ON sales
WHEN OLD.contact_id IS NOT NEW.contact_id AND NEW.completed_at IS NOT NULL BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) VALUES (NEW.workspace_id, 'sale-people', substr(NEW.completed_at, 1, 10))
        ON CONFLICT DO NOTHING;
END;
