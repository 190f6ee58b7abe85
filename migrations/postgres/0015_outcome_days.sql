-- What came of it, packed: all leads (opportunities, sales, refunds) of one UTC day in one row, as the
-- reports read them, so that a report reads days and not a row for each. `kind` says which, and by which
-- of their dates: lead, opportunity, opportunity_by_lead, sale, sale_by_lead, refund. A day that
-- changed is named in outcome_days_changed until it is packed again, and its rows are read
-- themselves until then. A day that is in neither table has none.
CREATE TABLE outcome_days (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    kind TEXT NOT NULL,
    day DATE NOT NULL,
    format BIGINT NOT NULL,
    packed BYTEA NOT NULL,
    PRIMARY KEY (workspace_id, kind, day)
);
-- writer: the transaction that changed it. Nobody waits for another one's mark.
CREATE TABLE outcome_days_changed (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    kind TEXT NOT NULL,
    day DATE NOT NULL,
    writer BIGINT NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    PRIMARY KEY (workspace_id, kind, day, writer)
);

CREATE FUNCTION _contacts_day_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'lead', (OLD.first_seen_at AT TIME ZONE 'UTC')::date
            WHERE OLD.first_seen_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'lead', (NEW.first_seen_at AT TIME ZONE 'UTC')::date
            WHERE NEW.first_seen_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER contacts_day_added AFTER INSERT OR DELETE ON contacts
    FOR EACH ROW EXECUTE FUNCTION _contacts_day_changed();
CREATE TRIGGER contacts_day_changed AFTER UPDATE OF kind, lead_source, first_seen_at, first_origin ON contacts
    FOR EACH ROW WHEN (OLD.kind IS DISTINCT FROM NEW.kind OR OLD.lead_source IS DISTINCT FROM NEW.lead_source OR OLD.first_seen_at IS DISTINCT FROM NEW.first_seen_at OR OLD.first_origin IS DISTINCT FROM NEW.first_origin)
    EXECUTE FUNCTION _contacts_day_changed();

CREATE FUNCTION _opportunities_day_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'opportunity', (OLD.opened_at AT TIME ZONE 'UTC')::date
            WHERE OLD.opened_at IS NOT NULL ON CONFLICT DO NOTHING;
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'opportunity_by_lead', (OLD.lead_at AT TIME ZONE 'UTC')::date
            WHERE OLD.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'opportunity', (NEW.opened_at AT TIME ZONE 'UTC')::date
            WHERE NEW.opened_at IS NOT NULL ON CONFLICT DO NOTHING;
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'opportunity_by_lead', (NEW.lead_at AT TIME ZONE 'UTC')::date
            WHERE NEW.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER opportunities_day_added AFTER INSERT OR DELETE ON opportunities
    FOR EACH ROW EXECUTE FUNCTION _opportunities_day_changed();
CREATE TRIGGER opportunities_day_changed AFTER UPDATE OF opened_at, lead_at, touches ON opportunities
    FOR EACH ROW WHEN (OLD.opened_at IS DISTINCT FROM NEW.opened_at OR OLD.lead_at IS DISTINCT FROM NEW.lead_at OR OLD.touches IS DISTINCT FROM NEW.touches)
    EXECUTE FUNCTION _opportunities_day_changed();

CREATE FUNCTION _sales_day_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'sale', (OLD.completed_at AT TIME ZONE 'UTC')::date
            WHERE OLD.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'sale_by_lead', (OLD.lead_at AT TIME ZONE 'UTC')::date
            WHERE OLD.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale', (NEW.completed_at AT TIME ZONE 'UTC')::date
            WHERE NEW.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale_by_lead', (NEW.lead_at AT TIME ZONE 'UTC')::date
            WHERE NEW.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER sales_day_added AFTER INSERT OR DELETE ON sales
    FOR EACH ROW EXECUTE FUNCTION _sales_day_changed();
CREATE TRIGGER sales_day_changed AFTER UPDATE OF gross_micros, refunded_micros, currency, status, completed_at, lead_at, is_first, touches ON sales
    FOR EACH ROW WHEN (OLD.gross_micros IS DISTINCT FROM NEW.gross_micros OR OLD.refunded_micros IS DISTINCT FROM NEW.refunded_micros OR OLD.currency IS DISTINCT FROM NEW.currency OR OLD.status IS DISTINCT FROM NEW.status OR OLD.completed_at IS DISTINCT FROM NEW.completed_at OR OLD.lead_at IS DISTINCT FROM NEW.lead_at OR OLD.is_first IS DISTINCT FROM NEW.is_first OR OLD.touches IS DISTINCT FROM NEW.touches)
    EXECUTE FUNCTION _sales_day_changed();

CREATE FUNCTION _sale_refunds_day_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT OLD.workspace_id, 'refund', (OLD.refunded_at AT TIME ZONE 'UTC')::date
            WHERE OLD.refunded_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'refund', (NEW.refunded_at AT TIME ZONE 'UTC')::date
            WHERE NEW.refunded_at IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER sale_refunds_day_added AFTER INSERT OR DELETE ON sale_refunds
    FOR EACH ROW EXECUTE FUNCTION _sale_refunds_day_changed();
CREATE TRIGGER sale_refunds_day_changed AFTER UPDATE OF amount_micros, refunded_at, sale_at, currency, before_micros, counts, touches ON sale_refunds
    FOR EACH ROW WHEN (OLD.amount_micros IS DISTINCT FROM NEW.amount_micros OR OLD.refunded_at IS DISTINCT FROM NEW.refunded_at OR OLD.sale_at IS DISTINCT FROM NEW.sale_at OR OLD.currency IS DISTINCT FROM NEW.currency OR OLD.before_micros IS DISTINCT FROM NEW.before_micros OR OLD.counts IS DISTINCT FROM NEW.counts OR OLD.touches IS DISTINCT FROM NEW.touches)
    EXECUTE FUNCTION _sale_refunds_day_changed();

-- What is there already is packed by the program.
ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE opportunities NO FORCE ROW LEVEL SECURITY;
ALTER TABLE sales NO FORCE ROW LEVEL SECURITY;
ALTER TABLE sale_refunds NO FORCE ROW LEVEL SECURITY;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'lead', (first_seen_at AT TIME ZONE 'UTC')::date
    FROM contacts WHERE first_seen_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'opportunity', (opened_at AT TIME ZONE 'UTC')::date
    FROM opportunities WHERE opened_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'opportunity_by_lead', (lead_at AT TIME ZONE 'UTC')::date
    FROM opportunities WHERE lead_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'sale', (completed_at AT TIME ZONE 'UTC')::date
    FROM sales WHERE completed_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'sale_by_lead', (lead_at AT TIME ZONE 'UTC')::date
    FROM sales WHERE lead_at IS NOT NULL;
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT workspace_id, 'refund', (refunded_at AT TIME ZONE 'UTC')::date
    FROM sale_refunds WHERE refunded_at IS NOT NULL;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
ALTER TABLE opportunities FORCE ROW LEVEL SECURITY;
ALTER TABLE sales FORCE ROW LEVEL SECURITY;
ALTER TABLE sale_refunds FORCE ROW LEVEL SECURITY;

ALTER TABLE outcome_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE outcome_days FORCE ROW LEVEL SECURITY;
CREATE POLICY outcome_days_workspace ON outcome_days
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

ALTER TABLE outcome_days_changed ENABLE ROW LEVEL SECURITY;
ALTER TABLE outcome_days_changed FORCE ROW LEVEL SECURITY;
CREATE POLICY outcome_days_changed_workspace ON outcome_days_changed
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
