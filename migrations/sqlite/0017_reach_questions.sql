-- What only Meta can answer: how many people an ad account, or each of its campaigns, ad sets or ads,
-- reached in exactly these days of the account. A question waits until Meta answers or refuses it, also
-- while there is no network. Asked again it is another question: earlier answers stay, so that what was
-- known at a moment can be told. level: account, campaign, adset or ad. state: waiting, answered or
-- refused. not_before: Meta is not asked again before. run: the last sync before the answer; what later
-- ones restate moves the days after it. last_error: why it still waits, or why it was refused.
CREATE TABLE reach_questions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    ad_account_id BLOB NOT NULL,
    level TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    asked_by BLOB REFERENCES users (id),
    not_before TEXT,
    settled_at TEXT,
    run INTEGER,
    last_error_code TEXT,
    last_error TEXT,
    last_error_told TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
) STRICT;
CREATE INDEX reach_questions_days ON reach_questions (workspace_id, level, since, until, asked_at);
CREATE UNIQUE INDEX reach_questions_waiting ON reach_questions (workspace_id, ad_account_id, level, since, until)
    WHERE state = 'waiting';

-- Meta's answer about one object, by Meta's id: the object may not be here yet. Figures that Meta left
-- out are null. raw: the row as it came.
CREATE TABLE reach_answers (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    question_id BLOB NOT NULL,
    external_id TEXT NOT NULL,
    impressions INTEGER,
    reach INTEGER,
    unique_clicks INTEGER,
    unique_link_clicks INTEGER,
    raw TEXT NOT NULL,
    PRIMARY KEY (workspace_id, question_id, external_id),
    FOREIGN KEY (workspace_id, question_id) REFERENCES reach_questions (workspace_id, id)
) STRICT, WITHOUT ROWID;
