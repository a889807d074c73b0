"""The composition root: settings, URLs, schedule and home pages. It wires everything and owns nothing."""
