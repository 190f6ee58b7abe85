-- A packed day holds the lead source of those whom no touch stands behind: that of their contact, by which
-- they belong to a channel. Nothing is read row by row for it any more.
DROP INDEX contacts_untouched;
DROP INDEX opportunities_untouched;
DROP INDEX opportunities_untouched_by_lead;
DROP INDEX sales_untouched;
DROP INDEX sales_untouched_by_lead;
DROP INDEX sale_refunds_untouched;

-- Another lead source of a contact changes the days of all that is theirs and untouched.
CREATE FUNCTION _contacts_source_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT o.workspace_id, 'opportunity', (o.opened_at AT TIME ZONE 'UTC')::date FROM opportunities o
        WHERE o.workspace_id = NEW.workspace_id AND o.contact_id = NEW.id AND o.touches = '' AND o.opened_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT o.workspace_id, 'opportunity_by_lead', (o.lead_at AT TIME ZONE 'UTC')::date FROM opportunities o
        WHERE o.workspace_id = NEW.workspace_id AND o.contact_id = NEW.id AND o.touches = '' AND o.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT s.workspace_id, 'sale', (s.completed_at AT TIME ZONE 'UTC')::date FROM sales s
        WHERE s.workspace_id = NEW.workspace_id AND s.contact_id = NEW.id AND s.touches = '' AND s.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT s.workspace_id, 'sale_by_lead', (s.lead_at AT TIME ZONE 'UTC')::date FROM sales s
        WHERE s.workspace_id = NEW.workspace_id AND s.contact_id = NEW.id AND s.touches = '' AND s.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT r.workspace_id, 'refund', (r.refunded_at AT TIME ZONE 'UTC')::date FROM sales s
        JOIN sale_refunds r ON r.workspace_id = s.workspace_id AND r.sale_id = s.id
        WHERE s.workspace_id = NEW.workspace_id AND s.contact_id = NEW.id AND r.touches = '' ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER contacts_source_changed AFTER UPDATE OF lead_source ON contacts
    FOR EACH ROW WHEN (OLD.lead_source IS DISTINCT FROM NEW.lead_source) EXECUTE FUNCTION _contacts_source_changed();

-- And so does another contact, with whatever lead source.
CREATE FUNCTION _opportunities_contact_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'opportunity', (NEW.opened_at AT TIME ZONE 'UTC')::date
        WHERE NEW.opened_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'opportunity_by_lead', (NEW.lead_at AT TIME ZONE 'UTC')::date
        WHERE NEW.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER opportunities_contact_changed AFTER UPDATE OF contact_id ON opportunities
    FOR EACH ROW WHEN (OLD.contact_id IS DISTINCT FROM NEW.contact_id AND NEW.touches = '') EXECUTE FUNCTION _opportunities_contact_changed();
CREATE FUNCTION _sales_contact_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale', (NEW.completed_at AT TIME ZONE 'UTC')::date
        WHERE NEW.touches = '' AND NEW.completed_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT NEW.workspace_id, 'sale_by_lead', (NEW.lead_at AT TIME ZONE 'UTC')::date
        WHERE NEW.touches = '' AND NEW.lead_at IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT DISTINCT r.workspace_id, 'refund', (r.refunded_at AT TIME ZONE 'UTC')::date FROM sale_refunds r
        WHERE r.workspace_id = NEW.workspace_id AND r.sale_id = NEW.id AND r.touches = '' ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER sales_contact_changed AFTER UPDATE OF contact_id ON sales
    FOR EACH ROW WHEN (OLD.contact_id IS DISTINCT FROM NEW.contact_id) EXECUTE FUNCTION _sales_contact_changed();

-- What is packed is packed anew by the program.
INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind, day FROM outcome_days
    WHERE kind IN ('lead', 'opportunity', 'opportunity_by_lead', 'sale', 'sale_by_lead', 'refund', 'unsold') ON CONFLICT DO NOTHING;
