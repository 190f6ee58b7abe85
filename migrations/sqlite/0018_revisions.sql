-- How often something changed that programs keep in memory after reading it: the objects of an account
-- and where touches come from ("objects"), and what the days of accounts come to ("delivered"). Whoever
-- sees the same sum of counts sees the same rows.
-- writer: who changed it, where several can at once. Nobody waits for another one's count.
CREATE TABLE revisions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    topic TEXT NOT NULL,
    writer INTEGER NOT NULL DEFAULT 0,
    count INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (workspace_id, topic, writer)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ad_accounts_revised_added AFTER INSERT ON ad_accounts BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_accounts_revised_revised AFTER UPDATE ON ad_accounts BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_accounts_revised_removed AFTER DELETE ON ad_accounts BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER ad_campaigns_revised_added AFTER INSERT ON ad_campaigns BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_campaigns_revised_revised AFTER UPDATE ON ad_campaigns BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_campaigns_revised_removed AFTER DELETE ON ad_campaigns BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER ad_sets_revised_added AFTER INSERT ON ad_sets BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_sets_revised_revised AFTER UPDATE ON ad_sets BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_sets_revised_removed AFTER DELETE ON ad_sets BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER ads_revised_added AFTER INSERT ON ads BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ads_revised_revised AFTER UPDATE ON ads BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ads_revised_removed AFTER DELETE ON ads BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER ad_creatives_revised_added AFTER INSERT ON ad_creatives BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_creatives_revised_revised AFTER UPDATE ON ad_creatives BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_creatives_revised_removed AFTER DELETE ON ad_creatives BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER touch_origins_revised_added AFTER INSERT ON touch_origins BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER touch_origins_revised_revised AFTER UPDATE ON touch_origins BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER touch_origins_revised_removed AFTER DELETE ON touch_origins BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'objects')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER account_days_revised_added AFTER INSERT ON account_days BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER account_days_revised_revised AFTER UPDATE ON account_days BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER account_days_revised_removed AFTER DELETE ON account_days BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER ad_insight_journal_revised_added AFTER INSERT ON ad_insight_journal BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_insight_journal_revised_revised AFTER UPDATE ON ad_insight_journal BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ad_insight_journal_revised_removed AFTER DELETE ON ad_insight_journal BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER day_readings_revised_added AFTER INSERT ON day_readings BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER day_readings_revised_revised AFTER UPDATE ON day_readings BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER day_readings_revised_removed AFTER DELETE ON day_readings BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER sync_runs_revised_added AFTER INSERT ON sync_runs BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER sync_runs_revised_revised AFTER UPDATE ON sync_runs BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (NEW.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER sync_runs_revised_removed AFTER DELETE ON sync_runs BEGIN
    INSERT INTO revisions (workspace_id, topic) VALUES (OLD.workspace_id, 'delivered')
        ON CONFLICT (workspace_id, topic, writer) DO UPDATE SET count = count + 1;
END;
