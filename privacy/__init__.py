"""The identifiable-data guard: what looks like a person in a text, who said that it is not, and how it is removed."""
