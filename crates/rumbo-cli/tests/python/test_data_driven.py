"""The data-driven model, learned and credited a second time from the raw rows.

A sample workspace is synced, more people and sales than the model needs are imported into it, and its
database file is read as it lies there. What follows was
written from docs/metrics.md alone: the paths, the chain, whose removal effects are found by following
it step by step with each channel taken out, and the split of each sale. Equal to the cent.

RUMBO_SANDBOX_BIN is the `rumbo` program.
"""

import sqlite3
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from test_second_opinion import rumbo

DAYS = 75
SOURCES = ["GOOGLE_ADS", "REFERRAL", "WEB", "META_ADS"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sample's people come once or twice; these up to four times, over the last 300 days."""
    folder = tmp_path_factory.mktemp("data-driven")
    rumbo(folder, "demo", "--days", str(DAYS))
    file = sqlite3.connect(f"file:{folder / 'rumbo.db'}?mode=ro", uri=True)
    campaigns = [row for (row,) in file.execute("SELECT external_id FROM ad_campaigns ORDER BY 1")]
    file.close()
    dice = Random(20261126)
    start = datetime.now(UTC) - timedelta(days=300)
    # A row of any kind that says from where is a touch.
    whence = "customer id,source,campaign id,lead date"
    contacts, deals, sales = [whence], [f"{whence},opportunity id,name,date"], ["customer id,date,amount,currency"]
    for person in range(1_800):
        at = start + timedelta(minutes=dice.randrange(280 * 24 * 60))
        came = dice.randrange(1, 5)
        for nth in range(came):
            # The first campaigns more often than the last.
            campaign = dice.choice(campaigns[: dice.randrange(1, len(campaigns) + 1)] + [""])
            source = "META_ADS" if campaign else dice.choice(SOURCES)
            day = f"{at:%Y-%m-%dT%H:%M:%SZ}"
            touch = f"x{person},{source},{campaign},{day}"
            (deals if nth else contacts).append(f"{touch},d{person}-{nth},Deal,{day}" if nth else touch)
            at += timedelta(minutes=dice.randrange(60, 6 * 24 * 60))
        if dice.random() < 0.08 * came:
            amount = dice.randrange(1_000, 90_000)
            sales.append(f"x{person},{at:%Y-%m-%dT%H:%M:%SZ},{amount // 100}.{amount % 100:02},USD")
    for kind, lines in (("contacts", contacts), ("opportunities", deals), ("sales", sales)):
        table = tmp_path_factory.mktemp("tables") / f"{kind}.csv"
        table.write_text("\n".join(lines))
        rumbo(folder, "import", kind, str(table))
    return folder


@pytest.fixture(scope="module")
def raw(folder):
    file = sqlite3.connect(f"file:{folder / 'rumbo.db'}?mode=ro", uri=True)
    moment = lambda text: datetime.fromisoformat(text)
    campaign_of = {}
    for table in ("ad_sets", "ads"):
        campaign_of.update(file.execute(f"SELECT id, ad_campaign_id FROM {table}"))
    touches = defaultdict(list)
    for contact, at, row, source, medium, campaign, ad_set, ad, named in file.execute(
        """SELECT contact_id, occurred_at, id, source, medium, ad_campaign_id, ad_set_id, ad_id,
        campaign_external_id FROM touchpoints"""
    ):
        campaign = campaign or campaign_of.get(ad) or campaign_of.get(ad_set)
        channel = campaign or (("waiting", named) if named else ("source", source))
        touches[contact].append((moment(at), row, channel, (medium or "").lower() == "view"))
    sales = [
        (contact, moment(at), gross - refunded)
        for contact, at, gross, refunded in file.execute(
            """SELECT contact_id, completed_at, gross_micros, refunded_micros FROM sales
            WHERE status IN ('completed', 'refunded')"""
        )
    ]
    internal = {id for (id,) in file.execute("SELECT id FROM contacts WHERE kind = 'internal'")}
    campaigns = dict(file.execute("SELECT id, external_id FROM ad_campaigns"))
    zone = ZoneInfo(file.execute("SELECT timezone FROM workspaces").fetchone()[0])
    account_zones = {
        campaign: ZoneInfo(name)
        for campaign, name in file.execute(
            """SELECT c.id, a.timezone FROM ad_campaigns c JOIN ad_accounts a ON a.id = c.ad_account_id"""
        )
    }
    for path in touches.values():
        path.sort(key=lambda touch: touch[:2])
    return touches, sales, internal, campaigns, zone, account_zones


def counting(path, end, window):
    days = lambda seen: window[1] if seen else window[0]
    return [
        channel
        for at, _, channel, seen in path
        if at <= end and (days(seen) is None or end - at <= timedelta(days=days(seen)))
    ]


def chance(steps, left, without=None):
    """Of a sale, when everyone who comes to `without` is lost there."""
    here, sold = {"start": 1.0}, 0.0
    while sum(here.values()) > 1e-16:
        following = defaultdict(float)
        for (start, to), count in steps.items():
            people = here.get(start, 0.0) * count / left[start]
            if to == "sold":
                sold += people
            elif to not in ("unsold", without):
                following[to] += people
        here = following
    return sold


def removal_effects(paths):
    steps, left = Counter(), Counter()
    for path, end in paths:
        for start, to in zip(["start", *path], [*path, end]):
            steps[start, to] += 1
            left[start] += 1
    whole = chance(steps, left)
    channels = set(left) - {"start"}
    return {channel: 1 - chance(steps, left, channel) / whole for channel in channels}


def split(amount, weights):
    """By largest remainder, of two alike to the earlier part."""
    coins, total = amount // 10_000, sum(weights)
    exact = [coins * weight / total for weight in weights]
    parts = [int(part + 1e-9) for part in exact]
    order = sorted(range(len(parts)), key=lambda at: (-round(exact[at] - parts[at], 7), at))
    for at in order[: coins - sum(parts)]:
        parts[at] += 1
    return [part * 10_000 for part in parts]


@pytest.mark.parametrize("window", [(None, None), (30, 1)])
def test_every_sale_is_split_by_what_a_removal_would_cost(folder, raw, window):
    touches, sales, internal, campaigns, zone, account_zones = raw
    shown = lambda days: "none" if days is None else str(days)
    report = rumbo(
        folder, "roi", "--model", "markov", "--window", shown(window[0]),
        "--view-window", shown(window[1]),
    )
    first, last = date.fromisoformat(report["from"]), date.fromisoformat(report["to"])
    midnight = lambda day: datetime(day.year, day.month, day.day, tzinfo=zone)
    learns_from, ends = midnight(last - timedelta(days=364)), midnight(last + timedelta(days=1))
    patience = 90 if None in window and window[0] is None else max(day or 0 for day in window)
    # Whole days.
    given_up = midnight((min(ends, datetime.now(zone)) - timedelta(days=patience)).date())

    paths = []
    for contact, at, _ in sales:
        path = counting(touches[contact], at, window)
        if learns_from <= at < ends and path:
            paths.append((path, "sold"))
    buyers = {contact for contact, _, _ in sales}
    for contact, path in touches.items():
        if contact in buyers or contact in internal or not path:
            continue
        end = path[-1][0]
        path = counting(path, end, window)
        if learns_from <= end < given_up and path:
            paths.append((path, "unsold"))
    learned = report["learned"]
    assert sum(len(path) != len(set(path)) for path, end in paths if end == "sold") > 20
    assert learned["unsold"] == sum(end == "unsold" for _, end in paths)
    assert learned["sold"] == sum(end == "sold" for _, end in paths)
    effects = removal_effects(paths)
    told = sorted(float(channel["effect_percent"]) for channel in learned["channels"])
    assert len(told) == len(effects)
    for shown_effect, effect in zip(told, sorted(effects.values())):
        assert abs(shown_effect - 100 * effect) < 0.1

    revenue = Counter()
    for contact, at, amount in sales:
        path = counting(touches[contact], at, window)
        weights = [effects[channel] / path.count(channel) for channel in path]
        for channel, part in zip(path, split(amount, weights) if path else []):
            named = campaigns.get(channel)
            if first <= at.astimezone(account_zones.get(channel, zone)).date() <= last:
                revenue[named] += part
        if not path and first <= at.astimezone(zone).date() <= last:
            revenue[None] += amount
    found = {row["external_id"]: row for row in report["rows"]}
    found[None] = report["unattributed"]
    for key, row in found.items():
        assert Decimal(row["revenue"]) == Decimal(revenue.pop(key, 0)).scaleb(-6), key
    assert not +revenue
