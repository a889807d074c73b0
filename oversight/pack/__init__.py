"""The visit pack: what is known of a provider, on paper, with boxes to tick and room to write."""
