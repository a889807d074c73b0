"""The NHS look in Django terms: forms, components, charts, documents, dates. Knows no domain word."""
