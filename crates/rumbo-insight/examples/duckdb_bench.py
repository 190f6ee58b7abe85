"""The standard questions of a dashboard, asked of DuckDB on the rows of dashboard_bench.

`duckdb_bench.py FOLDER` reads `bench-*.db` and `times.csv`, which `dashboard_bench FOLDER` leaves
there, and prints Rumbo's times as ratios of DuckDB's. DuckDB holds the ad-days as a plain table in
memory and, in the second column, the leads and sales as well, already credited to their campaign:
Rumbo's reports have both, names every row, and finds who is credited while it reads.
"""

import csv
import pathlib
import sqlite3
import sys
import tempfile
import time
from datetime import date, timedelta

import duckdb

AD_DAYS = """SELECT day, ad_account_id, ad_id, impressions, clicks, link_clicks, spend_micros, meta_leads,
    meta_purchases, meta_purchase_micros FROM ad_insights"""
LEADS = "SELECT substr(first_seen_at, 1, 10), COALESCE(first_origin, 0) FROM contacts"
# The last touch of a path: what stands behind its last semicolon.
SALES = """SELECT substr(completed_at, 1, 10), touches, gross_micros FROM sales"""
RATES = "SELECT day, CAST(rate AS REAL) FROM exchange_rates WHERE base = 'EUR' AND quote = 'USD'"

PERIOD = "day BETWEEN $from AND $to"
# An amount at the rate of its day, rounded to a millionth, as every row of Rumbo's is.
AT_RATE = "CAST(round({} / rate) AS BIGINT)"


def by(key, euros=False):
    """One question, of ad-days alone and with what came of them."""
    money = AT_RATE.format if euros else str
    rates = "JOIN rates USING (day)" if euros else ""
    sums = f"""SUM(impressions), SUM(clicks), SUM(link_clicks), SUM({money('spend')}), SUM(meta_leads),
        SUM(meta_purchases), SUM({money('meta_value')})"""
    plain = f"SELECT {key} AS k, {sums} FROM ad_days {rates} WHERE {PERIOD} GROUP BY k"
    return plain, f"""SELECT * FROM ({plain}) d
        FULL JOIN (SELECT {key} AS k, COUNT(*) FROM leads WHERE {PERIOD} GROUP BY k) l USING (k)
        FULL JOIN (SELECT {key} AS k, COUNT(*), SUM({money('gross')}) FROM sales {rates}
            WHERE {PERIOD} GROUP BY k) s
        USING (k)"""


def beside(days, question):
    """A period and the one before it."""
    return [(days, question), (days, question)]


# Rumbo's report, how often it is asked, and the same of DuckDB: what is asked for, of so many days. Home shows
# every day of two periods and the campaigns of one.
QUESTIONS = [
    ("home, 30 days and before", 100, [(60, by("day")), (30, by("campaign"))]),
    ("campaigns, 30 days", 100, [(30, by("campaign"))]),
    ("campaigns, 90 days", 100, [(90, by("campaign"))]),
    ("campaigns, and before, 90 days", 50, beside(90, by("campaign"))),
    ("campaigns, 90 days, in euros", 50, [(90, by("campaign", euros=True))]),
    ("ads, 30 days", 20, [(30, by("ad"))]),
    ("ads, 90 days", 20, [(90, by("ad"))]),
    ("ads, and before, 90 days", 20, beside(90, by("ad"))),
    ("ads, 90 days, in euros", 20, [(90, by("ad", euros=True))]),
    ("ads, and before, 90 days, in euros", 20, beside(90, by("ad", euros=True))),
    ("accounts, all days", 20, [(1111, by("date_trunc('month', day)"))]),
]

# What the goals were set by, and how many milliseconds DuckDB took for it on the machine of that day: ours may
# be another.
BY_DAY, BY_CAMPAIGN, BY_MONTH = (by(key)[0] for key in ("day", "campaign", "date_trunc('month', day)"))
GOALS = [
    ("figures of 30 days by day", BY_DAY, 30, 2),
    ("campaigns of 90 days", BY_CAMPAIGN, 90, 8),
    ("all history by month", BY_MONTH, 1111, 22),
]


def number(key):
    return int.from_bytes(key[-6:], "big")


def load(file):
    store = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    campaigns = {
        number(ad): number(campaign)
        for ad, campaign in store.execute("SELECT id, ad_campaign_id FROM ads")
    }
    duck = duckdb.connect()

    def table(name, columns, rows):
        with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as out:
            csv.writer(out).writerows(rows)
            out.flush()
            duck.execute(f"CREATE TABLE {name} ({columns})")
            duck.execute(f"COPY {name} FROM '{out.name}' (HEADER false)")

    table(
        "ad_days",
        """day DATE, account INTEGER, campaign INTEGER, ad INTEGER, impressions BIGINT, clicks BIGINT,
        link_clicks BIGINT, spend BIGINT, meta_leads BIGINT, meta_purchases BIGINT, meta_value BIGINT""",
        (
            (day, number(account), campaigns[number(ad)], number(ad), *sums)
            for day, account, ad, *sums in store.execute(AD_DAYS)
        ),
    )
    table(
        "leads",
        "day DATE, campaign INTEGER, ad INTEGER",
        ((day, campaigns.get(ad, 0), ad) for day, ad in store.execute(LEADS)),
    )
    last = ((day, int(path.rpartition(";")[2] or 0), gross) for day, path, gross in store.execute(SALES))
    table(
        "sales",
        "day DATE, campaign INTEGER, ad INTEGER, gross BIGINT",
        ((day, campaigns.get(ad, 0), ad, gross) for day, ad, gross in last),
    )
    table("rates", "day DATE, rate DOUBLE", store.execute(RATES))
    return duck


def timed(duck, question, days, times):
    taken = []
    for nth in range(times + 1):
        to = date(2026, 11, 19) - timedelta(days=nth * 7 % 600 if days < 600 else 0)
        period = {"from": to - timedelta(days=days - 1), "to": to}
        started = time.perf_counter()
        duck.execute(question, period).fetchall()
        taken.append((time.perf_counter() - started) * 1_000)
    taken = sorted(taken[1:])
    return taken[len(taken) // 2]


def main():
    folder = pathlib.Path(sys.argv[1])
    ours = {}
    with open(folder / "times.csv") as lines:
        for rows, name, median, late in csv.reader(lines, delimiter=";"):
            ours[int(rows), name] = float(median), float(late)
    print(f"DuckDB {duckdb.__version__}, medians in ms")
    head = ("ad-days", "report", "Rumbo", "ad-days", "and CRM", "ratios")
    print("{:>10} {:<34} {:>8} {:>8} {:>8}  {}".format(*head))
    for file in sorted(folder.glob("bench-*.db"), key=lambda file: file.stat().st_size):
        duck = load(file)
        lates = []
        (rows,) = duck.execute("SELECT COUNT(*) FROM ad_days").fetchone()
        for name, times, parts in QUESTIONS:
            if (rows, name) not in ours:
                continue
            median, late = ours[rows, name]
            alone, both = (
                sum(timed(duck, questions[nth], days, times) for days, questions in parts)
                for nth in (0, 1)
            )
            ratios = f"{median / alone:.1f} / {median / both:.1f}"
            print(f"{rows:>10} {name:<34} {median:>8.1f} {alone:>8.1f} {both:>8.1f}  {ratios}")
            lates.append((name, late))
        if rows < 9_000_000:
            duck.close()
            continue
        slower = []
        for name, question, days, then in GOALS:
            now = timed(duck, question, days, 50)
            slower.append(now / then)
            print(f"DuckDB for {name}: {now:.1f} ms, {then} when the goals were set: {now / then:.1f} times")
        least = min(slower)
        for name, late in lates:
            print(f"{name}: 95th percentile {late:.1f} ms, {late / least:.1f} by the least of these")
        duck.close()


if __name__ == "__main__":
    main()
