"""Log lines that user input cannot forge."""

import logging


class OneLine(logging.Filter):
    """Escapes carriage returns and line feeds, so that one event stays one line (ASVS 16.4.1)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the message in place; never drops a record."""
        text = record.getMessage()
        if "\n" in text or "\r" in text:
            record.msg, record.args = text.replace("\r", "\\r").replace("\n", "\\n"), ()
        return True
