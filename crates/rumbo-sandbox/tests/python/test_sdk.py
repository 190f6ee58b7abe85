"""Meta's own Python SDK against the sandbox. Only the host name is changed."""

import json
import os
import subprocess
import time
from decimal import Decimal

import pytest
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.business import Business
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

# The disjoint leaves of Meta's tree of actions that fivetran/dbt_facebook_ads sums.
FIVE = {
    "onsite_conversion.purchase",
    "onsite_conversion.lead_grouped",
    "offsite_conversion.fb_pixel_purchase",
    "offsite_conversion.fb_pixel_lead",
    "offsite_conversion.fb_pixel_custom",
}


def connect(sandbox, monkeypatch):
    monkeypatch.setattr(FacebookSession, "GRAPH", sandbox.graph_url)
    return FacebookAdsApi.init(
        sandbox.app_id, sandbox.app_secret, sandbox.access_token, crash_log=False
    )


@pytest.fixture
def api(small, monkeypatch):
    return connect(small, monkeypatch)


@pytest.fixture
def account(small, api):
    return AdAccount(small.ad_account_ids[0], api=api)


def test_accounts(small, api):
    accounts = User("me", api=api).get_ad_accounts(
        fields=["id", "name", "currency", "timezone_name", "account_status", "amount_spent"],
        params={"limit": 2},
    )
    found = list(accounts)
    assert [one["id"] for one in found] == small.ad_account_ids
    assert accounts.total() == len(found)
    assert found[0]["timezone_name"] == "America/Argentina/Buenos_Aires"


def test_businesses_and_pages(small, api):
    businesses = list(User("me", api=api).get_businesses(fields=["id", "name"]))
    assert [one["id"] for one in businesses] == small.business_ids
    business = Business(businesses[0]["id"], api=api)
    assert len(list(business.get_owned_ad_accounts(fields=["id"]))) == len(small.ad_account_ids)
    assert len(list(business.get_client_ad_accounts())) == 0
    pages = list(User("me", api=api).get_accounts(fields=["id", "name", "access_token"]))
    assert [one["id"] for one in pages] == small.page_ids


def test_campaigns_page_by_page(account):
    pages = account.get_campaigns(
        fields=[Campaign.Field.id, Campaign.Field.name, Campaign.Field.updated_time],
        params={"limit": 2},
    )
    campaigns = list(pages)
    assert len(campaigns) == pages.total() > 4
    assert len({one["id"] for one in campaigns}) == len(campaigns)
    at_once = list(account.get_campaigns(fields=["id"], params={"limit": 100}))
    assert [one["id"] for one in at_once] == [one["id"] for one in campaigns]


def test_children_and_creatives(account):
    campaign = account.get_campaigns()[0]
    sets = list(campaign.get_ad_sets(fields=["id", "name", "daily_budget", "attribution_spec"]))
    assert sets and int(sets[0]["daily_budget"]) > 0
    ads = list(sets[0].get_ads(fields=["id", "creative{id,title,thumbnail_url}"]))
    assert ads[0]["creative"]["thumbnail_url"].startswith("http")
    creative = list(ads[0].get_ad_creatives(fields=["id", "body", "object_story_spec"]))[0]
    assert creative["object_story_spec"]["link_data"]["message"] == creative["body"]


def test_insights_as_a_job_equal_those_at_once(account):
    params = {
        "level": "ad",
        "time_increment": 1,
        "date_preset": "last_90d",
        "action_attribution_windows": ["7d_click", "1d_view"],
    }
    fields = ["ad_id", "spend", "impressions", "actions", "action_values", "date_start"]
    job = account.get_insights(fields=fields, params=params, is_async=True)
    statuses = []
    for _ in range(60):
        job = job.api_get()
        statuses.append(job[AdReportRun.Field.async_status])
        if statuses[-1] == "Job Completed":
            break
        time.sleep(0.05)
    assert statuses[-1] == "Job Completed" and len(statuses) > 1
    rows = [row.export_all_data() for row in job.get_insights(params={"limit": 200})]
    once = [
        row.export_all_data()
        for row in account.get_insights(fields=fields, params={**params, "limit": 500})
    ]
    settled = lambda rows: [row for row in rows if row["date_start"] < rows[-1]["date_start"]]
    assert len(rows) > 500 and settled(rows) == settled(once)


def test_breakdowns(account):
    whole = account.get_insights(fields=["spend"], params={"date_preset": "last_month"})[0]
    parts = account.get_insights(
        fields=["spend"],
        params={"date_preset": "last_month", "breakdowns": ["age", "gender"], "limit": 100},
    )
    assert sum(Decimal(row["spend"]) for row in parts) == Decimal(whole["spend"])


def test_people_of_a_period_are_no_sum(account):
    """Unique people: each once, whatever the days, the ads and the levels."""
    period = {"time_range": {"since": "2026-10-01", "until": "2026-10-31"}, "limit": 500}
    fields = ["campaign_id", "ad_id", "impressions", "reach", "frequency", "clicks", "unique_clicks"]
    states = ["ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "CAMPAIGN_PAUSED", "ADSET_PAUSED"]
    every = [{"field": "ad.effective_status", "operator": "IN", "value": states}]

    def asked(level, **more):
        params = {**period, "level": level, "filtering": every, **more}
        return [row.export_all_data() for row in account.get_insights(fields=fields, params=params)]

    people = lambda rows, field="reach": [int(row.get(field, 0)) for row in rows]
    of = lambda rows, name, row: [one for one in rows if one[name] == row[name]]
    [whole] = asked("account")
    campaigns, ads, days = asked("campaign"), asked("ad"), asked("ad", time_increment=1)
    for field, shown in (("reach", "impressions"), ("unique_clicks", "clicks")):
        for row, parts in [(whole, campaigns)] + [
            (row, of(ads, "campaign_id", row)) for row in campaigns
        ] + [(row, of(days, "ad_id", row)) for row in ads]:
            [reached] = people([row], field)
            assert max(people(parts, field)) <= reached <= sum(people(parts, field))
            assert reached <= int(row[shown])
    assert int(whole["reach"]) < sum(people(ads)) < sum(people(days))
    assert abs(Decimal(whole["frequency"]) - Decimal(whole["impressions"]) / int(whole["reach"])) < Decimal("1e-5")


def test_rumbo_asks_for_the_same_people(small, account, tmp_path):
    """`rumbo reach` and Meta's SDK ask the same question, and are told the same."""
    environment = {
        **os.environ,
        "RUMBO_DATA_DIR": str(tmp_path),
        "RUMBO_VAULT": "passphrase",
        "RUMBO_PASSPHRASE": "people",
    }

    def rumbo(*arguments, said=None):
        program = os.environ["RUMBO_SANDBOX_BIN"]
        done = subprocess.run(
            [program, "--json", *arguments], input=said, capture_output=True, text=True, env=environment
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1] if said else done.stdout)

    rumbo("workspace", "create", "Casa Alba", "--currency", "USD", "--timezone", "America/New_York")
    app = ["--graph-url", small.graph_url, "--app-id", small.app_id]
    secrets = f"{small.app_secret}\n{small.access_token}\n"
    subprocess.run(
        [os.environ["RUMBO_SANDBOX_BIN"], "connect", *app, "--app-secret-stdin", "--token-stdin", "--json"],
        input=secrets, text=True, env=environment, check=True, stdout=subprocess.DEVNULL,
    )
    rumbo("accounts", "select", "--all")
    asked = ["--from", "2026-09-01", "--to", "2026-09-30", "--account", small.ad_account_ids[0]]
    states = ["ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES"]
    every = [{"field": "campaign.effective_status", "operator": "IN", "value": states}]
    report = rumbo("reach", "--by", "campaign", *asked, "--ask", "--wait")
    rows = account.get_insights(
        fields=["campaign_id", "impressions", "reach", "unique_clicks"],
        params={
            "level": "campaign",
            "time_range": {"since": "2026-09-01", "until": "2026-09-30"},
            "filtering": every,
        },
    )
    told = {row["campaign_id"]: (int(row["reach"]), int(row["unique_clicks"])) for row in rows}
    assert len(told) > 2
    assert {row["external_id"]: (row["reach"], row["unique_clicks"]) for row in report["rows"]} == told
    [whole] = account.get_insights(
        fields=["reach"], params={"time_range": {"since": "2026-09-01", "until": "2026-09-30"}}
    )
    assert report["whole"]["row"]["reach"] == int(whole["reach"])


def test_batch(api, account):
    ads = list(account.get_ads(params={"limit": 30}))
    assert len(ads) >= 30
    batch, names, failures = api.new_batch(), [], []
    for ad in ads[:30]:
        ad.api_get(
            fields=[Ad.Field.name, Ad.Field.creative],
            batch=batch,
            success=lambda answer: names.append(answer.json()["name"]),
            failure=failures.append,
        )
    Ad("1", api=api).api_get(
        batch=batch, success=lambda _: pytest.fail("there is no such ad"), failure=failures.append
    )
    assert batch.execute() is None
    assert len(names) == 30
    assert [one.error().api_error_subcode() for one in failures] == [33]
    assert "x-business-use-case-usage" in str(failures[0].headers()).lower() or failures[0].headers()


def test_errors_have_metas_numbers(api, account):
    with pytest.raises(FacebookRequestError) as caught:
        api.call("GET", (account.get_id(),), params={"fields": "no_such_field"})
    assert caught.value.api_error_code() == 100
    assert caught.value.http_status() == 400
    with pytest.raises(FacebookRequestError) as caught:
        account.get_insights(params={"time_range": {"since": "2019-01-01", "until": "2019-01-02"}})
    assert caught.value.api_error_code() == 3018


def test_leads(small, api):
    page = User("me", api=api).get_accounts(fields=["id", "access_token"])[0]
    as_page = FacebookAdsApi.init(access_token=page["access_token"], crash_log=False)
    forms = list(type(page)(page["id"], api=as_page).get_lead_gen_forms(fields=["id", "name"]))
    leads = list(forms[1].get_leads(fields=["id", "created_time", "field_data"]))
    assert len(leads) > 20
    assert {"name", "values"} == set(leads[0]["field_data"][0])


def test_loaded_files_keep_every_conversion(loaded, monkeypatch):
    api = connect(loaded, monkeypatch)
    account = AdAccount(loaded.ad_account_ids[0], api=api)
    rows = account.get_insights(
        fields=["ad_id", "spend", "actions", "action_values"],
        params={
            "level": "ad",
            "time_increment": 1,
            "time_range": {"since": "2020-12-01", "until": "2020-12-31"},
        },
    )
    count, value = Decimal(0), Decimal(0)
    for row in rows:
        count += sum(Decimal(one["value"]) for one in row.get("actions", []) if one["action_type"] in FIVE)
        value += sum(Decimal(one["value"]) for one in row.get("action_values", []) if one["action_type"] in FIVE)
    assert (count, value) == (Decimal(19), Decimal("152225.32"))
