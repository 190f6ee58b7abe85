"""Every figure of `rumbo roi`, worked out a second time in DuckDB from the raw rows.

The sample workspace is synced, its database file is read as it lies there, and SQL that was
written from docs/metrics.md alone credits, splits, sums and divides anew. Equal to the cent, to
the millionth of a sale and to the last decimal of a ratio.

RUMBO_SANDBOX_BIN is the `rumbo` program.
"""

import json
import os
import sqlite3
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

DAYS = 75


def rumbo(folder, *arguments):
    program = os.environ.get("RUMBO_SANDBOX_BIN")
    if not program:
        pytest.fail("RUMBO_SANDBOX_BIN is not set: the path of the rumbo program")
    done = subprocess.run(
        [program, "--json", *arguments],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "RUMBO_DATA_DIR": str(folder),
            "RUMBO_VAULT": "passphrase",
            "RUMBO_PASSPHRASE": "second opinion",
        },
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    rumbo(folder, "demo", "--days", str(DAYS))
    return folder


RAW = {
    "accounts": "SELECT id, timezone FROM ad_accounts",
    "account_days": "SELECT ad_account_id AS account, day, spend_micros AS spend FROM ad_insights",
    "campaigns": "SELECT id, external_id, ad_account_id AS account FROM ad_campaigns",
    "ad_sets": "SELECT id, ad_campaign_id AS campaign FROM ad_sets",
    "ads": "SELECT id, ad_campaign_id AS campaign FROM ads",
    "ad_days": """SELECT ad_id AS ad, day, impressions, clicks, link_clicks, spend_micros AS spend,
        meta_leads, meta_purchases, meta_purchase_micros AS meta_value FROM ad_insights""",
    "parts": """SELECT ad_id AS ad, day, breakdown, value, impressions, clicks, link_clicks, spend_micros AS spend,
        meta_leads, meta_purchases, meta_purchase_micros AS meta_value FROM ad_insight_breakdowns""",
    "contacts": "SELECT id, kind, first_seen_at AS seen, first_touchpoint_id AS first_touch FROM contacts",
    # Where a view is told it stands behind the figure: ["lead","5","1d_view","2"].
    "told_actions": """SELECT i.ad_id AS ad, i.day, list.kind, json_extract(told.value, '$[0]') AS type,
        CAST(round(1000000 * json_extract(told.value, '$[1]')) AS INTEGER) AS figure,
        CAST(round(1000000 * coalesce(json_extract(told.value, '$[3]'), 0)) AS INTEGER) AS viewed
        FROM ad_insights i, (SELECT 'a' AS kind UNION ALL SELECT 'v') list, json_each(i.actions, '$.' || list.kind) told
        WHERE json_extract(told.value, '$[0]') IN ('lead', 'omni_purchase', 'onsite_conversion.lead_grouped')
        AND coalesce(json_extract(told.value, '$[2]'), '1d_view') = '1d_view'""",
    "touches": """SELECT id, kind, contact_id AS contact, occurred_at AS touched, source, medium, click_id,
        ad_campaign_id AS campaign, ad_set_id AS ad_set, ad_id AS ad,
        ad_account_external_id AS account_named, campaign_external_id AS campaign_named,
        ad_set_external_id AS ad_set_named, ad_external_id AS ad_named FROM touchpoints""",
    "opportunities": "SELECT id, contact_id AS contact, opened_at AS opened FROM opportunities",
    "sales": """SELECT id, contact_id AS contact, gross_micros AS gross, refunded_micros AS refunded,
        cost_micros AS cost, currency, completed_at AS completed FROM sales
        WHERE status IN ('completed', 'refunded')""",
    "refunds": "SELECT id, sale_id AS sale, amount_micros AS amount, refunded_at FROM sale_refunds",
}
MOMENTS = {"touched", "seen", "opened", "completed", "refunded_at"}


@pytest.fixture(scope="module")
def raw(folder):
    """The rows as they lie in the file, in DuckDB. Ids are hexadecimal text, moments in UTC."""
    file = sqlite3.connect(f"file:{folder / 'rumbo.db'}?mode=ro", uri=True)
    duck = duckdb.connect()
    for name, question in RAW.items():
        rows = file.execute(question)
        heads = [head[0] for head in rows.description]
        lines = [
            [cell.hex() if isinstance(cell, bytes) else cell for cell in row] for row in rows
        ]
        assert lines, name
        kinds = []
        for place, head in enumerate(heads):
            whole = all(line[place] is None or isinstance(line[place], int) for line in lines)
            kinds.append("TIMESTAMPTZ" if head in MOMENTS else "BIGINT" if whole and head not in
                         ("medium", "click_id") and not head.endswith("named") else "VARCHAR")
        columns = ", ".join(f'"{head}" {kind}' for head, kind in zip(heads, kinds))
        duck.execute(f"CREATE TABLE {name} ({columns})")
        # Column by column: row by row takes minutes.
        each = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        duck.execute(f"INSERT INTO {name} SELECT {each}", [list(column) for column in zip(*lines)])
    zone = file.execute("SELECT timezone FROM workspaces").fetchone()[0]
    duck.execute(
        f"""
        -- Where a touch leads: what an ad belongs to says more than the touch itself.
        CREATE TABLE places AS SELECT t.id, t.contact, t.touched,
            coalesce(lower(t.medium) = 'view', false) AS seen_only,
            t.medium IS NULL AND t.click_id IS NULL AND t.campaign IS NULL AND t.ad_set IS NULL
                AND t.ad IS NULL AND t.account_named IS NULL AND t.campaign_named IS NULL
                AND t.ad_set_named IS NULL AND t.ad_named IS NULL
                AND t.source IN ('ORGANIC', 'WEB', 'MANUAL', 'IMPORT', 'UNKNOWN') AS direct,
            coalesce(t.campaign, a.campaign, s.campaign) AS campaign
        FROM touches t LEFT JOIN ads a ON a.id = t.ad LEFT JOIN ad_sets s ON s.id = t.ad_set;
        -- The zone in which the days of a campaign are cut; those of nothing are the workspace's.
        CREATE TABLE zones AS SELECT c.id AS campaign, c.external_id, a.timezone AS zone
            FROM campaigns c JOIN accounts a ON a.id = c.account
            UNION ALL SELECT NULL, NULL, '{zone}';
        CREATE MACRO rate(n, d, k) AS CASE WHEN d > 0 THEN
            (sign(n) * ((abs(n::HUGEINT) * k * 2 + d) // (d::HUGEINT * 2)))::BIGINT END;
        """
    )
    return duck


def weight(model, half_life):
    """A touch's weight as a whole number; `p` is its place of `n`, oldest first."""
    return {
        "last_touch": "(p = n)::INT",
        "first_touch": "(p = 1)::INT",
        "last_non_direct": """(p = coalesce(max(p) FILTER (NOT direct) OVER (PARTITION BY event), n))::INT""",
        "linear": "1",
        "position_based": "CASE WHEN n < 3 THEN 1 WHEN p IN (1, n) THEN 2 * (n - 2) ELSE 1 END",
        "time_decay": f"""greatest(round(1e15 * pow(0.5, epoch(max(touched) OVER (PARTITION BY event) - touched)
            / 86400e0 / {half_life})), 1)""",
    }[model]


def parts(number):
    """A number split by weights: rounded down, and the rest to the largest remainders."""
    whole = f"({number}::HUGEINT * w // total)"
    rest = f"({number}::HUGEINT * w % total)"
    return f"""({whole} + (row_number() OVER (PARTITION BY event ORDER BY {rest} DESC, p)
        <= {number} - sum({whole}) OVER (PARTITION BY event))::INT)"""


def second_opinion(duck, days, model, click_days, view_days, basis, refunds, half_life=7):
    by_lead = basis == "lead"
    own = lambda moment: "c.seen" if by_lead else moment
    after = "gross - refunded" if refunds == "accrual" else "gross"
    within = lambda days: "true" if days is None else f"happened - touched <= INTERVAL {days} DAY"
    cash = """UNION ALL SELECT 'refund', r.id, s.contact, r.refunded_at, s.completed,
        (s.gross - coalesce(sum(r.amount) OVER (PARTITION BY r.sale ORDER BY r.refunded_at, r.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) // 10000,
        (s.gross - sum(r.amount) OVER (PARTITION BY r.sale ORDER BY r.refunded_at, r.id)) // 10000, 0, 0
        FROM refunds r JOIN sales s ON s.id = r.sale"""
    question = f"""
    WITH events(kind, event, contact, dated, happened, before, after, one, cost) AS (
        SELECT 'opportunity', o.id, o.contact, {own('o.opened')}, o.opened, 0, 0, 1000000, 0
            FROM opportunities o JOIN contacts c ON c.id = o.contact
        UNION ALL SELECT 'sale', s.id, s.contact, {own('s.completed')}, s.completed, 0,
            ({after}) // 10000, 1000000, 0 FROM sales s JOIN contacts c ON c.id = s.contact
        UNION ALL SELECT 'costed', 'cost' || s.id, s.contact, {own('s.completed')}, s.completed, 0, 0, 1000000,
            s.cost // 10000 FROM sales s JOIN contacts c ON c.id = s.contact WHERE s.cost IS NOT NULL
        UNION ALL SELECT 'new', 'new' || s.id, s.contact, {own('s.completed')}, s.completed, 0, 0, 1000000, 0
            FROM sales s JOIN contacts c ON c.id = s.contact
            QUALIFY row_number() OVER (PARTITION BY s.contact ORDER BY s.completed, s.id) = 1
        {cash if refunds == 'cash' else ''}
    ), counting AS (
        SELECT e.*, t.touched, t.direct, t.campaign,
            row_number() OVER (PARTITION BY e.event ORDER BY t.touched, t.id) AS p,
            count(*) OVER (PARTITION BY e.event) AS n
        FROM events e JOIN places t ON t.contact = e.contact AND t.touched <= e.happened
        WHERE CASE WHEN t.seen_only THEN {within(view_days)} ELSE {within(click_days)} END
    ), weighed AS (
        SELECT *, ({weight(model, half_life)})::HUGEINT AS w FROM counting
    ), shared AS (
        SELECT *, sum(w) OVER (PARTITION BY event) AS total FROM weighed
    ), credited AS (
        SELECT kind, campaign, dated, {parts('one')} AS share, {parts('after')} - {parts('before')} AS cents,
            {parts('cost')} AS cost FROM shared
        UNION ALL SELECT kind, NULL, dated, one, after - before, cost FROM events
            WHERE event NOT IN (SELECT event FROM counting)
    ), leads AS (
        SELECT 'lead' AS kind, first.campaign, c.seen AS dated, 1000000 AS share, 0 AS cents, 0 AS cost FROM contacts c
        LEFT JOIN (SELECT contact, campaign FROM places
            QUALIFY row_number() OVER (PARTITION BY contact ORDER BY touched, id) = 1) first
            ON first.contact = c.id WHERE c.kind <> 'internal'
    ), outcomes AS (
        SELECT z.external_id AS campaign,
            coalesce(sum(share) FILTER (kind = 'lead'), 0) // 1000000 AS leads,
            coalesce(sum(share) FILTER (kind = 'opportunity'), 0) AS opportunities,
            coalesce(sum(share) FILTER (kind = 'sale'), 0) AS sales,
            coalesce(sum(share) FILTER (kind = 'new'), 0) AS new_customers,
            coalesce(sum(cents), 0) * 10000 AS revenue,
            coalesce(sum(share) FILTER (kind = 'costed'), 0) AS sales_with_cost,
            coalesce(sum(cost), 0) * 10000 AS costs
        FROM (FROM credited UNION ALL FROM leads) o
        JOIN zones z ON z.campaign IS NOT DISTINCT FROM o.campaign
        WHERE timezone(z.zone, o.dated)::DATE BETWEEN '{days[0]}' AND '{days[1]}' GROUP BY ALL
    ), delivered AS (
        SELECT c.external_id AS campaign, sum(spend) AS spend, sum(impressions) AS impressions,
            sum(clicks) AS clicks, sum(link_clicks) AS link_clicks, sum(coalesce(meta_leads, 0)) AS meta_leads,
            sum(coalesce(meta_purchases, 0)) AS meta_purchases, sum(coalesce(meta_value, 0)) AS meta_value
        FROM ad_days d JOIN ads a ON a.id = d.ad JOIN campaigns c ON c.id = a.campaign
        WHERE d.day::DATE BETWEEN '{days[0]}' AND '{days[1]}' GROUP BY ALL
    ), together AS (
        SELECT coalesce(o.campaign, d.campaign) AS campaign, d.* EXCLUDE campaign,
            coalesce(leads, 0) AS leads, coalesce(opportunities, 0) AS opportunities,
            coalesce(sales, 0) AS sales, coalesce(new_customers, 0) AS new_customers,
            coalesce(revenue, 0) AS revenue, coalesce(sales_with_cost, 0) AS sales_with_cost,
            coalesce(costs, 0) AS costs
        FROM outcomes o FULL JOIN delivered d ON d.campaign = o.campaign
        UNION ALL BY NAME SELECT 'total' AS campaign, (SELECT sum(spend) FROM delivered) AS spend,
            (SELECT sum(impressions) FROM delivered) AS impressions, (SELECT sum(clicks) FROM delivered) AS clicks,
            (SELECT sum(link_clicks) FROM delivered) AS link_clicks,
            (SELECT sum(meta_leads) FROM delivered) AS meta_leads,
            (SELECT sum(meta_purchases) FROM delivered) AS meta_purchases,
            (SELECT sum(meta_value) FROM delivered) AS meta_value,
            sum(leads) AS leads, sum(opportunities) AS opportunities, sum(sales) AS sales,
            sum(new_customers) AS new_customers, sum(revenue) AS revenue,
            sum(sales_with_cost) AS sales_with_cost, sum(costs) AS costs FROM outcomes
    ), earned AS (
        -- Of what nobody wrote a cost down there is none; and no margin without that of every sale.
        SELECT *, CASE WHEN sales_with_cost > 0 THEN costs END AS cost,
            CASE WHEN sales_with_cost = sales THEN revenue - costs END AS margin FROM together
    )
    SELECT campaign, spend, impressions, clicks, link_clicks, meta_leads, meta_purchases,
        meta_value AS meta_purchase_value, leads, opportunities, sales, new_customers, revenue,
        rate(100 * clicks, impressions, 10000) AS ctr, rate(100 * link_clicks, impressions, 10000) AS link_ctr,
        rate(spend, clicks * 1000000, 10000) AS cpc, rate(spend, link_clicks * 1000000, 10000) AS link_cpc,
        rate(1000 * spend, impressions * 1000000, 10000) AS cpm,
        rate(spend, leads * 1000000, 100) AS cpl, rate(spend, leads * 1000000, 100) AS cpa,
        rate(spend, meta_leads * 1000000, 100) AS meta_cpl,
        rate(100 * leads, link_clicks, 100) AS leads_per_click_percent,
        rate(spend, opportunities, 100) AS cost_per_opportunity,
        rate(100 * opportunities, leads * 1000000, 100) AS opportunities_per_lead_percent,
        rate(spend, sales, 100) AS cost_per_sale, rate(100 * sales, leads * 1000000, 100) AS sales_per_lead_percent,
        rate(spend, new_customers, 100) AS cac, rate(revenue, sales, 100) AS revenue_per_sale,
        rate(100 * leads, meta_leads, 100) AS leads_per_meta_lead_percent,
        rate(100 * sales, meta_purchases * 1000000, 100) AS sales_per_meta_purchase_percent,
        rate(100 * revenue, meta_value, 100) AS revenue_per_meta_value_percent,
        rate(revenue, spend, 10000) AS roas, rate(100 * (revenue - spend), spend, 100) AS roi_percent,
        rate(meta_value, spend, 10000) AS meta_roas, cost, sales_with_cost, margin,
        rate(margin, spend, 10000) AS poas, rate(100 * (margin - spend), spend, 100) AS contribution_roi_percent
    FROM earned
    """
    rows = duck.execute(question)
    heads = [head[0] for head in rows.description]
    return {row[0]: dict(zip(heads[1:], row[1:])) for row in rows.fetchall()}


MILLIONTHS = {"spend", "revenue", "meta_purchase_value", "opportunities", "sales", "new_customers",
              "cost", "sales_with_cost", "margin"}
FOUR = {"ctr", "link_ctr", "cpc", "link_cpc", "cpm", "roas", "meta_roas", "poas"}
WHOLE = {"impressions", "clicks", "link_clicks", "meta_leads", "meta_purchases", "leads"}


def exact(metric, value):
    if value is None:
        return None
    if metric in WHOLE:
        return Decimal(int(value))
    digits = 6 if metric in MILLIONTHS else 4 if metric in FOUR else 2
    return Decimal(int(value)).scaleb(-digits)


def assert_same(report, opinion, about):
    found = {row["external_id"]: row for row in report["rows"]}
    found[None] = report["unattributed"]
    found["total"] = report["total"]
    idle = lambda figures: not any(figures[of] for of in ("leads", "opportunities", "sales")) and \
        Decimal(figures["revenue"]) == 0 and figures["spend"] is None
    rows = {key for key, figures in found.items() if key in (None, "total") or not idle(figures)}
    nobody = {None} if None not in opinion else set()
    assert rows - nobody == set(opinion), about
    for key, expected in opinion.items():
        for metric, value in expected.items():
            shown = found[key][metric]
            same = None if shown is None else Decimal(str(shown))
            assert same == exact(metric, value), (about, key, metric, shown, value)


def ways():
    models = ["last_touch", "first_touch", "last_non_direct", "linear", "position_based", "time_decay"]
    for model in models:
        for click, view in ((None, None), (7, 1)):
            for basis in ("sale", "lead"):
                for refunds in ("accrual", "cash"):
                    yield model, click, view, basis, refunds


@pytest.mark.parametrize("period", ["all", "month"])
def test_every_figure_of_every_model_is_the_same(folder, raw, period):
    today = date.fromisoformat(rumbo(folder, "roi")["to"])
    days = {
        "all": (today - timedelta(days=400), today),
        "month": (today - timedelta(days=45), today - timedelta(days=16)),
    }[period]
    whole, margins = set(), set()
    for model, click, view, basis, refunds in ways():
        report = rumbo(
            folder, "roi", "--from", str(days[0]), "--to", str(days[1]), "--model", model,
            "--window", "none" if click is None else str(click),
            "--view-window", "none" if view is None else str(view),
            "--basis", basis, "--refunds", refunds,
        )
        assert report["other_currencies"] == []
        about = (period, model, click, view, basis, refunds)
        assert_same(report, second_opinion(raw, days, model, click, view, basis, refunds), about)
        whole.add((report["total"]["sales"], report["total"]["revenue"], report["total"]["cost"]))
        margins |= {row["margin"] for row in report["rows"] if row["sales"]}
    # Over all days every way has the same sales and the same revenue.
    assert period == "month" or len(whole) == 1, whole
    # Campaigns that know what all their sales cost, and others.
    assert None in margins and len(margins) > 10


def test_the_models_do_differ(folder, raw):
    """Else the test above would compare nothing."""
    today = date.fromisoformat(rumbo(folder, "roi")["to"])
    days = (today - timedelta(days=400), today)
    told = [
        tuple(sorted((key or "", row["revenue"]) for key, row in
                     second_opinion(raw, days, model, None, None, "sale", "accrual").items()))
        for model in ("last_touch", "first_touch", "last_non_direct", "linear", "position_based", "time_decay")
    ]
    assert len(set(told)) == len(told)


# What a quotient divides, and by what, in the units that the second opinion has; whether it sets the CRM against Meta.
DIVISIONS = {
    "roas": ("revenue", "spend", 1, True),
    "roi_percent": ("revenue - spend", "spend", 100, True),
    "cpl": ("spend / 1000000", "leads", 1, True),
    "cost_per_sale": ("spend", "sales", 1, True),
    "ctr": ("clicks", "impressions", 100, False),
    "sales_per_lead_percent": ("sales / 1000000", "leads", 100, False),
}


def effects(before, after, metric):
    """Mix and rate of every campaign, as exact fractions, from docs/metrics.md alone."""
    top, by, times, of_attributed = DIVISIONS[metric]
    known = lambda figures: {key: Fraction(int(value or 0)) for key, value in figures.items()}
    counts = lambda key: key != "total" and not (key is None and of_attributed)
    sides = []
    for opinion in (before, after):
        rows = {key: known(figures) for key, figures in opinion.items() if counts(key)}
        sides.append({key: (times * Fraction(eval(top, {}, row)), row[by]) for key, row in rows.items()})
    then, now = sides
    whole = lambda side: [sum((pair[place] for pair in side.values()), Fraction(0)) for place in (0, 1)]
    (n_all, d_all), (_, d_now_all) = whole(then), whole(now)
    told = {}
    for key in then.keys() | now.keys():
        (n, d), (n_now, d_now) = then.get(key, (Fraction(0),) * 2), now.get(key, (Fraction(0),) * 2)
        kept = n / d * d_now if d else n_now if d_now else n
        told[key] = (
            kept / d_now_all - n / d_all - n_all / d_all * (d_now / d_now_all - d / d_all),
            (n_now - kept) / d_now_all,
        )
    return told


@pytest.mark.parametrize("model,basis", [("last_touch", "sale"), ("linear", "lead")])
def test_what_moved_a_number_is_the_same(folder, raw, model, basis):
    today = date.fromisoformat(rumbo(folder, "roi")["to"])
    now = (today - timedelta(days=45), today - timedelta(days=16))
    then = (now[0] - timedelta(days=30), now[0] - timedelta(days=1))
    opinions = [second_opinion(raw, days, model, None, None, basis, "accrual") for days in (then, now)]
    moved = 0
    for metric in ("revenue", "spend", "leads", *DIVISIONS):
        told = rumbo(folder, "contributions", "--metric", metric, "--model", model, "--basis", basis,
                     "--from", str(now[0]), "--to", str(now[1]))
        assert told["compared"] == {"from": str(then[0]), "to": str(then[1])}
        [group] = told["groups"]
        found = {row["external_id"]: row for row in group["rows"]}
        if group["unattributed"]:
            found[None] = group["unattributed"]
        number = lambda text: Decimal(text or 0)
        value = lambda side, key: exact(metric, side.get(key, {}).get(metric))
        for key, row in found.items():
            for side, opinion in zip(("before", "after"), opinions):
                assert number(row[side]) == (value(opinion, key) or 0), (metric, key, side)
        whole = group["whole"]
        assert number(whole["after"]) - number(whole["before"]) == number(whole["contribution"]), metric
        assert sum(number(row["contribution"]) for row in found.values()) == number(whole["contribution"]), metric
        if metric not in DIVISIONS:
            for key, row in found.items():
                before, after = (value(opinion, key) or 0 for opinion in opinions)
                assert number(row["contribution"]) == after - before, (metric, key)
            continue
        expected = effects(*opinions, metric)
        unit = Decimal(1).scaleb(number(whole["contribution"]).as_tuple().exponent)
        for place, part in enumerate(("mix", "rate")):
            assert sum(number(row[part]) for row in found.values()) == number(whole[part]), (metric, part)
            for key, row in found.items():
                off = abs(Fraction(number(row[part])) - expected[key][place])
                assert off <= 2 * Fraction(unit), (metric, part, key, row, float(expected[key][place]))
            # Who is not listed moved nothing.
            assert all(expected[key] == (0, 0) for key in expected.keys() - found.keys()), metric
        rate = sum(of[1] for of in expected.values())
        assert abs(Fraction(number(whole["rate"])) - rate) <= Fraction(unit) / 2 + Fraction(1, 10**9), metric
        moved += number(whole["mix"]) != 0 and number(whole["rate"]) != 0
    assert moved == len(DIVISIONS)


def in_euros(duck, days, rates):
    """Every sale and every account's day at the rate of its day, or of the nearest one before it."""
    duck.execute("CREATE OR REPLACE TABLE euro (day DATE, dollars BIGINT)")
    duck.executemany("INSERT INTO euro VALUES (?, ?)", rates)
    # So many millionths of a dollar, at so many ten-thousandths of a dollar for a euro.
    euros = lambda amount: f"((2 * {amount}::HUGEINT * 10000 + dollars) // (2 * dollars))"
    question = f"""
    WITH sold AS (
        SELECT z.external_id AS campaign, timezone(z.zone, s.completed)::DATE AS day, s.gross - s.refunded AS net, s.cost
        FROM sales s LEFT JOIN (SELECT s.id, p.campaign FROM sales s
            JOIN places p ON p.contact = s.contact AND p.touched <= s.completed
            QUALIFY row_number() OVER (PARTITION BY s.id ORDER BY p.touched DESC, p.id DESC) = 1) last ON last.id = s.id
        JOIN zones z ON z.campaign IS NOT DISTINCT FROM last.campaign
        WHERE timezone(z.zone, s.completed)::DATE BETWEEN '{days[0]}' AND '{days[1]}'
    ), spent AS (
        SELECT account, day::DATE AS day, sum(spend) AS spend FROM account_days
        WHERE day::DATE BETWEEN '{days[0]}' AND '{days[1]}' GROUP BY ALL
    )
    SELECT campaign, sum({euros('net')}), NULL, sum({euros('cost')}) FROM sold ASOF JOIN euro ON sold.day >= euro.day GROUP BY ALL
    UNION ALL SELECT 'total', sum({euros('net')}), (SELECT sum({euros('spend')}) FROM spent
        ASOF JOIN euro ON spent.day >= euro.day), sum({euros('cost')}) FROM sold ASOF JOIN euro ON sold.day >= euro.day
    """
    return {row[0]: row[1:] for row in duck.execute(question).fetchall()}


def test_a_report_in_another_currency_is_the_same(folder, raw, tmp_path):
    today = date.fromisoformat(rumbo(folder, "roi")["to"])
    days = (today - timedelta(days=120), today)
    # Rates that no two days share, and none on weekends.
    every = (days[0] + timedelta(days=n) for n in range(-7, (days[1] - days[0]).days + 1))
    rates = [(day, 10500 + day.toordinal() * 37 % 1500) for day in every if day.weekday() < 5]
    file = tmp_path / "eurofxref-hist.csv"
    lines = [f"{day},{Decimal(rate).scaleb(-4)}" for day, rate in rates]
    file.write_text("\n".join(["Date,USD", *lines]) + "\n")
    assert rumbo(folder, "rates", "import", str(file))["added"] == len(rates)
    report = rumbo(folder, "roi", "--from", str(days[0]), "--to", str(days[1]), "--model", "last_touch",
                   "--convert-to", "EUR")
    assert report["currency"] == "EUR" and report["other_currencies"] == []
    opinion = in_euros(raw, days, rates)
    revenue, spend, cost = opinion.pop("total")
    assert spend > 0 and revenue > 0 and cost > 0
    assert Decimal(report["total"]["cost"]) == Decimal(int(cost)).scaleb(-6)
    assert Decimal(report["total"]["spend"]) == Decimal(int(spend)).scaleb(-6)
    assert Decimal(report["total"]["revenue"]) == Decimal(int(revenue)).scaleb(-6)
    roas = raw.execute("SELECT rate(?, ?, 10000)", [int(revenue), int(spend)]).fetchone()[0]
    assert Decimal(report["total"]["roas"]) == Decimal(roas).scaleb(-4)
    found = {row["external_id"]: row["revenue"] for row in report["rows"]}
    found[None] = report["unattributed"]["revenue"]
    costs = {row["external_id"]: row["cost"] for row in report["rows"]}
    costs[None] = report["unattributed"]["cost"]
    for campaign, (revenue, _, cost) in opinion.items():
        assert Decimal(found[campaign]) == Decimal(int(revenue)).scaleb(-6), campaign
        assert (costs[campaign] and Decimal(costs[campaign])) == (
            None if cost is None else Decimal(int(cost)).scaleb(-6)), campaign
    used = {(rate["day"], rate["legs"][0]["rate"]) for rate in report["exchanged"]["rates"]}
    told = {(str(day), str(Decimal(rate).scaleb(-4).normalize())) for day, rate in rates}
    assert {pair for pair in used if pair[0] in dict(told)} <= told


SUMS = ("spend", "impressions", "clicks", "link_clicks", "meta_leads", "meta_purchases", "meta_value")
NAMES = {"meta_value": "meta_purchase_value"}


def sums(duck, table, days, more="true"):
    """Every sum of the rows between two days, the number of rows, and three ratios."""
    figures = ", ".join(f"sum({figure})::BIGINT" for figure in SUMS)
    ratios = """rate(sum(clicks), sum(impressions), 1000000), rate(sum(spend), sum(link_clicks), 1),
        rate(sum(meta_value), sum(spend), 10000)"""
    row = duck.execute(f"""SELECT count(*), {figures}, {ratios} FROM {table}
        WHERE day::DATE BETWEEN '{days[0]}' AND '{days[1]}' AND {more}""").fetchone()
    told = {
        NAMES.get(figure, figure): None if number is None else
        Decimal(number).scaleb(-6) if figure in ("spend", "meta_value") else Decimal(number)
        for figure, number in zip(SUMS, row[1:])
    }
    ctr, cpc, roas = row[1 + len(SUMS):]
    told["ctr"] = None if ctr is None else Decimal(ctr).scaleb(-4)
    told["meta_roas"] = None if roas is None else Decimal(roas).scaleb(-4)
    # Millionths of a dollar to the ten-thousandth: half away from zero.
    told["link_cpc"] = None if cpc is None else Decimal(
        duck.execute("SELECT rate(?, ?, 1)", [row[1], row[4] * 100]).fetchone()[0]).scaleb(-4)
    return row[0], told


@pytest.mark.parametrize("by", ["age", "gender", "country", "placement", "device"])
def test_every_part_of_a_breakdown_is_the_same_and_with_the_rest_it_is_the_whole(folder, raw, by):
    today = date.fromisoformat(rumbo(folder, "roi")["to"])
    days = (today - timedelta(days=45), today - timedelta(days=3))
    period = ("--from", str(days[0]), "--to", str(days[1]))
    largest = rumbo(folder, "roi", *period)["rows"][0]
    campaign = largest["id"].replace("-", "")
    within = f"ad IN (SELECT id FROM ads WHERE campaign = '{campaign}')"
    for flags, narrowed in (((), "true"), (("--campaign", largest["external_id"]), within)):
        report = rumbo(folder, "breakdown", "--by", by, *period, *flags)
        assert report["synced"] and report["unread_days"] == []
        (group,) = report["groups"]
        values = raw.execute(
            f"SELECT DISTINCT value FROM parts WHERE breakdown = '{by}' AND {narrowed} "
            f"AND day::DATE BETWEEN '{days[0]}' AND '{days[1]}'"
        ).fetchall()
        assert sorted(row["value"] for row in group["rows"]) == sorted(value for (value,) in values)
        assert len(values) > 1
        for row in group["rows"]:
            part = f"breakdown = '{by}' AND value = '{row['value']}' AND {narrowed}"
            _, told = sums(raw, "parts", days, part)
            for figure, number in told.items():
                shown = row[figure]
                shown = None if shown is None else Decimal(str(shown))
                # A count that no row tells is 0 where Meta claims nothing.
                assert shown == (number or 0 if figure.startswith("meta_") and shown is not None else number), (
                    by, flags, row["value"], figure)
        _, whole = sums(raw, "ad_days", days, narrowed)
        for figure in ("spend", "impressions", "clicks", "link_clicks", "meta_leads"):
            number = lambda of: Decimal(str(of[figure] or 0))
            assert number(group["total"]) == whole[figure]
            # The sandbox splits every ad-day into parts that are the whole of it.
            assert number(group["left_out"]) == 0
            assert sum(number(row) for row in group["rows"]) == whole[figure], (by, figure)


def followed(duck, days):
    """By campaign: forms that Meta counts, forms that arrived, leads they made, leads by message; and
    what Meta claims after a view: other leads, purchases, their value."""
    question = f"""
    WITH claimed AS (
        SELECT c.external_id AS campaign,
            sum(figure) FILTER (f.kind = 'a' AND type = 'onsite_conversion.lead_grouped') // 1000000 AS counted,
            (coalesce(sum(viewed) FILTER (f.kind = 'a' AND type = 'lead'), 0) - coalesce(sum(viewed)
                FILTER (f.kind = 'a' AND type = 'onsite_conversion.lead_grouped'), 0)) // 1000000 AS viewed_leads,
            sum(viewed) FILTER (f.kind = 'a' AND type = 'omni_purchase') AS viewed_purchases,
            sum(viewed) FILTER (f.kind = 'v' AND type = 'omni_purchase') AS viewed_value
        FROM told_actions f JOIN ads a ON a.id = f.ad JOIN campaigns c ON c.id = a.campaign
        WHERE f.day::DATE BETWEEN '{days[0]}' AND '{days[1]}' GROUP BY ALL
    ), arrived AS (
        SELECT z.external_id AS campaign, count(*) FILTER (t.kind = 'lead_form') AS arrived,
            count(*) FILTER (t.kind = 'lead_form' AND c.first_touch = t.id AND c.kind <> 'internal') AS made,
            count(*) FILTER (t.kind = 'click_to_whatsapp' AND c.first_touch = t.id AND c.kind <> 'internal') AS messages
        FROM touches t JOIN places p ON p.id = t.id JOIN contacts c ON c.id = t.contact
        JOIN zones z ON z.campaign = p.campaign
        WHERE timezone(z.zone, t.touched)::DATE BETWEEN '{days[0]}' AND '{days[1]}' GROUP BY ALL
    )
    SELECT coalesce(c.campaign, a.campaign), coalesce(counted, 0), coalesce(arrived, 0), coalesce(made, 0),
        coalesce(messages, 0), coalesce(viewed_leads, 0), coalesce(viewed_purchases, 0), coalesce(viewed_value, 0)
        FROM claimed c FULL JOIN arrived a ON a.campaign = c.campaign
    """
    return {row[0]: [int(number) for number in row[1:]] for row in duck.execute(question).fetchall()}


def lead_causes(row, counted, arrived, made, messages, viewed):
    causes = {"forms_not_arrived": arrived - counted, "already_known": made - arrived, "messages": messages,
              "view_through": -viewed}
    held = (row["leads"] or 0) - made - messages
    claimed = (row["meta_leads"] or 0) - counted - viewed
    if claimed == 0:
        causes["without_claim"] = held
    elif held == 0:
        causes["only_meta"] = -claimed
    return causes


def sale_causes(of, ways, claimed, viewed):
    """`of` is sales or revenue, both in millionths, by each way of crediting from Meta's on."""
    steps = [way[of] for way in ways]
    causes = dict(zip(("window", "model", "basis", "refunds"), (y - x for x, y in zip(steps, steps[1:]))))
    causes["view_through"] = -viewed
    if not any(claimed.values()):
        causes["without_claim"] = steps[0]
    elif not ways[0]["sales"] and not ways[0]["revenue"]:
        causes["only_meta"] = viewed - claimed[of]
    return causes


@pytest.mark.parametrize("model, basis", [("last_touch", "sale"), ("linear", "lead")])
def test_every_cause_of_the_gap_is_the_same(folder, raw, model, basis):
    today = date.fromisoformat(rumbo(folder, "roi")["to"])
    days = (today - timedelta(days=45), today - timedelta(days=3))
    gap = rumbo(folder, "gap", "--from", str(days[0]), "--to", str(days[1]), "--model", model, "--basis", basis,
                "--window", "none", "--view-window", "none", "--refunds", "accrual")
    assert gap["meta_window"]["setting"] == "7d_click_1d_view"
    opinion = lambda *way: second_opinion(raw, days, *way)
    chosen = opinion(model, None, None, basis, "accrual")
    # New customers are told where they are asked for.
    asked = lambda of: {key: value for key, value in of.items() if key not in ("new_customers", "cac")}
    assert_same(gap["report"], {key: asked(of) for key, of in chosen.items()}, ("gap", model, basis))
    ways = [
        opinion("last_touch", 7, 1, "sale", "gross"),
        opinion("last_touch", None, None, "sale", "gross"),
        opinion(model, None, None, "sale", "gross"),
        opinion(model, None, None, basis, "gross"),
        chosen,
    ]
    forms = followed(raw, days)
    (group,) = gap["groups"]
    seen = set()
    nothing = {"sales": 0, "revenue": 0}
    for row, line in zip(gap["report"]["rows"], group["rows"], strict=True):
        campaign = row["external_id"]
        of = chosen.get(campaign) or {key: 0 for key in ("leads", "meta_leads", "meta_purchases", "meta_purchase_value")}
        claimed = {"sales": (of["meta_purchases"] or 0) * 1_000_000, "revenue": of["meta_purchase_value"] or 0}
        along = [{key: way.get(campaign, nothing)[key] or 0 for key in nothing} for way in ways]
        *path, purchases, value = forms.get(campaign, (0,) * 7)
        viewed = {"sales": purchases, "revenue": value}
        expected = {
            "leads": (lead_causes(of, *path), 1,
                      (of["leads"] or 0) - (of["meta_leads"] or 0)),
            **{side: (sale_causes(side, along, claimed, viewed[side]), 1_000_000, along[-1][side] - claimed[side])
               for side in nothing},
        }
        for side, (causes, scale, difference) in expected.items():
            causes["not_explained"] = difference - sum(causes.values())
            told = {part["cause"]: Decimal(part["amount"]) for part in line[side]["parts"]}
            wanted = {cause: Decimal(int(amount)) / scale for cause, amount in causes.items() if amount}
            assert told == wanted, (campaign, side)
            assert Decimal(line[side]["gap"]) == Decimal(int(difference)) / scale
            seen |= set(told)
    # Else the test above would compare little.
    assert {"forms_not_arrived", "messages", "view_through", "window", "refunds", "without_claim", "not_explained"} <= seen
    assert model == "last_touch" or {"model", "basis"} <= seen
    for side, of in (("leads", "leads"), ("sales", "sales"), ("revenue", "revenue")):
        rows = sum(Decimal(line[side]["gap"]) for line in group["rows"])
        assert rows + Decimal(str(gap["report"]["unattributed"][of])) == Decimal(group["total"][side]["gap"])


def test_the_parts_are_the_gap_in_another_currency_too(folder):
    today = date.fromisoformat(rumbo(folder, "roi")["to"])
    days = (today - timedelta(days=45), today - timedelta(days=3))
    rumbo(folder, "rates", "set", "USD", "BRL", "--rate", "5.4321", "--day", str(days[0]), "--to", str(today))
    gap = rumbo(folder, "gap", "--by", "ad", "--from", str(days[0]), "--to", str(days[1]), "--convert-to", "BRL")
    assert gap["report"]["currency"] == "BRL" and gap["report"]["exchanged"]["missing"] == []
    (group,) = gap["groups"]
    number = lambda of, key: Decimal(str(of[key] or 0))
    sides = {"leads": "meta_leads", "sales": "meta_purchases", "revenue": "meta_purchase_value"}
    pairs = list(zip(gap["report"]["rows"], group["rows"], strict=True))
    pairs.append((gap["report"]["total"], group["total"]))
    assert len(pairs) > 10
    for row, line in pairs:
        for side, meta in sides.items():
            difference = number(row, side) - number(row, meta)
            assert Decimal(line[side]["gap"]) == difference
            assert sum(Decimal(part["amount"]) for part in line[side]["parts"]) == difference
