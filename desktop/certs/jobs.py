"""The jobs that write: copy, move, back up, a new password, PFX in and out, delete, sign. All of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from desktop.certs.found import Found, State, root_of
from desktop.certs.issuers import beside, chain_of
from desktop.certs.opening import opened
from desktop.secret import Secret
from desktop.services.folder import fitting, keep_rules
from desktop.services.media import write
from desktop.services.npki import capubs, container, pfx
from desktop.services.npki.cms import sign_cms
from desktop.services.npki.container import Form
from desktop.services.npki.names import user_path
from desktop.services.npki.tree import KEY, KM_CERTIFICATE, KM_KEY, files_of, read_entry, read_file
from desktop.services.vocabulary import Reason, ServiceError


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a certificate is now; `there_before` when the very same files were there already."""

    folder: Path
    there_before: bool = False


def home_for(folder: Path) -> Path:
    """The root to write to when a person names a folder: what holds NPKI, also where NPKI itself was named.

    Made where it is not there yet. Raises MEDIUM_….
    """
    root = folder.parent if folder.name.casefold() == "npki" else folder
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceError(Reason.MEDIUM_READ_ONLY, where=str(folder)) from error
    return root


def copy_to(found: Found, folder: Path) -> Kept:
    """To NPKI/<CA>/USER/<DN> below `folder`. Raises ALREADY_THERE for another certificate or key there, MEDIUM_…."""
    assert found.certificate is not None
    root, target = home_for(folder), user_path(found.certificate)
    there = root / target
    if there.is_dir() and _same(read_entry(there).folder, found.entry.folder):
        return Kept(there, there_before=True)
    return Kept(write.copy(found.entry.folder, root, target))


def move_to(found: Found, folder: Path) -> Kept:
    """Copies, and deletes here only what is there, byte for byte. Raises as `copy_to`, and MEDIUM_… of here."""
    kept = copy_to(found, folder)
    if kept.folder.resolve() != found.entry.folder.resolve():
        delete(found)
    return kept


def change_password(found: Found, old: Secret, new: Secret, *, form: Form = Form.KISA) -> None:
    """Wraps the very bytes that were unwrapped anew, so that R and with it the owner check stay.

    The key for encipherment goes along where there is one; two passwords in one folder would help nobody. Raises
    WEAK_PASSWORD with the rule broken as `detail`, WRONG_PASSWORD (of either key), KEY_…, FILE_…, MEDIUM_…; then the
    old password is still good.
    """
    keep_rules(new)
    with opened(found, old) as key:
        files = {_name(found, KEY): container.seal_key(key.plain, new, form=form)}
        files |= _encipherment(found, old, new, form)
        sealed = _name(found, KEY)

        def check(back: Mapping[str, bytes]) -> None:
            again = container.open_key(back[sealed], new, where=sealed)
            same = again == key.plain
            again.wipe()
            if not same:
                raise ServiceError(Reason.MEDIUM_FAILED, where=sealed)

        root = root_of(found.entry.folder)
        write.replace_files(root, below(found.entry.folder, root), files, check=check)


def delete(found: Found) -> None:
    """Raises MEDIUM_…; then it is still there."""
    root = root_of(found.entry.folder)
    write.remove(root, below(found.entry.folder, root))


def copies(found: Found, others: Iterable[Found]) -> tuple[Found, ...]:
    """The same certificate with its key elsewhere among `others`."""
    here = found.entry.folder.resolve()
    return tuple(
        other
        for other in others
        if other.certificate == found.certificate and other.entry.has_key and other.entry.folder.resolve() != here
    )


def export_pfx(found: Found, password: Secret, pfx_password: Secret, *, legacy: bool = False) -> bytes:
    """With the chain, as far as it is at hand, and with R. Raises as `opened`."""
    if not len(pfx_password):
        raise ServiceError(Reason.WEAK_PASSWORD, detail="password_length")
    with opened(found, password) as key:
        chain = [_der(issuer) for issuer in known_chain(found)]
        return pfx.export_pfx(_der(key.certificate), key.plain, chain, pfx_password, legacy=legacy)


def import_pfx(data: bytes, pfx_password: Secret, new: Secret, folder: Path, *, where: str, form: Form) -> Path:
    """Puts what a PFX holds below `folder`, under a new password. Raises as `change_password`, and ALREADY_THERE."""
    keep_rules(new)
    bundle = pfx.import_pfx(data, pfx_password, where=where)
    try:
        certificate = x509.load_der_x509_certificate(bundle.certificate)
        files = files_of(bundle.certificate, container.seal_key(bundle.plain, new, form=form))
    finally:
        bundle.plain.wipe()
    if bundle.chain:
        files[capubs.NAME] = capubs.write_capubs(bundle.chain)
    check = fitting(certificate, new, where=KEY)
    return write.put(home_for(folder), user_path(certificate), files, check=check)


def sign(found: Found, password: Secret, document: bytes, *, detached: bool = False) -> bytes:
    """CMS with the chain as far as it is at hand. Raises as `opened`, and CERTIFICATE_EXPIRED.

    What an expired certificate signs convinces nobody.
    """
    if found.state is State.EXPIRED:
        raise ServiceError(Reason.CERTIFICATE_EXPIRED)
    with opened(found, password) as key:
        return sign_cms(document, key.certificate, key.key, known_chain(found), detached=detached)


def write_out(path: Path, data: bytes, *, replace: bool = False) -> Path:
    """One file, whole or not at all. An empty one (as mktemp makes) is not worth keeping. Raises ALREADY_THERE, …."""
    try:
        empty = path.is_file() and path.stat().st_size == 0
    except OSError:
        empty = False
    return write.write_file(path.absolute().parent, path.name, data, replace=replace or empty)


def known_chain(found: Found) -> tuple[x509.Certificate, ...]:
    assert found.certificate is not None
    return chain_of(found.certificate, beside(found.entry.folder, found.certificate))


def below(folder: Path, root: Path) -> PurePosixPath:
    return PurePosixPath(folder.absolute().relative_to(root).as_posix())


def _encipherment(found: Found, old: Secret, new: Secret, form: Form) -> dict[str, bytes]:
    """The other key under the new password."""
    path = found.entry.path_of(KM_KEY)
    if path is None or found.entry.path_of(KM_CERTIFICATE) is None:
        return {}
    plain = container.open_key(read_file(path, most=container.MOST_BYTES), old, where=str(path))
    try:
        return {path.name: container.seal_key(plain, new, form=form)}
    finally:
        plain.wipe()


def _name(found: Found, name: str) -> str:
    """As it is spelt in the folder."""
    return found.entry.files.get(name, name)


def _same(one: Path, other: Path) -> bool:
    return _contents(one) == _contents(other)


def _contents(folder: Path) -> Sequence[tuple[str, bytes]]:
    entry = read_entry(folder)
    return sorted((name, read_file(folder / spelt)) for name, spelt in entry.files.items())


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
