"""What is known of a provider beside its returns: contacts, incidents, indicators and soft intelligence.

The records are in ``oversight.models``; here are their forms, lists, letters and what is said of their changes.
"""
