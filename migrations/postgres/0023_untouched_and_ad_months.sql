-- Those whom no touch stands behind belong to the channel of a lead source, which is read of them alone.
CREATE INDEX contacts_untouched ON contacts (workspace_id, first_seen_at) WHERE first_origin IS NULL;
CREATE INDEX opportunities_untouched ON opportunities (workspace_id, opened_at) WHERE touches = '';
CREATE INDEX opportunities_untouched_by_lead ON opportunities (workspace_id, lead_at) WHERE touches = '';
CREATE INDEX sales_untouched ON sales (workspace_id, completed_at) WHERE touches = '';
CREATE INDEX sales_untouched_by_lead ON sales (workspace_id, lead_at) WHERE touches = '';
CREATE INDEX sale_refunds_untouched ON sale_refunds (workspace_id, refunded_at) WHERE touches = '';

-- Beside the packed ad-days of an account lie the sums of its months, ad by ad: a table of ads over a
-- quarter reads three of them and the days at its ends. Whatever packs a day packs its month. Those of the
-- months that are there already are packed by the program.
ALTER TABLE account_days NO FORCE ROW LEVEL SECURITY;
INSERT INTO outcome_days_changed (workspace_id, kind, day)
    SELECT DISTINCT workspace_id, 'ads-months ' || upper(replace(ad_account_id::text, '-', '')), date_trunc('month', day)::date FROM account_days;
ALTER TABLE account_days FORCE ROW LEVEL SECURITY;
