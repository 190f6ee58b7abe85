-- What a sale cost and whose it was are part of what it was at earlier moments: margins and cohorts can
-- be asked as of any of them. A version always has a contact.
ALTER TABLE sale_versions ADD COLUMN contact_id UUID;
ALTER TABLE sale_versions ADD COLUMN cost_micros BIGINT;

-- RLS must not hide the rows that are there already.
ALTER TABLE sales NO FORCE ROW LEVEL SECURITY;
ALTER TABLE sale_versions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed NO FORCE ROW LEVEL SECURITY;

-- Of the time before, both are taken for what they are now.
UPDATE sale_versions SET contact_id = s.contact_id, cost_micros = s.cost_micros
FROM sales s WHERE s.workspace_id = sale_versions.workspace_id AND s.id = sale_versions.id;

-- Days that were packed without costs stay as they are where there are none.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'sale', (completed_at AT TIME ZONE 'UTC')::date
    FROM sales WHERE cost_micros IS NOT NULL AND completed_at IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'sale_by_lead', (lead_at AT TIME ZONE 'UTC')::date
    FROM sales WHERE cost_micros IS NOT NULL AND lead_at IS NOT NULL ON CONFLICT DO NOTHING;

ALTER TABLE sales FORCE ROW LEVEL SECURITY;
ALTER TABLE sale_versions FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed FORCE ROW LEVEL SECURITY;

CREATE OR REPLACE FUNCTION _sales_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sale_versions (workspace_id, id, replaced_at, created_at, contact_id, gross_micros, refunded_micros, cost_micros, currency, status, completed_at, lead_at, is_first, touches)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.contact_id, OLD.gross_micros, OLD.refunded_micros, OLD.cost_micros, OLD.currency, OLD.status, OLD.completed_at, OLD.lead_at, OLD.is_first, OLD.touches)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
DROP TRIGGER sales_version ON sales;
CREATE TRIGGER sales_version AFTER UPDATE OF contact_id, gross_micros, refunded_micros, cost_micros, currency, status, completed_at, lead_at, is_first, touches ON sales
    FOR EACH ROW WHEN (OLD.created_at < NEW.updated_at AND (OLD.contact_id IS DISTINCT FROM NEW.contact_id OR OLD.gross_micros IS DISTINCT FROM NEW.gross_micros OR OLD.refunded_micros IS DISTINCT FROM NEW.refunded_micros OR OLD.cost_micros IS DISTINCT FROM NEW.cost_micros OR OLD.currency IS DISTINCT FROM NEW.currency OR OLD.status IS DISTINCT FROM NEW.status OR OLD.completed_at IS DISTINCT FROM NEW.completed_at OR OLD.lead_at IS DISTINCT FROM NEW.lead_at OR OLD.is_first IS DISTINCT FROM NEW.is_first OR OLD.touches IS DISTINCT FROM NEW.touches))
    EXECUTE FUNCTION _sales_version();

-- A packed day holds what its sales cost.
DROP TRIGGER sales_day_changed ON sales;
CREATE TRIGGER sales_day_changed AFTER UPDATE OF gross_micros, refunded_micros, cost_micros, currency, status, completed_at, lead_at, is_first, touches ON sales
    FOR EACH ROW WHEN (OLD.gross_micros IS DISTINCT FROM NEW.gross_micros OR OLD.refunded_micros IS DISTINCT FROM NEW.refunded_micros OR OLD.cost_micros IS DISTINCT FROM NEW.cost_micros OR OLD.currency IS DISTINCT FROM NEW.currency OR OLD.status IS DISTINCT FROM NEW.status OR OLD.completed_at IS DISTINCT FROM NEW.completed_at OR OLD.lead_at IS DISTINCT FROM NEW.lead_at OR OLD.is_first IS DISTINCT FROM NEW.is_first OR OLD.touches IS DISTINCT FROM NEW.touches)
    EXECUTE FUNCTION _sales_day_changed();
