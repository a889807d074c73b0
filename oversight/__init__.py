"""The provider profile; later visits, intelligence and escalation."""
