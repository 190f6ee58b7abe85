"""Every figure of `rumbo roi --by channel`, worked out a second time in DuckDB from the raw rows.

SQL that was written from docs/metrics.md alone takes what was spent and what came of it, by last and
first touch, by the day of the sale and of the lead. Equal to the cent.

RUMBO_SANDBOX_BIN is the `rumbo` program.
"""

import sqlite3
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest

from test_second_opinion import DAYS, rumbo

RAW = {
    "accounts": "SELECT id, timezone, platform FROM ad_accounts",
    "campaigns": "SELECT id, ad_account_id AS account FROM ad_campaigns",
    "ad_sets": "SELECT id, ad_campaign_id AS campaign FROM ad_sets",
    "ads": "SELECT id, ad_campaign_id AS campaign FROM ads",
    "ad_days": "SELECT ad_account_id AS account, day, spend_micros AS spend FROM ad_insights",
    "spent": "SELECT platform, day, amount_micros AS spend FROM channel_spend WHERE removed_at IS NULL",
    "contacts": "SELECT id, kind, first_seen_at AS seen, lead_source AS source FROM contacts",
    "touches": """SELECT id, contact_id AS contact, occurred_at AS touched, source, ad_campaign_id AS campaign,
        ad_set_id AS ad_set, ad_id AS ad, coalesce(ad_account_external_id, campaign_external_id,
        ad_set_external_id, ad_external_id) AS named FROM touchpoints""",
    "opportunities": "SELECT id, contact_id AS contact, opened_at AS opened FROM opportunities",
    "sales": """SELECT id, contact_id AS contact, gross_micros - refunded_micros AS net, completed_at AS completed
        FROM sales WHERE status IN ('completed', 'refunded')""",
}
MOMENTS = {"touched", "seen", "opened", "completed"}
AMOUNTS = {"spend", "net"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("channels")
    rumbo(folder, "demo", "--days", str(DAYS))
    today = date.fromisoformat(rumbo(folder, "roi")["to"])
    add = lambda *more: rumbo(folder, "spend", "add", *more)
    add("--platform", "google", "--amount", "3210.99", "--day", str(today - timedelta(days=60)), "--to", str(today))
    add("--platform", "agency", "--amount", "700", "--day", str(today - timedelta(days=30)))
    gone = add("--platform", "sms", "--amount", "12", "--day", str(today - timedelta(days=10)))
    rumbo(folder, "spend", "remove", gone[0]["id"])
    # People whom no touch stands behind, by sources that name a channel and that do not.
    for nth, source in enumerate(["GOOGLE_ADS", "GOOGLE_ADS", "TIKTOK_ADS", "RADIO", "MANUAL", "IMPORT", "META_ADS"]):
        person = rumbo(folder, "contacts", "add", "--name", f"Person {nth}", "--source", source)["id"]
        bought = str(today - timedelta(days=5 * nth + 4))
        rumbo(folder, "opportunities", "add", "--contact", person, "--at", bought)
        rumbo(folder, "sales", "add", "--contact", person, "--amount", f"{100 + nth}.01", "--at", bought)
    return folder


@pytest.fixture(scope="module")
def raw(folder):
    file = sqlite3.connect(f"file:{folder / 'rumbo.db'}?mode=ro", uri=True)
    duck = duckdb.connect()
    for name, question in RAW.items():
        rows = file.execute(question)
        heads = [head[0] for head in rows.description]
        lines = [[cell.hex() if isinstance(cell, bytes) else cell for cell in row] for row in rows]
        assert lines, name
        kinds = ["TIMESTAMPTZ" if head in MOMENTS else "BIGINT" if head in AMOUNTS else "VARCHAR" for head in heads]
        duck.execute(f"CREATE TABLE {name} ({', '.join(f'{head} {kind}' for head, kind in zip(heads, kinds))})")
        each = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        duck.execute(f"INSERT INTO {name} SELECT {each}", [list(column) for column in zip(*lines)])
    zone = file.execute("SELECT timezone FROM workspaces").fetchone()[0]
    duck.execute(
        f"""
        CREATE MACRO channel(source) AS CASE WHEN source IN ('META_ADS', 'CLICK_TO_WHATSAPP') THEN 'meta'
            WHEN source NOT IN ('IMPORT', 'MANUAL', 'UNKNOWN') THEN lower(source) END;
        -- Where each touch leads: the platform of its account, else its source, else Meta.
        CREATE TABLE places AS SELECT t.id, t.contact, t.touched,
            coalesce(a.platform, channel(t.source), CASE WHEN t.named IS NOT NULL THEN 'meta' END) AS channel,
            coalesce(a.timezone, '{zone}') AS zone
        FROM touches t LEFT JOIN ads d ON d.id = t.ad LEFT JOIN ad_sets s ON s.id = t.ad_set
        LEFT JOIN campaigns c ON c.id = coalesce(t.campaign, d.campaign, s.campaign)
        LEFT JOIN accounts a ON a.id = c.account;
        CREATE TABLE people AS SELECT id, kind, seen, channel(source) AS channel, '{zone}' AS zone FROM contacts;
        """
    )
    return duck


def second_opinion(duck, days, model, basis):
    order = "touched DESC, t.id DESC" if model == "last_touch" else "touched, t.id"
    own = lambda moment: "p.seen" if basis == "lead" else moment
    question = f"""
    WITH events(kind, event, contact, dated, happened, net) AS (
        SELECT 'opportunity', o.id, contact, {own('opened')}, opened, 0 FROM opportunities o JOIN people p ON p.id = contact
        UNION ALL SELECT 'sale', s.id, contact, {own('completed')}, completed, net
            FROM sales s JOIN people p ON p.id = contact
        UNION ALL SELECT 'new', s.id, contact, {own('completed')}, completed, 0 FROM sales s JOIN people p ON p.id = contact
            QUALIFY row_number() OVER (PARTITION BY contact ORDER BY completed, s.id) = 1
    ), touched AS (
        SELECT e.kind, e.event, t.channel, t.zone FROM events e JOIN places t ON t.contact = e.contact
            AND t.touched <= e.happened
            QUALIFY row_number() OVER (PARTITION BY e.kind, e.event ORDER BY {order}) = 1
    ), firsts AS (
        SELECT contact, channel, zone FROM places t
            QUALIFY row_number() OVER (PARTITION BY contact ORDER BY touched, t.id) = 1
    ), outcomes AS (
        SELECT e.kind, e.dated, e.net, CASE WHEN t.event IS NULL THEN p.channel ELSE t.channel END AS channel,
            coalesce(t.zone, p.zone) AS zone FROM events e JOIN people p ON p.id = e.contact
            LEFT JOIN touched t ON t.kind = e.kind AND t.event = e.event
        UNION ALL SELECT 'lead', p.seen, 0, CASE WHEN f.contact IS NULL THEN p.channel ELSE f.channel END,
            coalesce(f.zone, p.zone) FROM people p LEFT JOIN firsts f ON f.contact = p.id WHERE p.kind <> 'internal'
    ), came AS (
        SELECT channel, count(*) FILTER (kind = 'lead') AS leads, count(*) FILTER (kind = 'opportunity') AS opportunities,
            count(*) FILTER (kind = 'sale') AS sales, count(*) FILTER (kind = 'new') AS new_customers,
            coalesce(sum(net), 0) AS revenue
        FROM outcomes WHERE timezone(zone, dated)::DATE BETWEEN '{days[0]}' AND '{days[1]}' GROUP BY ALL
    ), cost AS (
        SELECT channel, sum(spend) AS spend FROM (
            SELECT a.platform AS channel, d.day, d.spend FROM ad_days d JOIN accounts a ON a.id = d.account
            UNION ALL SELECT platform, day, spend FROM spent)
        WHERE day::DATE BETWEEN '{days[0]}' AND '{days[1]}' GROUP BY ALL
    )
    SELECT coalesce(c.channel, s.channel) AS channel, spend, coalesce(leads, 0), coalesce(opportunities, 0),
        coalesce(sales, 0), coalesce(new_customers, 0), coalesce(revenue, 0)
    FROM came c FULL JOIN cost s ON s.channel = c.channel
    """
    return {row[0]: row[1:] for row in duck.execute(question).fetchall()}


FIGURES = ("spend", "leads", "opportunities", "sales", "new_customers", "revenue")


@pytest.mark.parametrize("model", ["last_touch", "first_touch"])
@pytest.mark.parametrize("basis", ["sale", "lead"])
def test_every_figure_of_every_channel_is_the_same(folder, raw, model, basis):
    today = date.fromisoformat(rumbo(folder, "roi")["to"])
    seen = set()
    for days in ((today - timedelta(days=45), today - timedelta(days=3)), (today - timedelta(days=9), today)):
        report = rumbo(folder, "roi", "--by", "channel", "--from", str(days[0]), "--to", str(days[1]), "--model", model,
                       "--basis", basis, "--window", "none", "--view-window", "none", "--refunds", "accrual")
        assert report["other_currencies"] == []
        opinion = second_opinion(raw, days, model, basis)
        found = {row["name"]: row for row in report["rows"]}
        found[None] = report["unattributed"]
        opinion.setdefault(None, (None, 0, 0, 0, 0, 0))
        assert set(found) == set(opinion)
        for channel, numbers in opinion.items():
            for figure, number in zip(FIGURES, numbers):
                shown = found[channel][figure]
                shown = None if shown is None else Decimal(str(shown))
                money = figure in ("spend", "revenue")
                number = None if number is None else Decimal(int(number)).scaleb(-6 if money else 0)
                assert shown == number, (channel, figure)
        seen |= set(found)
        total = report["total"]
        spent = sum(Decimal(int(row[0])).scaleb(-6) for row in opinion.values() if row[0] is not None)
        new = sum(row[4] for row in opinion.values())
        assert Decimal(total["spend"]) == spent
        # All that was spent over all who bought for the first time, half away from zero.
        assert Decimal(total["cac"]) == (spent / new).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    assert {"meta", "google_ads", "agency", "tiktok_ads", "radio", "organic", None} <= seen and "sms" not in seen
