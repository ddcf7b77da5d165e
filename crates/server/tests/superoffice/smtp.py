"""A mail server on a free port of loopback: it prints the port, then each mail as a line of JSON.

With "refuse" it takes no recipient. With "starttls" or "tls", followed by the files of a certificate and its key, it
takes mail over TLS only; with "login" besides, only from who signs in as desk with the password secret.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if "refuse" in sys.argv:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "text": envelope.content.decode()}
        mail["tls"] = server.transport.get_extra_info("sslcontext") is not None
        mail["user"] = session.auth_data and session.auth_data.login.decode()
        print(json.dumps(mail), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, credentials):
    return AuthResult(success=(credentials.login, credentials.password) == (b"desk", b"secret"), auth_data=credentials)


async def main():
    loop = asyncio.get_running_loop()
    mode = next((mode for mode in ("starttls", "tls") if mode in sys.argv), None)
    context = None
    if mode:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*sys.argv[sys.argv.index(mode) + 1 :][:2])
    login = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False} if "login" in sys.argv else {}
    starttls = {"tls_context": context, "require_starttls": True} if mode == "starttls" else {}
    make = lambda: SMTP(Mailbox(), hostname="localhost", **login, **starttls)
    server = await loop.create_server(make, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Whoever started it ends it: then its standard input is at its end.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
