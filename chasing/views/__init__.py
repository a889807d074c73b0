"""Pages about reminders, split by what they are about."""
