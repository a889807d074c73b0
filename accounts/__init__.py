"""People, memberships, circles, capabilities, history and sign-in."""
