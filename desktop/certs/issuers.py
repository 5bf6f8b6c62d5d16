"""The CAs' certificates and CRLs that are at hand: in files given, and in the CaPubs beside people's certificates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography import x509

from desktop.certs.found import root_of
from desktop.services.api import Place
from desktop.services.npki.capubs import MOST_BYTES, NAME, read_capubs
from desktop.services.npki.names import ca_folder
from desktop.services.npki.tree import read_file
from desktop.services.npki.trust import judge
from desktop.services.vocabulary import Reason, ServiceError

_PEM = b"-----BEGIN "


def certificates_in(path: Path) -> tuple[x509.Certificate, ...]:
    """Of a file with one or more, PEM or DER, or a CaPubs. Raises FILE_…."""
    data = read_file(path, most=MOST_BYTES)
    try:
        if _PEM in data:
            return tuple(x509.load_pem_x509_certificates(data))
        return (x509.load_der_x509_certificate(data),)
    except ValueError:
        return tuple(map(x509.load_der_x509_certificate, read_capubs(data, where=str(path))))


def crl_in(path: Path) -> x509.CertificateRevocationList:
    """PEM or DER. Raises FILE_…."""
    data = read_file(path, most=64 * MOST_BYTES)  # a large CA's CRL has megabytes
    try:
        return x509.load_pem_x509_crl(data) if _PEM in data else x509.load_der_x509_crl(data)
    except ValueError as error:
        raise ServiceError(Reason.FILE_BROKEN, where=str(path)) from error


def beside(folder: Path, certificate: x509.Certificate) -> tuple[x509.Certificate, ...]:
    """What the CaPubs in this folder, or in its CA's, hold. One that is broken is passed over: it is nobody's key."""
    return tuple(dict.fromkeys(_read(_capubs([folder, *_authorities(root_of(folder), certificate)]))))


def on_places(places: Iterable[Place], certificate: x509.Certificate) -> tuple[x509.Certificate, ...]:
    """The same of every medium at hand, for a certificate that came without its folder."""
    folders = (folder for place in places for folder in _authorities(Path(place.path), certificate, people=True))
    return tuple(dict.fromkeys(_read(_capubs(folders))))


def chain_of(certificate: x509.Certificate, known: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """From the issuing CA up to a root among `known`; empty where they do not lead to one."""
    cas = tuple(known)
    roots = [ca for ca in cas if ca.issuer == ca.subject]
    middle = certificate.not_valid_before_utc + (certificate.not_valid_after_utc - certificate.not_valid_before_utc) / 2
    return judge(certificate, at=middle, anchors=roots, others=cas).chain[1:]


def _authorities(root: Path, certificate: x509.Certificate, *, people: bool = False) -> Iterator[Path]:
    """The CA's folder below `root`, its USER folder and the people's: programs leave CaPubs in any of them."""
    name = ca_folder(certificate).casefold()
    for top in _folders(root, "npki"):
        for authority in _folders(top, name):
            yield authority
            for user in _folders(authority, "user"):
                yield user
                if people:
                    yield from _folders(user, "")


def _folders(parent: Path, name: str) -> list[Path]:
    """Those of this name in any case, or all of them. None where nothing can be listed."""
    try:
        return sorted(
            one
            for one in parent.iterdir()
            if name in {"", one.name.casefold()} and one.is_dir() and not one.is_symlink()
        )
    except OSError:
        return []


def _capubs(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        try:
            yield from (one for one in folder.iterdir() if one.name.casefold() == NAME.casefold())
        except OSError:
            continue


def _read(paths: Iterable[Path]) -> Iterator[x509.Certificate]:
    for path in paths:
        try:
            yield from certificates_in(path)
        except ServiceError:
            continue
