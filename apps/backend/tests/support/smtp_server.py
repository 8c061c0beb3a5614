"""A real SMTP server (aiosmtpd) that misbehaves when a recipient asks for it. One JSON object a line on stdout:
{"event": "listening" | "message" | "attempt" | "auth", …}.

The local part of the recipient says what happens, up to a "+" or "-":
  bounce   550 to RCPT                     spam     554 after the content
  grey     451 to RCPT, --grey times       drop     the connection is cut after the content, --drop times
  cut      the connection is cut in the middle of the content
  slow     the answer to the content comes after --slow seconds, and the mail is not kept
"""
import argparse
import asyncio
import base64
import collections
import json
import ssl
import sys
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

counts: collections.Counter[str] = collections.Counter()


def say(event: str, **fields: Any) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def behaviour_of(address: str) -> str:
    return address.split("@")[0].split("+")[0].split("-")[0].lower()


class Handler:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    async def handle_EHLO(self, server: SMTP, session: Session, _: Envelope, hostname: str, responses: list[str]) -> list[str]:
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]) -> str:
        counts[address] += 1
        say("attempt", to=address, number=counts[address])
        what = behaviour_of(address)
        if what == "bounce":
            return "550 5.1.1 no such user"
        if what == "grey" and counts[address] <= self.options.grey:
            return "451 4.7.1 try again later"
        if what == "cut":
            server.cut_content = True
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        what = behaviour_of(address)
        if what == "spam":
            return "554 5.7.1 we do not want this"
        if what == "slow":
            await asyncio.sleep(self.options.slow)
            return "250 too late"
        say(
            "message",
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            hello=session.host_name,
            tls=session.ssl is not None or self.options.tls == "implicit",
            authenticated=session.authenticated,
            content=base64.b64encode(envelope.original_content or b"").decode(),
        )
        if what == "drop" and counts[address] <= self.options.drop:
            server.transport.abort()
            return ""
        return "250 2.0.0 taken"


class Server(SMTP):
    cut_content = False

    async def smtp_DATA(self, arg: str) -> None:
        if self.cut_content:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


async def serve(options: argparse.Namespace) -> None:
    context = None
    if options.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)

    def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.login == options.user.encode() and data.password == options.password.encode()
        say("auth", mechanism=mechanism, good=good)
        return AuthResult(success=good)

    def session() -> Server:
        return Server(
            Handler(options),
            hostname="smtp.test",
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            auth_required=bool(options.user),
            auth_require_tls=options.tls == "starttls",
            authenticator=authenticate if options.user else None,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        session, "127.0.0.1", options.port, ssl=context if options.tls == "implicit" else None
    )
    say("listening", port=server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", choices=("starttls", "implicit", "none"), default="none")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--grey", type=int, default=1)
    parser.add_argument("--drop", type=int, default=1)
    parser.add_argument("--slow", type=float, default=60)
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        sys.exit(0)


main()
