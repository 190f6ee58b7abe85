#!/bin/sh
# Runs the clients in a virtual environment of their own: run.sh PROGRAM [VENV]
# PROGRAM is called as `PROGRAM sandbox --listen 127.0.0.1:0 ...`.
set -eu
here=$(dirname "$0")
venv=${2:-${TMPDIR:-/tmp}/rumbo-sandbox-clients}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
RUMBO_SANDBOX_BIN=$1 exec "$venv/bin/python" -m pytest -q "$here"
