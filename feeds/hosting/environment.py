"""Every variable of the environment that `feeds` reads, as a file in which they are set."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Where things are": {
        "FEEDS_LEDGER": ("postgresql://feeds@localhost/feeds", "the ledger: a file, or postgresql://…"),
        "PGPASSWORD": ("", "PostgreSQL's password, which is better kept out of the address"),
        "FEEDS_SOURCE_NAME": (
            "postgresql://reader@localhost/site",
            "the database of [source.NAME] with its password: FEEDS_SOURCE_SHOP for the source “shop”",
        ),
        "FEEDS_KEY": ("", "the ledger's secret, where the ledger itself is not to hold it; never change it"),
    },
    "How mail leaves": {
        "FEEDS_TRANSPORT": ("smtps://user@mail.example.org", "the relay or the provider that takes our mail"),
        "FEEDS_SMTP_PASSWORD": ("", "the relay's password"),
        "FEEDS_SMTP_HELLO": ("mail.example.org", "the name by which we greet it"),
        "FEEDS_SMTP_CA": (
            "/etc/ssl/relay.pem",
            "who vouches for its certificate, if nobody in the system does",
        ),
        "FEEDS_POSTMARK_TOKEN": ("", "Postmark's server token"),
        "FEEDS_MAILGUN_KEY": ("", "Mailgun's sending key"),
        "FEEDS_RESEND_KEY": ("", "Resend's key"),
        "FEEDS_PROVIDER_URL": ("", "another place of a provider's interface, such as a test server"),
        "FEEDS_PROVIDER_CA": ("", "who vouches for that one's certificate"),
    },
    "Who takes a finished issue over": {
        "FEEDS_LISTMONK_URL": ("https://lists.example.org", "where listmonk runs"),
        "FEEDS_LISTMONK_USER": ("feeds", "the user of its interface"),
        "FEEDS_LISTMONK_TOKEN": ("", "and that user's token"),
        "FEEDS_BUTTONDOWN_KEY": ("", "Buttondown's key"),
        "FEEDS_MAILCHIMP_KEY": ("", "Mailchimp's key"),
    },
    "Who signs it (DKIM)": {
        "FEEDS_DKIM_RSA": ("/etc/feeds/rsa.pem", "the file of the RSA key; `feeds dkim new` makes both"),
        "FEEDS_DKIM_RSA_SELECTOR": ("feeds-rsa", "its selector"),
        "FEEDS_DKIM_ED25519": ("/etc/feeds/ed25519.pem", "the file of the Ed25519 key"),
        "FEEDS_DKIM_ED25519_SELECTOR": ("feeds-ed25519", "its selector"),
    },
    "Who may report to us, and look on": {
        "FEEDS_WEBHOOK_POSTMARK": ("", "what proves Postmark's reports"),
        "FEEDS_WEBHOOK_MAILGUN": ("", "what proves Mailgun's reports"),
        "FEEDS_WEBHOOK_SES_TOPIC": ("arn:aws:sns:…", "the topic of Amazon's reports"),
        "FEEDS_OPERATOR_TOKEN": (
            "",
            "the token in the address of the operator's page, if not one of the ledger's",
        ),
    },
    "Object storage, for `feeds publish` (and Amazon SES)": {
        "AWS_ACCESS_KEY_ID": ("", "who we are; on Amazon's machines their role will do"),
        "AWS_SECRET_ACCESS_KEY": ("", "and the proof of it"),
        "AWS_SESSION_TOKEN": ("", "of keys that last for a while only"),
        "AWS_REGION": ("eu-central-1", "where the bucket is"),
        "AWS_ENDPOINT_URL": ("https://s3.example.org", "another server than Amazon's, such as MinIO's"),
    },
    "For whoever mends feeds itself": {
        "FEEDS_DEBUG": ("", "1 shows where a fault of ours came from"),
    },
}
"""What they are about: each name, with an example and what it says."""


def written() -> str:
    """All of them, none of them set."""
    parts = [
        "# What feeds reads of the environment. Take the # from those that you set; keep this file secret."
    ]
    for about, variables in VARIABLES.items():
        lines = [f"# {what}\n#{name}={example}" for name, (example, what) in variables.items()]
        parts.append("\n".join([f"# {about}", "", *lines]))
    return "\n\n".join(parts) + "\n"
