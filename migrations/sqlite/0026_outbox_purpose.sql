-- What a dispatch is for, as it was when it was planned: which guards hold it up, and what it costs.
ALTER TABLE dispatches ADD COLUMN purpose TEXT NOT NULL DEFAULT 'marketing'
    CHECK (purpose IN ('marketing', 'utility', 'authentication', 'service'));
