"""An OpenID Connect provider asked who somebody is: authorization code, PKCE, signed ID token, by Authlib.

Streamlit's `st.login` runs the same exchange with the same library, but keeps the result in a cookie of 30
days that no server can call back. Here it ends in a session of ours, which can be ended at once.
"""

from __future__ import annotations

import httpx2
from authlib.integrations.starlette_client import OAuth, OAuthError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from runtime.settings import AccessSettings

_WELL_KNOWN = "/.well-known/openid-configuration"


class Refused(Exception):
    """The provider said no, or cannot be believed. `word`: the sentence of ui/strings that says so."""

    def __init__(self, word: str, *, name: str = "") -> None:
        super().__init__(word)
        self.word, self.name = word, name


class Provider:
    """One provider, as the settings name it. Its keys and addresses are fetched when first needed."""

    def __init__(self, settings: AccessSettings) -> None:
        self._settings = settings
        address = (settings.oidc_provider or "").rstrip("/")
        self._client = OAuth().register(
            "provider",
            server_metadata_url=address if address.endswith(_WELL_KNOWN) else address + _WELL_KNOWN,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": 20},
        )

    async def start(self, request: Request) -> Response:
        """Sends the browser to the provider; state and nonce stay in its signed cookie here."""
        try:
            sent: Response = await self._client.authorize_redirect(request, self._back(request))
        except (OAuthError, httpx2.HTTPError, ValueError) as error:
            raise Refused("login.failed") from error
        return sent

    async def email(self, request: Request) -> str:
        """The address that the provider vouches for. Refused when anything in its answer does not hold."""
        try:
            answer = await self._client.authorize_access_token(request)
        except (OAuthError, JoseError, httpx2.HTTPError, ValueError) as error:
            raise Refused("login.failed") from error
        claims = answer.get("userinfo") or {}
        email = claims.get("email")
        if not isinstance(email, str) or not email:
            raise Refused("login.failed")
        if claims.get("email_verified") is not True and not self._settings.oidc_unverified:
            raise Refused("login.unverified", name=email)
        return email

    def _back(self, request: Request) -> str:
        own = self._settings.address
        return (
            f"{own.rstrip('/')}/login/return" if own else f"{str(request.base_url).rstrip('/')}/login/return"
        )
