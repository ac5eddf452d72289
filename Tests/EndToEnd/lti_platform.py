"""A learning platform made of libraries that are not ours, and a second tool that says whether its launches are well-formed.

The platform signs with `joserfc` (the JOSE library of Authlib's author, in the place of `authlib.jose`). `Witness` is the tool's side of
`pylti1p3`, with its own keeping of states and nonces: what it takes, any tool must take; what is held against ours is a
launch that another implementation knows as one.
"""

import time
import urllib.parse
import uuid

from joserfc import jwk, jwt
from pylti1p3.cookie import CookieService
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config import ToolConfDict

PUBLIC = "https://tutor.example"
ISSUER = "https://moodle.example"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
LINKS = "https://purl.imsglobal.org/spec/lti-dl/claim/"
COURSE_ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


def new_key():
    return jwk.RSAKey.generate_key(2048, private=True)


class Platform:
    """A learning platform: its keys, and what it says of whoever clicked."""

    def __init__(self, client="client-1", deployment="1"):
        self.client, self.deployment = client, deployment
        self.key = new_key()
        self.kid = uuid.uuid4().hex

    def key_set(self):
        public = {name: self.key.as_dict(private=False)[name] for name in ("kty", "n", "e")}
        return {"keys": [public | {"kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def claims(self, nonce, role="Learner", user="u-1", context="ctx-1", **changes):
        now = int(time.time())
        claims = {
            "iss": ISSUER, "aud": self.client, "sub": user, "name": f"Pessoa {user}", "nonce": nonce, "iat": now,
            "exp": now + 300, LTI + "deployment_id": self.deployment, LTI + "version": "1.3.0",
            LTI + "message_type": "LtiResourceLinkRequest", LTI + "target_link_uri": PUBLIC + "/api/lti/launch",
            LTI + "resource_link": {"id": "link-1"}, LTI + "roles": [COURSE_ROLE + role],
            LTI + "context": {"id": context, "title": "Introdução <b>à</b> Programação"},
        }
        for name, value in changes.items():
            claims[name] = value
        return {name: value for name, value in claims.items() if value is not None}

    def wish(self, nonce, **more):
        claims = self.claims(nonce, **more)
        del claims[LTI + "resource_link"]
        return claims | {
            LTI + "message_type": "LtiDeepLinkingRequest",
            LINKS + "deep_linking_settings": {
                "deep_link_return_url": ISSUER + "/return?x=1&y=2", "data": "d\"<&", "accept_types": ["ltiResourceLink"],
                "accept_presentation_document_targets": ["iframe", "window"]}}

    def sign(self, claims, key=None, **header):
        return jwt.encode({"alg": "RS256", "kid": self.kid} | header, claims, key or self.key)

    def sign_without_name(self, claims):
        return jwt.encode({"alg": "RS256"}, claims, self.key)


class Witness:
    """Another tool, registered at the platform like ours."""

    class Ask(Request):
        def __init__(self, session, fields):
            self.kept, self.fields = session, fields

        @property
        def session(self):
            return self.kept

        def is_secure(self):
            return True

        def get_param(self, key):
            return self.fields.get(key)

    class Jar(CookieService):
        def __init__(self, cookies):
            self.cookies = cookies

        def get_cookie(self, name):
            return self.cookies.get(name)

        def set_cookie(self, name, value, exp=3600):
            self.cookies[name] = value

    class Location(Redirect):
        def __init__(self, url):
            self.url = url

        def do_redirect(self):
            return self.url

        def do_js_redirect(self):
            return self.url

        def set_redirect_url(self, location):
            self.url = location

        def get_redirect_url(self):
            return self.url

    class Login(OIDCLogin):
        def _get_request_param(self, key):
            return self._request.get_param(key)

        def get_redirect(self, url):
            return Witness.Location(url)

    class Launch(MessageLaunch):
        def _get_request_param(self, key):
            return self._request.get_param(key)

    def __init__(self, platform):
        self.platform = platform
        self.conf = ToolConfDict({ISSUER: [{
            "default": True, "client_id": platform.client, "auth_login_url": ISSUER + "/auth",
            "auth_token_url": ISSUER + "/token", "key_set": platform.key_set(), "deployment_ids": [platform.deployment]}]})

    def takes(self, make, sign=None, **changes):
        """Whether it takes the launch that `make` makes, as one of which kind; None when it refuses it."""
        session, cookies = {}, {}

        def parts(fields):
            ask = self.Ask(session, fields)
            return ask, self.conf, SessionService(ask), self.Jar(cookies)

        address = self.Login(*parts({"iss": ISSUER, "login_hint": "u-1", "client_id": self.platform.client})).redirect(
            "https://witness.example/launch")
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
        token = (sign or self.platform.sign)(make(asked["nonce"], **changes))
        launch = self.Launch(*parts({"id_token": token, "state": asked["state"]}))
        try:
            launch.validate()
        except LtiException:
            return None
        return "link" if launch.is_resource_launch() else "wish" if launch.is_deep_link_launch() else "other"
