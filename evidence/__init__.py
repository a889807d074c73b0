"""Evidence items, their versions, uploads and permitted downloads."""
