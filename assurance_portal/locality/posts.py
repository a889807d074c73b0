"""Posts of the demonstration: most are held, some are vacant, covered, about to fall vacant or long unchecked."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from assurance_portal.locality.people import People
from assurance_portal.locality.places import BEGAN, Locality, read
from providers.models import CapacityStatement, Contact, Organisation, Post, PostHolder, Signpost
from providers.post_book import rules_for

# Kind of post at a commissioner: whose account, WTE, hours, and the kind that its holder answers to.
OURS: dict[str, tuple[str, str, str, str]] = {
    "accountable_officer": ("", "1.0", "37.5", ""),
    "executive_lead": ("director", "1.0", "37.5", "accountable_officer"),
    "associate_director": ("", "1.0", "37.5", "executive_lead"),
    "designated_nurse_children": ("nurse", "0.8", "30", "associate_director"),
    "designated_doctor_children": ("", "0.4", "16", "associate_director"),
    "designated_nurse_lac": ("lac", "0.6", "22.5", "associate_director"),
    "designated_doctor_lac": ("", "0.2", "8", "associate_director"),
    "paediatrician_child_deaths": ("", "0.2", "8", "designated_doctor_children"),
    "designated_adults": ("adults", "1.0", "37.5", "associate_director"),
    "mca_lead": ("adults", "0.2", "7.5", "designated_adults"),
    "prevent_lead": ("adults", "0.1", "4", "designated_adults"),
    "named_gp": ("namedgp", "0.4", "16", "designated_nurse_children"),
    "caldicott_guardian": ("caldicott", "0.1", "4", "accountable_officer"),
    "mappa_lead": ("adults", "0.0", "", "designated_adults"),
}
VACANT_HERE = {"westmarch": "designated_doctor_lac", "ardenvale": "paediatrician_child_deaths"}
OTHERS = {
    "executive_lead": "Dr Hugh Penrose", "accountable_officer": "Dr Hugh Penrose", "associate_director": "Moira Tait",
    "designated_doctor_children": "Dr Anjali Menon", "designated_doctor_lac": "Dr Anjali Menon",
    "paediatrician_child_deaths": "Dr Anjali Menon",
}  # fmt: skip
STATEMENT = (
    "The designated team serves two commissioners. The nurse post is 0.2 WTE below what is required, and one post is "
    "vacant; cover is agreed with the neighbouring trust. The gap is on the risk register and is looked at every "
    "quarter."
)


def load(locality: Locality, people: People, *, on: date) -> None:
    """Posts of the commissioners and of every provider; a handful of statements, however many providers."""
    for key, commissioner in locality.commissioners.items():
        _ours(key, commissioner, people, on=on)
    _theirs(locality, people, on=on)
    nurse = people.get("nurse")
    for commissioner in locality.commissioners.values():
        _checked_signpost(commissioner, on=on)
        if nurse:
            CapacityStatement.objects.create(
                commissioner=commissioner, stated_on=on - timedelta(days=75), words=STATEMENT, stated_by=nurse
            )


def _ours(key: str, commissioner: Organisation, people: People, *, on: date) -> None:
    rules = rules_for([commissioner.pk], on=on).of(commissioner)
    posts: dict[str, Post] = {}
    for kind, (_, wte, hours, boss) in OURS.items():
        posts[kind] = Post.objects.create(
            organisation=commissioner, kind=kind, title=rules[kind].title, strand=rules[kind].strand, wte=Decimal(wte),
            hours=Decimal(hours) if hours else None, line_manager=posts.get(boss), public=rules[kind].public,
            starts_on=BEGAN,
        )  # fmt: skip
    desks = {row.name: row for row in Contact.objects.filter(organisation=commissioner)}
    for kind, post in posts.items():
        person = people.get(OURS[kind][0]) if OURS[kind][0] else None
        name = person.name if person else OTHERS.get(kind, "Dr Hugh Penrose")
        gone = on - timedelta(days=96) if VACANT_HERE.get(key) == kind else None
        PostHolder.objects.create(
            post=post, organisation=commissioner, name=name, user=person, contact=desks.get(name), ends_on=gone,
            starts_on=BEGAN + timedelta(days=400), verified_on=on - timedelta(days=50),
            verified_by=people.get("analyst"),
        )  # fmt: skip
    PostHolder.objects.create(
        post=posts[VACANT_HERE[key]], organisation=commissioner, part="cover", name="Dr Faith Okafor",
        starts_on=on - timedelta(days=80), ends_on=on + timedelta(days=60), verified_on=on - timedelta(days=80),
    )  # fmt: skip


def _checked_signpost(commissioner: Organisation, *, on: date) -> None:
    Signpost.objects.create(
        commissioner=commissioner, key="childline", name="Childline", telephone="0800 1111", position=4,
        purpose="You are a child or young person and want to talk to somebody", hours="Day and night",
        website="https://www.childline.org.uk/", valid_from=on - timedelta(days=100),
        verified_on=on - timedelta(days=9),
    )  # fmt: skip


def _theirs(locality: Locality, people: People, *, on: date) -> None:
    """What the rules ask of each provider; one in twelve is not known, one in nine of the others is vacant."""
    bodies = list(locality.providers.values())
    rules = rules_for([each.pk for each in bodies], on=on)
    chance = random.Random("posts")  # noqa: S311
    posts = [
        Post(
            organisation=body, kind=rule.kind, title=rule.title, strand=rule.strand, starts_on=BEGAN,
            wte=Decimal(chance.choice(("0.2", "0.4", "0.6", "0.8", "1.0"))),
        )
        for body in bodies
        for rule in rules.asked(body)
        if chance.random() > 1 / 12
    ]  # fmt: skip
    made = Post.objects.bulk_create(posts)
    desks = _desks(bodies)
    names = read("people")["contacts"]
    times = [time for post in made for time in _times(post, rules.of(post.organisation), desks, names, chance, on)]
    PostHolder.objects.bulk_create(times)
    left = locality.providers.get("ardengeneral")
    Contact.objects.filter(organisation=left, kind="executive").update(ended_on=on - timedelta(days=12))
    first = next((post for post in made if locality.providers.get("royal") == post.organisation), None)
    if first:
        Post.objects.filter(organisation=first.organisation).exclude(pk=first.pk).update(line_manager=first)


def _desks(bodies: list[Organisation]) -> dict[tuple[int, str], Contact]:
    found = Contact.objects.current().filter(organisation__in=[each.pk for each in bodies])
    return {(row.organisation_id, row.kind): row for row in found}


def _times(post: Post, rules: Any, desks: Any, names: Any, chance: random.Random, on: date) -> list[PostHolder]:
    """One person's time in the post, which may be over, and sometimes cover."""
    rule = rules[post.kind]
    desk = desks.get((post.organisation_id, rule.contact_kind)) if rule.contact_kind else None
    name = desk.name if desk else f"{chance.choice(names['first'])} {chance.choice(names['last'])}"
    began = on - timedelta(days=chance.randrange(300, 2500))
    checked = on - timedelta(days=chance.choice((12, 40, 90, 150, 150, 230, 400)))
    held = PostHolder(
        post=post, organisation_id=post.organisation_id, name=name, contact=desk, starts_on=began,
        verified_on=checked if chance.random() > 0.1 else None,
    )  # fmt: skip
    fate = chance.random()
    if fate < 1 / 9 and not desk:
        held.ends_on = on - timedelta(days=chance.randrange(5, 240))
    elif fate < 1 / 6:
        held.notice_on = on - timedelta(days=chance.randrange(3, 40))
        held.ends_on = on + timedelta(days=chance.randrange(10, 80))
        held.successor = f"{chance.choice(names['first'])} {chance.choice(names['last'])}" if fate < 0.14 else ""
    if fate > 0.06:
        return [held]
    cover = PostHolder(
        post=post, organisation_id=post.organisation_id, part="cover", name=f"Deputy to {name}"[:150],
        starts_on=on - timedelta(days=20), ends_on=on + timedelta(days=70),
    )  # fmt: skip
    return [held, cover]
