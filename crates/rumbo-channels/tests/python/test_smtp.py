"""E-mail against aiosmtpd, a mail server that others wrote; letters are read by Python's own parser.

RUMBO_SEND_LETTER is the example `send_letter` of rumbo-channels.
"""

import asyncio
import json
import os
import socket
import subprocess
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER, PASSWORD = "ventas@casaalba.example", "clave-del-correo"


class Handler:
    """Takes letters, and does to some addresses what servers do."""

    def __init__(self):
        self.letters = []
        self.sessions = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = {
            "nadie@example.com": "550 5.1.1 No such user here",
            "lleno@example.com": "452 4.2.2 Mailbox full",
            "gris@example.com": "450 4.7.1 Greylisted, try again later",
            "politica@example.com": "550 5.7.1 Refused by policy",
        }.get(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.sessions.add(id(session))
        self.letters.append(envelope)
        to = envelope.rcpt_tos[0]
        if to == "tarde@example.com":
            await asyncio.sleep(3)
        if to == "corte@example.com":
            server.transport.abort()
        if to == "spam@example.com":
            self.letters.pop()
            return "554 5.7.1 Looks like spam"
        return "250 2.0.0 Queued"


@pytest.fixture
def server():
    handler = Handler()

    def login(server, session, envelope, mechanism, data):
        right = data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=right)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=handler.port,
        authenticator=login,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    yield handler
    controller.stop()


def send(server, *orders, **common):
    base = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": USER,
        "password": PASSWORD,
        "to": "ana@example.com",
        "dispatch": "0199-aaaa",
        "text": "Hola",
    }
    lines = "".join(json.dumps({**base, **common, **order}) + "\n" for order in orders)
    done = subprocess.run(
        [os.environ["RUMBO_SEND_LETTER"]], input=lines, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def letter(envelope):
    return message_from_bytes(envelope.content, policy=policy.default)


def test_a_letter_arrives_as_it_was_written(server):
    text = "¡Hola, Ana! ¿Seguimos? 🙂\n.\n..dos puntos\nÚltima línea"
    [told] = send(
        server,
        {"text": text, "subject": "Tu sillón ñandú 🛋", "html": "<p>¡Hola!</p>", "unsubscribe": "baja@casaalba.example"},
    )
    assert told == {"outcome": "accepted", "id": "<0199-aaaa@casaalba.example>"}
    [envelope] = server.letters
    assert envelope.mail_from == USER and envelope.rcpt_tos == ["ana@example.com"]
    read = letter(envelope)
    assert read["Message-ID"] == told["id"]
    assert read["Subject"] == "Tu sillón ñandú 🛋"
    assert read["From"].addresses[0].display_name == "Casa Alba"
    assert read["List-Unsubscribe"] == "<mailto:baja@casaalba.example>"
    assert read["Date"].datetime is not None
    assert read.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == text
    assert "<p>¡Hola!</p>" in read.get_body(("html",)).get_content()


def test_an_answer_names_what_it_answers_and_no_text_makes_a_header(server):
    told = send(
        server,
        {"reply_to": "<abc@example.com>", "subject": "Uno\r\nBcc: otra@example.com"},
    )
    assert told[0]["outcome"] == "accepted"
    read = letter(server.letters[0])
    assert read["In-Reply-To"] == read["References"] == "<abc@example.com>"
    assert read["Bcc"] is None and server.letters[0].rcpt_tos == ["ana@example.com"]


def test_one_connection_takes_many_letters_and_survives_a_refusal(server):
    told = send(
        server,
        *[{"same": True, "dispatch": f"d-{n}", "to": to} for n, to in enumerate(["a@example.com", "b@example.com", "nadie@example.com", "c@example.com"])],
    )
    assert [one["outcome"] for one in told] == ["accepted", "accepted", "not_sent", "accepted"]
    assert len(server.letters) == 3 and len(server.sessions) == 2


@pytest.mark.parametrize(
    ("to", "code", "bounced", "again", "scope"),
    [
        ("nadie@example.com", "5.1.1", True, "Never", "Message"),
        ("lleno@example.com", "4.2.2", False, "Backoff", "Message"),
        ("gris@example.com", "4.7.1", False, "Backoff", "Sender"),
        ("politica@example.com", "5.7.1", False, "Never", "Message"),
        ("spam@example.com", "5.7.1", False, "Never", "Message"),
        ("no es una dirección", "5.1.3", True, "Never", "Message"),
    ],
)
def test_a_refusal_is_told_by_its_enhanced_code(server, to, code, bounced, again, scope):
    [told] = send(server, {"to": to})
    assert told["outcome"] == "not_sent"
    assert (told["code"], told["bounced"], told["again"], told["scope"]) == (code, bounced, again, scope)
    assert server.letters == []


@pytest.mark.parametrize("to", ["tarde@example.com", "corte@example.com"])
def test_a_letter_that_left_without_an_answer_is_unknown(server, to):
    [told] = send(server, {"to": to}, timeout_ms=1000)
    assert told["outcome"] == "unknown"
    assert len(server.letters) == 1


def test_a_wrong_password_stops_the_channel(server):
    [told] = send(server, {"password": "otra"})
    assert (told["outcome"], told["scope"]) == ("not_sent", "Channel")
    assert server.letters == []


def test_no_server_is_no_fault_of_the_channel(server):
    [told] = send(server, {"port": 1})
    assert (told["outcome"], told["again"], told["bounced"]) == ("not_sent", "Backoff", False)
    assert told["scope"] == "Sender"
