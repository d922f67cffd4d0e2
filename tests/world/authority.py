"""Certificates for tests, made by `openssl`: an authority of our own, and servers it vouches for."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Authority:
    """A certificate authority that lives in one folder."""

    folder: Path

    @property
    def file(self) -> Path:
        """Return its own certificate."""
        return self.folder / "ca.pem"

    def server(self, name: str = "IP:127.0.0.1", *, days: int = 30, is_old: bool = False) -> ssl.SSLContext:
        """
        Return a server's side of TLS with a certificate for *name*, valid for *days*.

        With *is_old* it speaks TLS 1.1 at most.
        """
        key, request, certificate = (self.folder / f"server.{part}" for part in ("key", "csr", "pem"))
        extensions = self.folder / "names"
        extensions.write_text(f"subjectAltName={name}\nauthorityKeyIdentifier=keyid\n")
        new = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=server", "-keyout", key, "-out", request]
        _openssl(*new)
        signed = ["x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.folder / "ca.key"]
        _openssl(*signed, "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if is_old:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with pytest.warns(DeprecationWarning, match="TLS"):
                context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context


def _openssl(*arguments: object) -> None:
    command = ["openssl", *(str(argument) for argument in arguments)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed words and tmp_path


def new_authority(folder: Path) -> Authority:
    """Make a certificate authority in *folder*."""
    subject = ["-subj", "/CN=Made-up authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    files = ["-keyout", folder / "ca.key", "-out", folder / "ca.pem"]
    _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", *subject, *files)
    return Authority(folder)
