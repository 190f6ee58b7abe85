"""Every cell of `rumbo cohorts`, worked out a second time in DuckDB from the raw rows.

A shop with fourteen months of customers, who came by campaigns of several zones and came back as
people do, is imported beside the sample workspace. Its database file is read as it lies there, and
SQL that was written from docs/metrics.md alone puts everybody into cohorts again. Equal to the
cent. The prediction is compared with what Python's `lifetimes` published for CDNOW.

RUMBO_SANDBOX_BIN is the `rumbo` program.
"""

import csv
import json
import random
import sqlite3
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from test_second_opinion import rumbo

CRATES = Path(__file__).resolve().parents[3]
MONTHS = 14
CUSTOMERS = 700


def make_shop(folder):
    """Imports sales and spend into the sample workspace of a folder."""
    dice = random.Random(31)
    file = sqlite3.connect(f"file:{folder / 'rumbo.db'}?mode=ro", uri=True)
    campaigns = file.execute(
        "SELECT c.external_id, a.external_id, c.name FROM ad_campaigns c"
        " JOIN ad_accounts a ON a.id = c.ad_account_id ORDER BY 1"
    ).fetchall()
    file.close()
    now = datetime.now(timezone.utc).replace(microsecond=0)
    begin = now - timedelta(days=30 * MONTHS)
    sales = folder / "shop.csv"
    with sales.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["customer_id", "customer_name", "date", "amount", "cost", "refunded",
                       "currency", "source", "campaign_id", "lead_date"])
        for customer in range(CUSTOMERS):
            came = begin + timedelta(minutes=dice.randrange(30 * MONTHS * 24 * 60))
            campaign = dice.choice(campaigns)[0] if dice.random() < 0.8 else ""
            # How often they buy, how much, and when they stop: each their own.
            rate, leaves, usual = dice.gammavariate(0.9, 0.02), dice.betavariate(1, 4), dice.gammavariate(6, 12)
            at = came + timedelta(minutes=dice.randrange(60, 30 * 24 * 60))
            while at < now:
                amount = round(usual * dice.gammavariate(6, 1 / 6), 2) + 1
                refunded = round(amount * dice.random(), 2) if dice.random() < 0.06 else 0
                cost = round(amount * 0.45, 2) if dice.random() < 0.9 else ""
                rows.writerow([f"c{customer}", f"Cliente {customer:03}", at.isoformat(), f"{amount:.2f}",
                               cost, refunded or "", "EUR" if dice.random() < 0.03 else "USD",
                               "META_ADS" if campaign else "REFERRAL", campaign, came.isoformat()])
                if dice.random() < leaves:
                    break
                at += timedelta(minutes=1 + int(dice.expovariate(rate or 1e-6) * 24 * 60))
    report = rumbo(folder, "import", "sales", str(sales))
    assert report["rejected"] == 0, report
    # What was spent before the sample's own ad-days.
    first = date.today() - timedelta(days=100)
    for account in {account for _, account, _ in campaigns}:
        spend = folder / f"{account}.csv"
        with spend.open("w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["Account ID", "Campaign ID", "Campaign name", "Day", "Amount spent (USD)", "Impressions"])
            for campaign, of, name in campaigns:
                day = begin.date()
                while of == account and day < first:
                    rows.writerow([account, campaign, name, day, f"{dice.randrange(100, 900) / 100:.2f}", 500])
                    day += timedelta(days=3)
        report = rumbo(folder, "import", "ads", str(spend))
        assert report["rejected"] == 0, report


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    rumbo(folder, "demo", "--days", "75")
    make_shop(folder)
    return folder


RAW = {
    "accounts": "SELECT id, timezone, currency FROM ad_accounts",
    "campaigns": "SELECT id, external_id, ad_account_id AS account FROM ad_campaigns",
    "ad_sets": "SELECT id, ad_campaign_id AS campaign FROM ad_sets",
    "ads": "SELECT id, ad_campaign_id AS campaign FROM ads",
    "ad_days": "SELECT ad_id AS ad, day, currency, spend_micros AS spend FROM ad_insights",
    "contacts": "SELECT id, kind, first_seen_at AS seen FROM contacts",
    "touches": """SELECT id, contact_id AS contact, occurred_at AS touched, ad_campaign_id AS campaign,
        ad_set_id AS ad_set, ad_id AS ad FROM touchpoints""",
    "sales": """SELECT id, contact_id AS contact, gross_micros AS gross, refunded_micros AS refunded,
        cost_micros AS cost, currency, completed_at AS completed FROM sales
        WHERE status IN ('completed', 'refunded')""",
}
MOMENTS = {"touched", "seen", "completed"}


@pytest.fixture(scope="module")
def raw(folder):
    file = sqlite3.connect(f"file:{folder / 'rumbo.db'}?mode=ro", uri=True)
    duck = duckdb.connect()
    for name, question in RAW.items():
        rows = file.execute(question)
        heads = [head[0] for head in rows.description]
        lines = [[cell.hex() if isinstance(cell, bytes) else cell for cell in row] for row in rows]
        assert lines, name
        kinds = []
        for place, head in enumerate(heads):
            whole = all(line[place] is None or isinstance(line[place], int) for line in lines)
            kinds.append("TIMESTAMPTZ" if head in MOMENTS else "BIGINT" if whole else "VARCHAR")
        columns = ", ".join(f'"{head}" {kind}' for head, kind in zip(heads, kinds))
        duck.execute(f"CREATE TABLE {name} ({columns})")
        duck.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(heads))})", lines)
    zone, currency = file.execute("SELECT timezone, currency FROM workspaces").fetchone()
    duck.execute(
        f"""
        CREATE TABLE places AS SELECT t.id, t.contact, t.touched, coalesce(t.campaign, a.campaign, s.campaign) AS campaign
            FROM touches t LEFT JOIN ads a ON a.id = t.ad LEFT JOIN ad_sets s ON s.id = t.ad_set;
        -- The zone of the days of a campaign, and the currency of its leads; those of nothing are the workspace's.
        CREATE TABLE zones AS SELECT c.id AS campaign, c.external_id, a.timezone AS zone, a.currency
            FROM campaigns c JOIN accounts a ON a.id = c.account
            UNION ALL SELECT NULL, NULL, '{zone}', '{currency}';
        -- Whole months from one day to another: a month begins on the same day of the month, or on the
        -- last one of a shorter month.
        CREATE MACRO months(born, day) AS (SELECT greatest(count(*) - 1, 0) FROM range(0, 61) r(n)
            WHERE born + to_months(n::INT) <= day);
        """
    )
    duck.execute("SET VARIABLE zone = ?", [zone])
    return duck


def second_opinion(duck, months, until, start, acquired_by, currency="USD"):
    """(campaign, month, age) -> what docs/metrics.md says of that cell; and (campaign, month) -> the cohort."""
    # The last or the first touch at or before the first sale; a lead goes to the first of all.
    order = "DESC" if start == "sale" and acquired_by == "last_touch" else "ASC"
    counts = "AND p.touched <= f.happened" if start == "sale" else ""
    begins = {
        "sale": """SELECT contact, completed AS happened, currency FROM seen_sales
            QUALIFY row_number() OVER (PARTITION BY contact ORDER BY completed, id) = 1""",
        "lead": f"""SELECT id AS contact, seen AS happened, NULL AS currency FROM contacts WHERE kind <> 'internal'
            AND timezone(getvariable('zone'), seen)::DATE <= '{until}'""",
    }[start]
    duck.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE seen_sales AS SELECT * FROM sales
            WHERE timezone(getvariable('zone'), completed)::DATE <= '{until}';
        CREATE OR REPLACE TEMP TABLE people AS
        WITH firsts AS ({begins}), placed AS (
            SELECT f.*, p.campaign FROM firsts f LEFT JOIN places p ON p.contact = f.contact {counts}
            QUALIFY row_number() OVER (PARTITION BY f.contact ORDER BY p.touched {order}, p.id {order}) = 1
        )
        SELECT c.contact, z.external_id AS campaign, z.zone, coalesce(c.currency, z.currency) AS currency,
            timezone(z.zone, c.happened)::DATE AS born
        FROM placed c JOIN zones z ON z.campaign IS NOT DISTINCT FROM c.campaign;
        """
    )
    today = until + timedelta(days=1)
    wanted = f"""currency = '{currency}' AND born BETWEEN '{months[0]}' AND '{months[1]}'"""
    cells = duck.execute(
        f"""
        WITH mine AS (SELECT * FROM people WHERE {wanted}), bought AS (
            SELECT m.campaign, date_trunc('month', m.born)::DATE AS month, m.contact, s.*,
                months(m.born, timezone(m.zone, s.completed)::DATE) AS age
            FROM mine m JOIN seen_sales s ON s.contact = m.contact AND s.currency = '{currency}'
        )
        SELECT campaign, month, age, count(DISTINCT contact), count(*), sum(gross - refunded), sum(refunded),
            sum(coalesce(cost, 0)), count(*) FILTER (cost IS NULL) FROM bought GROUP BY ALL
        """
    ).fetchall()
    sizes = duck.execute(
        f"""
        WITH people_of AS (SELECT campaign, date_trunc('month', born)::DATE AS month, count(*) AS people
            FROM people WHERE {wanted} GROUP BY ALL
        ), spent AS (SELECT c.external_id AS campaign, date_trunc('month', d.day::DATE)::DATE AS month, sum(d.spend) AS spend
            FROM ad_days d JOIN ads a ON a.id = d.ad JOIN campaigns c ON c.id = a.campaign
            WHERE d.currency = '{currency}' AND d.day::DATE BETWEEN '{months[0]}' AND '{months[1]}' GROUP BY ALL)
        SELECT coalesce(p.campaign, s.campaign), coalesce(p.month, s.month) AS month, coalesce(people, 0), spend,
            months(last_day(coalesce(p.month, s.month)), '{today}'::DATE) AS mature
        FROM people_of p FULL JOIN spent s ON s.campaign = p.campaign AND s.month = p.month
        WHERE coalesce(p.month, s.month) >= (SELECT date_trunc('month', min(born)) FROM people)
        """
    ).fetchall()
    return (
        {(row[0], row[1], row[2]): row[3:] for row in cells},
        {(row[0], row[1]): row[2:] for row in sizes},
    )


def micros(text):
    return int(Decimal(text) * 1_000_000)


def figures(cell):
    return (cell["active"], cell["orders"], micros(cell["revenue"]), micros(cell["refunds"]),
            micros(cell["cost"]), cell["orders_without_cost"])


def per(amount, people, digits=2):
    """Half away from zero, as every ratio."""
    if not people:
        return None
    size = (abs(amount) * 10**digits * 2 + people * 1_000_000) // (people * 1_000_000 * 2)
    return Decimal(size if amount >= 0 else -size).scaleb(-digits)


def add(sums, cell):
    return tuple(a + b for a, b in zip(sums, cell))


NOTHING = (0,) * 6


def assert_row(row, cohorts, cells, mature_only, about):
    """`cohorts` are (campaign, month) -> (people, spend, mature) of this row."""
    people = sum(size[0] for size in cohorts.values())
    spends = [size[1] for size in cohorts.values() if size[1] is not None]
    spend = sum(spends) if spends else None
    assert row["people"] == people, about
    assert (row["spend"] and micros(row["spend"])) == spend, about
    assert (row["cac"] and Decimal(row["cac"])) == (None if spend is None else per(spend, people)), about
    oldest = max(size[2] for size in cohorts.values())
    assert row["mature_months"] == oldest, about
    for age, cell in enumerate(row["cells"]):
        old = {key: size for key, size in cohorts.items() if size[2] > age}
        assert cell["mature"] == bool(old), (about, age)
        behind = old if old or mature_only else cohorts
        mine = NOTHING
        so_far = NOTHING
        for key in behind:
            mine = add(mine, cells.get((*key, age), NOTHING))
            for before in range(age + 1):
                so_far = add(so_far, cells.get((*key, before), NOTHING))
        count = sum(size[0] for size in behind.values())
        assert cell["people"] == count, (about, age)
        assert figures(cell) == mine, (about, age)
        each = per(so_far[2] - so_far[4], count)
        shown = cell["cumulative_margin_per_person"]
        assert (shown and Decimal(shown)) == each, (about, age)
        if age + 1 == 3:
            assert row["value"] == (shown if cell["mature"] else None), (about, age)
    if mature_only:
        assert len(row["cells"]) == oldest, about
    whole = NOTHING
    for key, cell in cells.items():
        if key[:2] in cohorts:
            whole = add(whole, cell)
    assert figures({"active": 0, **row["to_date"]})[1:] == whole[1:], about


WAYS = [
    ("sale", "last_touch", 0),
    ("sale", "first_touch", 0),
    ("lead", "last_touch", 0),
    ("sale", "last_touch", 47),
]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_every_cell_is_the_same(folder, raw, way):
    start, acquired_by, back = way
    today = date.fromisoformat(rumbo(folder, "cohorts")["today"])
    until = today - timedelta(days=1 + back)
    months = (date(2000, 1, 1), (until.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
    cells, sizes = second_opinion(raw, months, until, start, acquired_by)
    assert len(cells) > 200 and any(size[2] > 6 for size in sizes.values())
    asked = ["cohorts", "--from", str(months[0]), "--until", str(until), "--start", start, "--acquired-by", acquired_by]
    by_month = rumbo(folder, *asked)["groups"][0]
    assert by_month["currency"] == "USD"
    assert {date.fromisoformat(row["month"]) for row in by_month["rows"]} == {month for _, month in sizes}
    for row in by_month["rows"]:
        month = date.fromisoformat(row["month"])
        mine = {key: size for key, size in sizes.items() if key[1] == month}
        assert_row(row, mine, cells, False, (way, month))
    assert_row(by_month["average"], sizes, cells, True, (way, "average"))
    by_campaign = rumbo(folder, *asked, "--by", "campaign")["groups"][0]
    found = {row["campaign"] and row["campaign"]["external_id"]: row for row in by_campaign["rows"]}
    assert set(found) == {campaign for campaign, _ in sizes}
    for campaign, row in found.items():
        mine = {key: size for key, size in sizes.items() if key[0] == campaign}
        assert_row(row, mine, cells, True, (way, campaign))
    assert by_campaign["average"]["cells"] == by_month["average"]["cells"]


def test_cdnow_is_predicted_as_published(tmp_path):
    """From the orders file through the import to the value: within 1 % of `lifetimes`."""
    rumbo(tmp_path, "workspace", "create", "CDNOW", "--currency", "USD", "--timezone", "America/New_York")
    mapping = tmp_path / "map.json"
    mapping.write_text(json.dumps({
        "header": False, "delimiter": "whitespace", "date_format": "ymd", "decimal": ".",
        "columns": {"customer_id": "#2", "date": "#3", "quantity": "#4", "amount": "#5"},
        "constants": {"system": "cdnow"}, "timezone": "America/New_York", "currency": "USD",
    }))
    orders = CRATES / "rumbo-crm/fixtures/CDNOW_sample.txt"
    rumbo(tmp_path, "import", "sales", str(orders), "--map", str(mapping))
    asked = ("cohorts", "--until", "1997-09-30", "--best", "2357", "--discount", "1", "--predict")
    report = rumbo(tmp_path, *asked, "12")
    group = report["groups"][0]
    published = json.loads((CRATES / "rumbo-insight/fixtures/cdnow/reference_outputs.json").read_text())
    found = group["prediction"]["parameters"]
    expected = {**published["bgnbd_cdnow"], **published["gg"]}
    for name in ("r", "alpha", "a", "b", "p", "q", "v"):
        assert abs(float(found[name]) / expected[name] - 1) < 0.01, (name, found[name])
    value = published["clv_12m_1pct_weekly"]
    prediction = group["prediction"]
    assert abs(float(prediction["value"]) / value["sum"] - 1) < 0.01, prediction["value"]
    assert abs(float(prediction["value_per_customer"]) / value["mean"] - 1) < 0.01
    assert prediction["customers"] == published["bgnbd_cdnow"]["n"]
    assert [row["people"] for row in group["rows"]] == [781, 857, 719]
    # One by one. Nine months are 39.1 weeks, as near to the 39 that were published as months come.
    customers = {int(customer["name"]): customer for customer in prediction["best"]}
    assert len(customers) == prediction["customers"]
    for number, worth in value["head"].items():
        assert abs(float(customers[int(number)]["value"]) / worth - 1) < 0.01, number
    near = lambda found, name: abs(float(found) / published[name] - 1) < 0.01  # noqa: E731
    assert near(float(customers[1]["alive_percent"]) / 100, "palive_x2_tx30.43_T38.86")
    soon = rumbo(tmp_path, *asked, "9")["groups"][0]["prediction"]["best"]
    (first,) = [customer for customer in soon if int(customer["name"]) == 1]
    assert near(first["purchases"], "E39_x2_tx30.43_T38.86"), first
