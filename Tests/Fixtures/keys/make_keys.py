"""Makes keys.json: keys, signatures and tokens by `cryptography` and PyJWT, to hold ours against.

    python Tests/Fixtures/keys/make_keys.py

The keys are new at each run and protect nothing. Times are those of the tests' clock, which stands at 1733788120.
"""

import base64
import hashlib
import hmac
import json
import pathlib

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

NOW = 1733788120


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def rsa_jwk(key, kid, **more):
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "kid": kid, "n": number(public.n), "e": number(public.e)} | more


def ec_jwk(key, kid, curve, size, **more):
    public = key.public_key().public_numbers()
    return {"kty": "EC", "crv": curve, "kid": kid, "x": number(public.x, size), "y": number(public.y, size)} | more


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption()).decode()


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM,
                                         serialization.PublicFormat.SubjectPublicKeyInfo)


def main():
    one, two = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 3072)
    weak = rsa.generate_private_key(65537, 1024)
    curve, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
    keys = [
        rsa_jwk(one, "one", use="sig", alg="RS256"), rsa_jwk(two, "two", key_ops=["verify"]),
        ec_jwk(curve, "curve", "P-256", 32, use="sig", alg="ES256"),
        # None of these can be used.
        rsa_jwk(weak, "weak"), rsa_jwk(two, "enc", use="enc"), rsa_jwk(two, "pss", alg="PS256"),
        rsa_jwk(two, "wrap", key_ops=["wrapKey"]), ec_jwk(other, "other", "P-384", 48),
        {"kty": "oct", "kid": "secret", "k": b64(b"a-secret-of-at-least-thirty-two-bytes")},
        {"kty": "EC", "crv": "P-256", "kid": "off", "x": b64(b"\1" * 32), "y": b64(b"\2" * 32)}, {"kid": "nothing"}, 7,
    ]
    signatures = []
    for text in ["", "abc", "olá " * 500]:
        message = text.encode()
        for kid, key in [("one", one), ("two", two)]:
            made = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
            signatures.append({"kid": kid, "message": text, "signature": b64(made), "good": True})
            for name, bad in [("pss", key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())),
                              ("sha512", key.sign(message, padding.PKCS1v15(), hashes.SHA512()))]:
                signatures.append({"kid": kid, "message": text, "signature": b64(bad), "good": False})
        r, s = decode_dss_signature(curve.sign(message, ec.ECDSA(hashes.SHA256())))
        pair = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        signatures.append({"kid": "curve", "message": text, "signature": b64(pair), "good": True})
        signatures.append({"kid": "curve", "message": text, "signature": b64(curve.sign(message, ec.ECDSA(hashes.SHA256()))),
                           "good": False})

    claims = {"sub": "ana", "iss": "https://id.example", "aud": "gepeto", "exp": NOW + 60, "iat": NOW}

    def confused(secret):
        """HS256 with a public key as the secret: what a verifier takes that believes the token's own algorithm."""
        head = b64(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "one"}).encode())
        text = f"{head}.{b64(json.dumps(claims).encode())}"
        return f"{text}.{b64(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"

    tokens = {
        "rs256": jwt.encode(claims, one, "RS256", headers={"kid": "one"}),
        "rs256_two": jwt.encode(claims, two, "RS256", headers={"kid": "two"}),
        "es256": jwt.encode(claims, curve, "ES256", headers={"kid": "curve"}),
        "no_kid": jwt.encode(claims, one, "RS256"),
        "no_kid_es256": jwt.encode(claims, curve, "ES256"),
        "wrong_key": jwt.encode(claims, two, "RS256", headers={"kid": "one"}),
        "weak_key": jwt.encode(claims, weak, "RS256", headers={"kid": "weak"}),
        "foreign_kid": jwt.encode(claims, one, "RS256", headers={"kid": "stranger"}),
        "curve_as_rsa": jwt.encode(claims, one, "RS256", headers={"kid": "curve"}),
        "pss": jwt.encode(claims, one, "PS256", headers={"kid": "one"}),
        "none": jwt.encode(claims, None, "none", headers={"kid": "one"}),
        "hs256_pem": confused(public_pem(one)),
        "hs256_modulus": confused(one.public_key().public_numbers().n.to_bytes(256, "big")),
        "hs256_empty": confused(b""),
        "expired": jwt.encode(claims | {"exp": NOW - 31}, one, "RS256", headers={"kid": "one"}),
        "issuer": jwt.encode(claims | {"iss": "https://evil.example"}, one, "RS256", headers={"kid": "one"}),
        "audience": jwt.encode(claims | {"aud": "other"}, one, "RS256", headers={"kid": "one"}),
    }
    made = {"set": {"keys": keys}, "signatures": signatures, "tokens": tokens, "private": {"one": pem(one), "two": pem(two)}}
    target = pathlib.Path(__file__).with_name("keys.json")
    target.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
