"""pypinksign, OpenSSL, BouncyCastle and node-forge with PKI.js, each asked to read and to write."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pypinksign
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.interop.cases import Case, Kind
from tests.made import PASSWORD, gildong
from tests.openssl import openssl

HERE = Path(__file__).parent
LEGACY = ("-provider", "legacy", "-provider", "default")


class PinkSign:
    name = "pypinksign"

    def read(self, case: Case, data: bytes, at: Path) -> bytes:
        if case.kind is Kind.KEY:
            reader = pypinksign.PinkSign(pubkey_data=gildong().der)
            reader.load_prikey(prikey_data=data, prikey_password=PASSWORD.encode())
            return _with_r(reader)
        if case.kind is Kind.PFX:
            return bytes(pypinksign.separate_p12_into_npki(data, PASSWORD.encode())[1])
        raise NotImplementedError("it verifies no CMS")

    def write(self, case: Case, at: Path) -> bytes:
        if case.name == "kisa":
            plain = base64.b64encode(gildong().pkcs8).decode()
            return base64.b64decode(pypinksign.encrypt_decrypted_prikey(plain, PASSWORD.encode()))
        if case.name == "cms-attached":
            signer = pypinksign.PinkSign(pubkey_data=gildong().der)
            signer.prikey = gildong().key
            return bytes(signer.pkcs7_signed_msg((at / "document").read_bytes()))
        raise NotImplementedError(case.name)


def _with_r(reader: pypinksign.PinkSign) -> bytes:
    """It keeps key and R apart; its own function puts them together."""
    bare = reader.prikey.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    # The BIT STRING's first octet counts unused bits and is written again.
    r = bytes.fromhex(f"{int(str(reader._rand_num.asInteger())):040x}")
    return base64.b64decode(pypinksign.inject_rand_in_plain_prikey(base64.b64encode(bare).decode(), r))


class OpenSsl:
    name = "OpenSSL"

    def read(self, case: Case, data: bytes, at: Path) -> bytes:
        (at / "it").write_bytes(data)
        password = f"pass:{PASSWORD}"
        match case.kind:
            case Kind.KEY:
                openssl("pkcs8", *LEGACY, "-inform", "DER", "-in", "it", "-passin", password, "-out", "it.pem", at=at)
            case Kind.PFX:
                openssl(
                    "pkcs12", *LEGACY, "-in", "it", "-nodes", "-nocerts", "-passin", password, "-out", "it.pem", at=at
                )
            case Kind.CMS:
                content = ("-content", "document") if case.name == "cms-detached" else ()
                words = "cms -verify -binary -inform DER -in it -CAfile root.pem -purpose any -out it.out"
                openssl(*words.split(), *content, at=at)
                return (at / "it.out").read_bytes()
        openssl("pkcs8", "-topk8", "-nocrypt", "-in", "it.pem", "-outform", "DER", "-out", "it.der", at=at)
        return (at / "it.der").read_bytes()

    def write(self, case: Case, at: Path) -> bytes:
        password = ("-passout", f"pass:{PASSWORD}")
        match case.kind:
            case Kind.KEY:
                cipher, prf = _OPENSSL_CIPHERS[case.name]
                words = "pkcs8 -topk8 -inform DER -in plain.der -outform DER -out it"
                openssl(*words.split(), *LEGACY, "-v2", cipher, "-v2prf", prf, *password, at=at)
            case Kind.PFX:
                openssl("pkcs8", "-inform", "DER", "-nocrypt", "-in", "plain.der", "-out", "plain.pem", at=at)
                legacy = ("-legacy",) if case.name == "pfx-3des" else ()
                words = "pkcs12 -export -inkey plain.pem -in certificate.pem -certfile chain.pem -out it"
                openssl(*words.split(), *legacy, *password, at=at)
            case Kind.CMS:
                openssl("pkcs8", "-inform", "DER", "-nocrypt", "-in", "plain.der", "-out", "plain.pem", at=at)
                inside = () if case.name == "cms-detached" else ("-nodetach",)
                words = "cms -sign -binary -in document -signer certificate.pem -inkey plain.pem -outform DER -out it"
                openssl(*words.split(), *inside, "-certfile", "chain.pem", at=at)
        return (at / "it").read_bytes()


_OPENSSL_CIPHERS = {
    "pbes2-seed-sha1": ("seed", "hmacWithSHA1"),
    "pbes2-seed-sha256": ("seed", "hmacWithSHA256"),
    "pbes2-aria128-sha1": ("aria-128-cbc", "hmacWithSHA1"),
    "pbes2-aria256-sha256": ("aria-256-cbc", "hmacWithSHA256"),
    "pbes2-aes256-sha256": ("aes-256-cbc", "hmacWithSHA256"),
}


class Outside:
    """A program of one source file: `<command> read|write <kind> <name> <password>`, files in the current folder.

    It reads `it` and writes `it.out`.
    """

    def __init__(self, name: str, *command: str) -> None:
        self.name, self._command = name, command

    def read(self, case: Case, data: bytes, at: Path) -> bytes:
        (at / "it").write_bytes(data)
        return self._run("read", case, at)

    def write(self, case: Case, at: Path) -> bytes:
        return self._run("write", case, at)

    def _run(self, what: str, case: Case, at: Path) -> bytes:
        (at / "it.out").unlink(missing_ok=True)
        words = (*self._command, what, case.kind, case.name, PASSWORD)
        run = subprocess.run(words, cwd=at, capture_output=True, text=True, check=False, timeout=120)
        if run.returncode:
            raise RuntimeError(run.stderr)
        return (at / "it.out").read_bytes()


def bouncy_castle(jars: Path, classes: Path) -> Outside:
    """`jars`: where Debian puts bcprov.jar, bcutil.jar and bcpkix.jar; `classes`: where to compile to."""
    path = ":".join(str(jars / f"{name}.jar") for name in ("bcprov", "bcutil", "bcpkix"))
    subprocess.run(["javac", "-cp", path, "-d", classes, HERE / "Peer.java"], check=True, timeout=300)
    return Outside("BouncyCastle", "java", "-cp", f"{path}:{classes}", "Peer")


def node(modules: Path) -> Outside:
    """`modules`: a folder whose node_modules holds node-forge and pkijs. It is asked from another folder."""
    return Outside("node-forge, PKI.js", "node", str(HERE / "peer.cjs"), str(modules.resolve()))
