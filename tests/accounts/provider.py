"""A small OpenID Connect provider that tests sign in with: a real HTTP server with real signatures."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "portal", "between-us"


class Provider:
    """Answers discovery, keys and tokens. ``claims`` go into the next ID token; ``key`` signs it."""

    def __init__(self):
        self.known = RSAKey.generate_key(2048, {"kid": "known"})
        self.key, self.claims, self.asked = self.known, {}, {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(provider.metadata() if "well-known" in self.path else provider.keys())

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                sent = {name: values[0] for name, values in parse_qs(body).items()}
                self.answer(provider.tokens(sent, self.headers["Authorization"]))

            def answer(self, facts):
                self.send_response(200 if "error" not in facts else 400)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(facts).encode())

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def metadata(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def keys(self):
        return {"keys": [self.known.as_dict(private=False)]}

    def authorize(self, address):
        """What the provider's own page does with a browser that was sent to it: the query to come back with."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return {"code": "one-code", "state": self.asked["state"]}

    def tokens(self, sent, authorization):
        secret = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).decode()
        if authorization != f"Basic {secret}" or challenge.rstrip("=") != self.asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.asked["nonce"]}
        token = jwt.encode({"alg": "RS256", "kid": "known"}, claims | self.claims, self.key)
        return {"access_token": "unused", "token_type": "Bearer", "id_token": token}
