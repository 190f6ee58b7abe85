-- What a sale cost and whose it was are part of what it was at earlier moments: margins and cohorts can
-- be asked as of any of them. A version always has a contact.
ALTER TABLE sale_versions ADD COLUMN contact_id BLOB;
ALTER TABLE sale_versions ADD COLUMN cost_micros INTEGER;

-- Of the time before, both are taken for what they are now.
UPDATE sale_versions SET contact_id = s.contact_id, cost_micros = s.cost_micros
FROM sales s WHERE s.workspace_id = sale_versions.workspace_id AND s.id = sale_versions.id;

DROP TRIGGER sales_version;
CREATE TRIGGER sales_version AFTER UPDATE OF contact_id, gross_micros, refunded_micros, cost_micros, currency, status, completed_at, lead_at, is_first, touches ON sales
WHEN OLD.created_at < NEW.updated_at AND (OLD.contact_id IS NOT NEW.contact_id OR OLD.gross_micros IS NOT NEW.gross_micros OR OLD.refunded_micros IS NOT NEW.refunded_micros OR OLD.cost_micros IS NOT NEW.cost_micros OR OLD.currency IS NOT NEW.currency OR OLD.status IS NOT NEW.status OR OLD.completed_at IS NOT NEW.completed_at OR OLD.lead_at IS NOT NEW.lead_at OR OLD.is_first IS NOT NEW.is_first OR OLD.touches IS NOT NEW.touches) BEGIN
    INSERT INTO sale_versions (workspace_id, id, replaced_at, created_at, contact_id, gross_micros, refunded_micros, cost_micros, currency, status, completed_at, lead_at, is_first, touches)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.contact_id, OLD.gross_micros, OLD.refunded_micros, OLD.cost_micros, OLD.currency, OLD.status, OLD.completed_at, OLD.lead_at, OLD.is_first, OLD.touches)
        ON CONFLICT DO NOTHING;
END;

-- A packed day holds what its sales cost.
DROP TRIGGER sales_day_changed;
CREATE TRIGGER sales_day_changed AFTER UPDATE OF gross_micros, refunded_micros, cost_micros, currency, status, completed_at, lead_at, is_first, touches ON sales
WHEN OLD.gross_micros IS NOT NEW.gross_micros OR OLD.refunded_micros IS NOT NEW.refunded_micros OR OLD.cost_micros IS NOT NEW.cost_micros OR OLD.currency IS NOT NEW.currency OR OLD.status IS NOT NEW.status OR OLD.completed_at IS NOT NEW.completed_at OR OLD.lead_at IS NOT NEW.lead_at OR OLD.is_first IS NOT NEW.is_first OR OLD.touches IS NOT NEW.touches BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'sale', substr(OLD.completed_at, 1, 10)
        WHERE OLD.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'sale_by_lead', substr(OLD.lead_at, 1, 10)
        WHERE OLD.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale', substr(NEW.completed_at, 1, 10)
        WHERE NEW.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale_by_lead', substr(NEW.lead_at, 1, 10)
        WHERE NEW.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
END;

-- Days that were packed without costs stay as they are where there are none.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'sale', substr(completed_at, 1, 10)
    FROM sales WHERE cost_micros IS NOT NULL AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'sale_by_lead', substr(lead_at, 1, 10)
    FROM sales WHERE cost_micros IS NOT NULL AND lead_at IS NOT NULL ON CONFLICT DO NOTHING;
