-- What came of it, packed: all leads (opportunities, sales, refunds) of one UTC day in one row, as the
-- reports read them, so that a report reads days and not a row for each. `kind` says which, and by which
-- of their dates: lead, opportunity, opportunity_by_lead, sale, sale_by_lead, refund. A day that
-- changed is named in outcome_days_changed until it is packed again, and its rows are read
-- themselves until then. A day that is in neither table has none.
CREATE TABLE outcome_days (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    format INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (workspace_id, kind, day)
) STRICT;
-- writer: who changed it, where several can at once. Nobody waits for another one's mark.
CREATE TABLE outcome_days_changed (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    writer INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, kind, day, writer)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER contacts_day_added AFTER INSERT ON contacts BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'lead', substr(NEW.first_seen_at, 1, 10)
        WHERE NEW.first_seen_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contacts_day_changed AFTER UPDATE OF kind, lead_source, first_seen_at, first_origin ON contacts
WHEN OLD.kind IS NOT NEW.kind OR OLD.lead_source IS NOT NEW.lead_source OR OLD.first_seen_at IS NOT NEW.first_seen_at OR OLD.first_origin IS NOT NEW.first_origin BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'lead', substr(OLD.first_seen_at, 1, 10)
        WHERE OLD.first_seen_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'lead', substr(NEW.first_seen_at, 1, 10)
        WHERE NEW.first_seen_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contacts_day_removed AFTER DELETE ON contacts BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'lead', substr(OLD.first_seen_at, 1, 10)
        WHERE OLD.first_seen_at IS NOT NULL ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER opportunities_day_added AFTER INSERT ON opportunities BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'opportunity', substr(NEW.opened_at, 1, 10)
        WHERE NEW.opened_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'opportunity_by_lead', substr(NEW.lead_at, 1, 10)
        WHERE NEW.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER opportunities_day_changed AFTER UPDATE OF opened_at, lead_at, touches ON opportunities
WHEN OLD.opened_at IS NOT NEW.opened_at OR OLD.lead_at IS NOT NEW.lead_at OR OLD.touches IS NOT NEW.touches BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'opportunity', substr(OLD.opened_at, 1, 10)
        WHERE OLD.opened_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'opportunity_by_lead', substr(OLD.lead_at, 1, 10)
        WHERE OLD.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'opportunity', substr(NEW.opened_at, 1, 10)
        WHERE NEW.opened_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'opportunity_by_lead', substr(NEW.lead_at, 1, 10)
        WHERE NEW.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER opportunities_day_removed AFTER DELETE ON opportunities BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'opportunity', substr(OLD.opened_at, 1, 10)
        WHERE OLD.opened_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'opportunity_by_lead', substr(OLD.lead_at, 1, 10)
        WHERE OLD.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER sales_day_added AFTER INSERT ON sales BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale', substr(NEW.completed_at, 1, 10)
        WHERE NEW.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale_by_lead', substr(NEW.lead_at, 1, 10)
        WHERE NEW.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER sales_day_changed AFTER UPDATE OF gross_micros, refunded_micros, currency, status, completed_at, lead_at, is_first, touches ON sales
WHEN OLD.gross_micros IS NOT NEW.gross_micros OR OLD.refunded_micros IS NOT NEW.refunded_micros OR OLD.currency IS NOT NEW.currency OR OLD.status IS NOT NEW.status OR OLD.completed_at IS NOT NEW.completed_at OR OLD.lead_at IS NOT NEW.lead_at OR OLD.is_first IS NOT NEW.is_first OR OLD.touches IS NOT NEW.touches BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'sale', substr(OLD.completed_at, 1, 10)
        WHERE OLD.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'sale_by_lead', substr(OLD.lead_at, 1, 10)
        WHERE OLD.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale', substr(NEW.completed_at, 1, 10)
        WHERE NEW.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale_by_lead', substr(NEW.lead_at, 1, 10)
        WHERE NEW.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER sales_day_removed AFTER DELETE ON sales BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'sale', substr(OLD.completed_at, 1, 10)
        WHERE OLD.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'sale_by_lead', substr(OLD.lead_at, 1, 10)
        WHERE OLD.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER sale_refunds_day_added AFTER INSERT ON sale_refunds BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'refund', substr(NEW.refunded_at, 1, 10)
        WHERE NEW.refunded_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER sale_refunds_day_changed AFTER UPDATE OF amount_micros, refunded_at, sale_at, currency, before_micros, counts, touches ON sale_refunds
WHEN OLD.amount_micros IS NOT NEW.amount_micros OR OLD.refunded_at IS NOT NEW.refunded_at OR OLD.sale_at IS NOT NEW.sale_at OR OLD.currency IS NOT NEW.currency OR OLD.before_micros IS NOT NEW.before_micros OR OLD.counts IS NOT NEW.counts OR OLD.touches IS NOT NEW.touches BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'refund', substr(OLD.refunded_at, 1, 10)
        WHERE OLD.refunded_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'refund', substr(NEW.refunded_at, 1, 10)
        WHERE NEW.refunded_at IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER sale_refunds_day_removed AFTER DELETE ON sale_refunds BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'refund', substr(OLD.refunded_at, 1, 10)
        WHERE OLD.refunded_at IS NOT NULL ON CONFLICT DO NOTHING;
END;

-- What is there already is packed by the program.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'lead', substr(first_seen_at, 1, 10)
    FROM contacts WHERE first_seen_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'opportunity', substr(opened_at, 1, 10)
    FROM opportunities WHERE opened_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'opportunity_by_lead', substr(lead_at, 1, 10)
    FROM opportunities WHERE lead_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'sale', substr(completed_at, 1, 10)
    FROM sales WHERE completed_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'sale_by_lead', substr(lead_at, 1, 10)
    FROM sales WHERE lead_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'refund', substr(refunded_at, 1, 10)
    FROM sale_refunds WHERE refunded_at IS NOT NULL;
