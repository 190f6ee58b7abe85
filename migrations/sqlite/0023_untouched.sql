-- Those whom no touch stands behind belong to the channel of a lead source, which is read of them alone.
CREATE INDEX contacts_untouched ON contacts (workspace_id, first_seen_at) WHERE first_origin IS NULL;
CREATE INDEX opportunities_untouched ON opportunities (workspace_id, opened_at) WHERE touches = '';
CREATE INDEX opportunities_untouched_by_lead ON opportunities (workspace_id, lead_at) WHERE touches = '';
CREATE INDEX sales_untouched ON sales (workspace_id, completed_at) WHERE touches = '';
CREATE INDEX sales_untouched_by_lead ON sales (workspace_id, lead_at) WHERE touches = '';
CREATE INDEX sale_refunds_untouched ON sale_refunds (workspace_id, refunded_at) WHERE touches = '';
