-- What only Meta can answer: how many people an ad account, or each of its campaigns, ad sets or ads,
-- reached in exactly these days of the account. A question waits until Meta answers or refuses it, also
-- while there is no network. Asked again it is another question: earlier answers stay, so that what was
-- known at a moment can be told. level: account, campaign, adset or ad. state: waiting, answered or
-- refused. not_before: Meta is not asked again before. run: the last sync before the answer; what later
-- ones restate moves the days after it. last_error: why it still waits, or why it was refused.
CREATE TABLE reach_questions (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    ad_account_id UUID NOT NULL,
    level TEXT NOT NULL,
    since DATE NOT NULL,
    until DATE NOT NULL,
    state TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    asked_by UUID REFERENCES users (id),
    not_before TIMESTAMPTZ,
    settled_at TIMESTAMPTZ,
    run BIGINT,
    last_error_code TEXT,
    last_error TEXT,
    last_error_told JSONB,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
);
CREATE INDEX reach_questions_days ON reach_questions (workspace_id, level, since, until, asked_at);
CREATE UNIQUE INDEX reach_questions_waiting ON reach_questions (workspace_id, ad_account_id, level, since, until)
    WHERE state = 'waiting';

-- Meta's answer about one object, by Meta's id: the object may not be here yet. Figures that Meta left
-- out are null. raw: the row as it came.
CREATE TABLE reach_answers (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    question_id UUID NOT NULL,
    external_id TEXT NOT NULL,
    impressions BIGINT,
    reach BIGINT,
    unique_clicks BIGINT,
    unique_link_clicks BIGINT,
    raw JSONB NOT NULL,
    PRIMARY KEY (workspace_id, question_id, external_id),
    FOREIGN KEY (workspace_id, question_id) REFERENCES reach_questions (workspace_id, id)
);

-- A row is seen and written only from its own workspace, by the owner of the table too.
ALTER TABLE reach_questions ENABLE ROW LEVEL SECURITY;
ALTER TABLE reach_questions FORCE ROW LEVEL SECURITY;
CREATE POLICY reach_questions_workspace ON reach_questions
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE reach_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE reach_answers FORCE ROW LEVEL SECURITY;
CREATE POLICY reach_answers_workspace ON reach_answers
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
