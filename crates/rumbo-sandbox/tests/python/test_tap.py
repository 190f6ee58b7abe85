"""Singer's tap-facebook against the sandbox: discovery and a full sync. Only the host name is
changed."""

import datetime
import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import pytest

REDIRECT = (
    "import sys; from facebook_business.session import FacebookSession; "
    "FacebookSession.GRAPH = sys.argv.pop(1); import tap_facebook; tap_facebook.main()"
)


def tap(sandbox, *arguments):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", REDIRECT, sandbox.graph_url, *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def synced(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tap")
    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    config = folder / "config.json"
    config.write_text(
        json.dumps(
            {
                "start_date": yesterday.strftime("%Y-%m-%dT00:00:00Z"),
                "account_id": small.ad_account_ids[0].removeprefix("act_"),
                "access_token": small.access_token,
                "insights_buffer_days": "1",
                "include_deleted": "true",
            }
        )
    )
    catalog = json.loads(tap(small, "--config", str(config), "--discover"))
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = True
    selected = folder / "catalog.json"
    selected.write_text(json.dumps(catalog))
    out = tap(small, "--config", str(config), "--properties", str(selected))
    messages = [json.loads(line) for line in out.splitlines() if line.strip()]
    return catalog, messages


def records(messages, stream):
    return [
        one["record"] for one in messages if one["type"] == "RECORD" and one["stream"] == stream
    ]


def test_every_stream_arrives(synced):
    catalog, messages = synced
    counts = Counter(one["stream"] for one in messages if one["type"] == "RECORD")
    streams = {stream["stream"] for stream in catalog["streams"]}
    assert streams == set(counts), f"{streams ^ set(counts)} have no records"
    assert counts["campaigns"] == 6 and counts["ads"] > 40 and counts["adcreative"] > 30


def test_deleted_objects_arrive_too(synced):
    _, messages = synced
    assert {one["effective_status"] for one in records(messages, "campaigns")} >= {
        "ACTIVE",
        "PAUSED",
        "ARCHIVED",
    }
    assert "DELETED" in {one["effective_status"] for one in records(messages, "ads")}


def test_keys_are_unique_and_breakdowns_add_up(synced):
    catalog, messages = synced
    total = None
    for stream in catalog["streams"]:
        name = stream["stream"]
        if not name.startswith("ads_insights"):
            continue
        root = next(entry for entry in stream["metadata"] if entry["breadcrumb"] == [])
        keys = root["metadata"]["table-key-properties"]
        rows = records(messages, name)
        seen = {tuple(row[key] for key in keys) for row in rows}
        assert len(seen) == len(rows), f"{name}: two rows have the same key"
        today = max(row["date_start"] for row in records(messages, "ads_insights"))
        spend = sum(Decimal(str(row["spend"])) for row in rows if row["date_start"] < today)
        total = spend if total is None else total
        assert abs(spend - total) < Decimal("0.01"), name


def test_every_stream_leaves_a_bookmark(synced):
    catalog, messages = synced
    bookmarks = set()
    for one in messages:
        if one["type"] == "STATE":
            bookmarks |= set(one["value"].get("bookmarks", {}))
    assert bookmarks == {stream["stream"] for stream in catalog["streams"]} - {"adcreative"}
