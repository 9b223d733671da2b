"""E-mail where the operator has set no server for it: the log shows what would have been sent."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

logger = logging.getLogger(__name__)


class LoggedMail(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message into the log, and return how many."""
        for message in email_messages:
            logger.warning(
                "No e-mail is sent, because ARENA_SMTP_URL is empty. To %s: %s\n%s",
                ", ".join(message.to),
                message.subject,
                message.body.strip(),
            )
        return len(email_messages)
