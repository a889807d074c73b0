"""The visit programme: who needs a visit, how much, and why."""
