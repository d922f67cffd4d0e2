"""Settings of applications registered in Microsoft Entra."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from alerter.config.base import UNREAD, UUID, FilledText, PrivateUrl, Table, Text, Uuid
from alerter.domain.address import is_address

_TENANT = re.compile(rf"{UUID}|(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", re.ASCII)
PEM_BLOCKS = ("PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----")
VERSION = "/v1.0"


def _is_a_tenant(tenant_id: str) -> str:
    if not _TENANT.fullmatch(tenant_id):
        raise ValueError('must be the tenant\'s id, or its domain such as "council.onmicrosoft.com"')
    return tenant_id


def _is_a_pair(certificate: SecretStr) -> SecretStr:
    pem = certificate.get_secret_value()
    if pem != UNREAD and not all(block in pem for block in PEM_BLOCKS):
        raise ValueError("must be PEM text that holds the certificate and its private key")
    return certificate


class EntraSettings(Table):
    """An application that proves itself by a secret, or by a certificate with its private key in one PEM."""

    tenant_id: Annotated[Text, AfterValidator(_is_a_tenant)]
    client_id: Uuid
    client_certificate: Annotated[SecretStr, AfterValidator(_is_a_pair)] | None = None
    client_certificate_password: SecretStr | None = None
    client_secret: SecretStr | None = None
    authority: PrivateUrl = Field(
        default_factory=lambda validated: (
            f"https://login.microsoftonline.com/{validated.get('tenant_id', '')}"
        )
    )

    @field_validator("client_certificate_password")
    @classmethod
    def _has_a_certificate(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if password is not None and info.data.get("client_certificate", UNREAD) is None:
            raise ValueError("is given without client_certificate")
        return password

    @field_validator("client_secret")
    @classmethod
    def _is_the_one_proof(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        certificate = info.data.get("client_certificate", UNREAD)
        if secret is None and certificate is None:
            raise ValueError("is missing; the application proves itself by it, or by client_certificate")
        if secret is not None and certificate not in (None, UNREAD):
            raise ValueError("is given beside client_certificate; keep one")
        return secret


class OauthSettings(EntraSettings):
    """An application which may send as the mailbox by SMTP."""

    scope: FilledText = "https://outlook.office365.com/.default"


def _is_a_mailbox(mailbox: str) -> str:
    if not is_address(mailbox):
        raise ValueError('must be the mailbox\'s address, such as "alerts@council.example"')
    return mailbox


def _is_bare(base_url: str) -> str:
    if base_url.endswith(VERSION):
        raise ValueError(f'stands without "{VERSION}", which is added')
    return base_url


class GraphSettings(EntraSettings):
    """An application which may send from a mailbox by Microsoft Graph, and may read it for bounces."""

    mailbox: Annotated[str, AfterValidator(_is_a_mailbox)] | None = None
    base_url: Annotated[PrivateUrl, AfterValidator(_is_bare)] = "https://graph.microsoft.com"
    timeout_seconds: int = Field(default=60, ge=1, le=600)
    max_per_minute: int = Field(default=0, ge=0)
