"""The chart of accountability, drawn and as a list, and the capacity of a commissioner with its statements."""

from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from design.charts import Branch, tree
from providers.accountability import chart_of
from providers.models import CapacityStatement, Post
from tests.factories.posts import PostFactory, PostHolderFactory, held_post
from tests.factories.providers import CategoryFactory, posted, provider_of


def test_a_picture_holds_every_box_once_and_says_the_same_in_words():
    chart = tree(
        [Branch("Director", ("Ann <b>",), (Branch("Nurse", ("Vacant",), missing=True), Branch("Doctor", ("Bo",))))],
        title="Lines", headers=("Box", "Who", "Under"),
    )  # fmt: skip
    assert chart.table.rows == (
        ("Director", "Ann <b>", ""), ("Nurse", "Vacant", "Director"), ("Doctor", "Bo", "Director"),
    )  # fmt: skip
    assert chart.description == "Director, Ann <b>; Nurse, Vacant, under Director; Doctor, Bo, under Director."
    assert ("Ann &lt;b&gt;" in chart.svg, "stroke-dasharray" in chart.svg) == (True, True)
    assert tree([], title="Nothing", headers=("a", "b", "c")).table.rows == ()


def test_the_chart_hangs_posts_on_those_they_answer_to_and_providers_below(places):
    today = timezone.localdate()
    boss = held_post(places.here, "Catherine Lowe", kind="executive_lead", title="Director of Nursing")
    nurse = PostFactory(
        organisation=places.here, kind="designated_nurse_children", title="Designated nurse", line_manager=boss.post
    )
    PostHolderFactory(post=nurse, name="Deputy", part="cover")
    acute = CategoryFactory(code="ACUTE")
    places.ours.category = acute
    places.ours.save()
    held_post(places.ours, "Asha Rowe")
    top = chart_of(places.here, on=today)[0]
    director = top.children[0]
    assert (director.label, director.said) == ("Director of Nursing", ["Catherine Lowe"])
    assert [(each.label, each.said, each.missing) for each in director.children] == [
        ("Designated nurse", ["Vacant", "covered by Deputy"], True)
    ]
    below = top.children[-1]
    mine = next(each for each in below.children if each.label == places.ours.name)
    assert "Asha Rowe, named nurse" in mine.said
    for n in range(3):
        provider_of(places.here, category=acute, name=f"Another {n}")
    many = chart_of(places.here, on=today)[0].children[-1]
    assert [each.label for each in many.children] == [acute.plural]


def test_the_page_draws_it_and_repeats_it_as_a_list(places, sign_in):
    held_post(places.here, "Catherine Lowe", kind="executive_lead", title="Director of Nursing")
    url = reverse("providers:accountability", args=[places.here.reference])
    text = sign_in(places.analyst).get(url).content.decode()
    assert (text.count("Director of Nursing") >= 2, "<svg" in text, "<li><strong>" in text) == (True, True, True)
    assert sign_in(places.lead).get(url).status_code == 404


def test_capacity_sets_required_established_and_held_side_by_side_and_statements_keep_their_figures(places, sign_in):
    nurse = held_post(places.here, kind="designated_nurse_children", title="Designated nurse", wte=Decimal("0.8"))
    client, url = sign_in(places.analyst), reverse("providers:capacity", args=[places.here.reference])
    page = client.get(url)
    row = next(each for each in page.context["rows"] if each.title == "Designated nurse")
    assert (row.required, row.established, row.held, row.short) == (Decimal(1), Decimal("0.8"), Decimal("0.8"),
                                                                    Decimal("0.2"))  # fmt: skip
    state = reverse("providers:capacity-state", args=[places.here.reference])
    assert client.post(state, posted(client.get(state), words=" ")).status_code == 422
    client.post(state, posted(client.get(state), words="There is enough"))
    Post.objects.filter(pk=nurse.post_id).update(wte=Decimal("0.2"))
    kept = CapacityStatement.objects.get()
    assert (kept.words, kept.stated_by) == ("There is enough", places.analyst)
    assert next(each for each in kept.figures if each["post"] == "Designated nurse")["held"] == "0.80"
    assert "There is enough" in client.get(url).content.decode()
    assert client.get(reverse("providers:capacity", args=[places.ours.reference])).status_code == 404
