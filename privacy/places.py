"""The pages on which the guard warns, by the words that people know them by.

A route is named after the thing that it is about ("oversight:contact-new"), and so is the place: whoever tunes the
rules asks where people type, not which button they pressed. To name another: a line in ``PLACES``.
"""

# The app with the first word of the route's name, or the app alone for all the rest of it.
PLACES = {
    "accounts": "People and access",
    "actions": "Actions",
    "assurance": "Returns",
    "assurance:policy": "Numbers behind levels and validation",
    "assurance:result": "Results",
    "assurance:round": "Rounds",
    "assurance:validation": "Validation",
    "chasing": "Reminders",
    "evidence": "Evidence",
    "exports": "Frozen lists",
    "framework": "Standards",
    "governance": "Annual reports",
    "oversight": "Oversight",
    "reviews": "Reviews",
    "training": "Training and key indicators",
    "oversight:action": "Action plans after visits",
    "oversight:actions": "Bringing in what you have",
    "oversight:authority": "Care homes for placements",
    "oversight:comment": "Visits and their reports",
    "oversight:concern": "Concerns",
    "oversight:contact": "Contact log",
    "oversight:escalation": "Proposed steps",
    "oversight:grades": "Bringing in what you have",
    "oversight:incident": "Serious incidents",
    "oversight:indicator": "Other indicators",
    "oversight:intelligence": "Soft intelligence",
    "oversight:list": "Lists and rules",
    "oversight:mobilisation": "New services",
    "oversight:notice": "Contract notices",
    "oversight:organisations": "Bringing in what you have",
    "oversight:paper": "Proposed steps",
    "oversight:programme": "Visit programme",
    "oversight:ratings": "Bringing in what you have",
    "oversight:records": "Bringing in what you have",
    "oversight:report": "Visits and their reports",
    "oversight:staff": "Visit programme",
    "oversight:surveillance": "Surveillance",
    "oversight:suspension": "Suspensions of placements",
    "oversight:visit": "Visits and their reports",
    "privacy": "Identifiable data",
    "providers": "Organisations and contacts",
    "providers:capacity": "Posts",
    "providers:holder": "Posts",
    "providers:post": "Posts",
}


# Not everybody who looks after the guard may know that there is something here about a provider.
HEARD = ("oversight:intelligence", "oversight:concern")


def place_named(route: str, form: str = "", *, heard: bool = True) -> str:
    """The place in words. What was saved outside a page is known by its form. ``heard``: may the reader know of it?"""
    app, _, name = route.partition(":")
    first = f"{app}:{name.partition('-')[0]}"
    known = (PLACES.get(first) if heard or first not in HEARD else "") or PLACES.get(app)
    return known or (form or route).rpartition(".")[2].replace("_", " ").replace("-", " ")
