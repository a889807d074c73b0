"""Log lines that user input cannot forge, and that hold nobody's key."""

import logging
import re

# The secret in the address of a link or of an account letter opens something: whoever reads the log shall not.
SECRET = re.compile(r"(?<=/)[A-Za-z0-9_-]{40,}(?=[/\s?#\"']|$)")


class OneLine(logging.Filter):
    """Escapes carriage returns and line feeds, so that one event stays one line (ASVS 16.4.1)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the message in place; never drops a record."""
        text = record.getMessage()
        if "\n" in text or "\r" in text:
            record.msg, record.args = text.replace("\r", "\\r").replace("\n", "\\n"), ()
        if SECRET.search(record.getMessage()):
            record.msg, record.args = SECRET.sub("(secret)", record.getMessage()), ()
        return True
