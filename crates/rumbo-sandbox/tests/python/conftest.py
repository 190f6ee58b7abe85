"""Starts the sandbox and points Meta's SDK at it.

RUMBO_SANDBOX_BIN is a program that is called as `PROGRAM sandbox --listen 127.0.0.1:0 ...` and
prints one JSON line when it is ready: `rumbo` itself, or this crate's example of the same name.
"""

import json
import os
import subprocess

import pytest


class Sandbox:
    def __init__(self, process, said):
        self.process = process
        self.said = said

    def __getattr__(self, name):
        return self.said[name]


def start(*options):
    program = os.environ.get("RUMBO_SANDBOX_BIN")
    if not program:
        pytest.fail("RUMBO_SANDBOX_BIN is not set: the path of the rumbo program")
    process = subprocess.Popen(
        [program, "sandbox", "--listen", "127.0.0.1:0", *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    assert line, "the sandbox ended before it was ready"
    return Sandbox(process, json.loads(line))


def stop(sandbox):
    sandbox.process.terminate()
    try:
        sandbox.process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        sandbox.process.kill()
        sandbox.process.wait()


@pytest.fixture(scope="session")
def small():
    sandbox = start("--seed", "1")
    yield sandbox
    stop(sandbox)


@pytest.fixture(scope="session")
def loaded():
    here = os.path.dirname(os.path.abspath(__file__))
    seeds = os.path.join(here, "..", "..", "fixtures", "dbt_facebook_ads")
    sandbox = start("--load", seeds)
    yield sandbox
    stop(sandbox)
