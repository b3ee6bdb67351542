"""Signs somebody in with Authlib. Prints `GO address` where a browser would go; reads the address that it comes back with."""

import sys

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

BACK = "http://127.0.0.1:9009/callback"
SECRET = "sandbox-secret-for-trying"


def main(base: str) -> None:
    told = requests.get(f"{base}/.well-known/openid-configuration", timeout=10).json()
    assert told["issuer"] == base, told
    session = OAuth2Session(
        "sandbox-web",
        SECRET,
        scope="openid profile offline_access",
        redirect_uri=BACK,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic",
    )
    verifier = "a-verifier-that-is-long-enough-for-the-rule-of-the-standard"
    address, state = session.create_authorization_url(
        told["authorization_endpoint"], code_verifier=verifier, nonce="of-python"
    )
    print("GO", address, flush=True)
    back = sys.stdin.readline().strip()
    token = session.fetch_token(
        told["token_endpoint"], authorization_response=back, code_verifier=verifier, state=state, timeout=10
    )
    keys = KeySet.import_key_set(
        {"keys": [key for key in requests.get(told["jwks_uri"], timeout=10).json()["keys"] if key["crv"] == "P-256"]}
    )
    claims = jwt.decode(token["id_token"], keys, algorithms=["ES256"]).claims
    assert claims["iss"] == base and claims["aud"] == "sandbox-web" and claims["nonce"] == "of-python", claims
    info = session.get(told["userinfo_endpoint"], timeout=10).json()
    assert info["sub"] == claims["sub"] and info["name"] == "王建国", info
    renewed = session.refresh_token(told["token_endpoint"], timeout=10)
    assert renewed["refresh_token"] != token["refresh_token"]
    answer = session.revoke_token(told["revocation_endpoint"], token=renewed["refresh_token"], timeout=10)
    assert answer.status_code == 200, answer.text
    assert session.get(told["userinfo_endpoint"], timeout=10).status_code == 401
    print("DONE", flush=True)


main(sys.argv[1])
