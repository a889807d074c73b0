"""Posts: the list of all, those of one organisation, and what is done with one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.capabilities import Can
from accounts.door import door
from design.pages import page
from providers.forms.posts import ClosePostForm, CoverForm, FillForm, LeaveForm, PostForm
from providers.models import Organisation, Post, PostHolder
from providers.post_book import held_together, lines_of
from providers.post_list import PostFilter
from providers.public_contacts import address_of
from providers.saving import answer, saved
from providers.views import reader

FORM = "providers/post_form.html"
PAGE_SIZE = 50


def to_posts(organisation: Organisation) -> HttpResponse:
    """The posts of the organisation."""
    return redirect("providers:post-book", reference=organisation.reference)


@door(Can.SEE_PROVIDERS, methods=("GET",))
def post_list(request: HttpRequest) -> HttpResponse:
    """Posts of every organisation that the person sees: those that want attention first."""
    on = timezone.localdate()
    filters = PostFilter(request.GET, user=reader(request), on=on)
    lines = filters.lines(Organisation.objects.permitted(reader(request), Can.SEE_PROVIDERS, on=on))
    shown = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    return page(request, "providers/post_list.html", filters=filters, page=shown, on=on)


@door(Can.SEE_PROVIDERS, of=Organisation, methods=("GET",))
def post_book(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Every post that the organisation has or must have, and who is in it."""
    on = timezone.localdate()
    mine = Organisation.objects.permitted(reader(request), Can.SEE_PROVIDERS, on=on).select_related("category")
    this = mine.with_rights(reader(request), Can.EDIT_CONTACTS, on=on).get(pk=organisation.pk)
    lines = lines_of([this], on=on)
    closed = this.posts.filter(ends_on__lte=on).order_by("-ends_on")
    public_url = address_of(this) if this.kind == Organisation.Kind.COMMISSIONER else ""
    context = {"together": held_together(lines), "closed": closed, "public_url": public_url}
    return page(request, "providers/post_book.html", about=this, lines=lines, **context)


@door(Can.EDIT_CONTACTS, of=Organisation)
def post_add(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Another post; then who holds it."""
    on = timezone.localdate()
    post = Post(organisation=organisation, kind=request.GET.get("kind", "")[:40])
    form = PostForm(request.POST or None, instance=post, on=on, initial={"starts_on": on})
    if saved(form, form.save):
        messages.success(request, "Post added. Who holds it?")
        return redirect("providers:post-fill", reference=form.instance.reference)
    return answer(request, FORM, form, about=organisation, heading="Add a post")


@door(Can.EDIT_CONTACTS, of=Post)
def post_edit(request: HttpRequest, post: Post) -> HttpResponse:
    """Change the post itself."""
    form = PostForm(request.POST or None, instance=post, on=timezone.localdate())
    if saved(form, form.save):
        messages.success(request, "Post saved")
        return to_posts(post.organisation)
    return answer(request, FORM, form, about=post.organisation, heading="Change the post")


@door(Can.EDIT_CONTACTS, of=Post)
def post_fill(request: HttpRequest, post: Post) -> HttpResponse:
    """Somebody takes the post; whoever holds it now leaves it the day before."""
    form = FillForm(request.POST or None, instance=post, on=timezone.localdate(), by=reader(request))
    if saved(form, form.save):
        messages.success(request, f"{form.cleaned_data['name']} is recorded in the post")
        return to_posts(post.organisation)
    return answer(request, FORM, form, about=post.organisation, post=post, heading=f"Who holds the post: {post}")


@door(Can.EDIT_CONTACTS, of=Post)
def post_cover(request: HttpRequest, post: Post) -> HttpResponse:
    """Somebody covers it for a time."""
    on = timezone.localdate()
    form = CoverForm(request.POST or None, instance=post, initial={"starts_on": on}, on=on)
    if saved(form, lambda: form.save(by=reader(request), on=on)):
        messages.success(request, "Cover recorded")
        return to_posts(post.organisation)
    return answer(request, FORM, form, about=post.organisation, post=post, heading=f"Cover for {post}")


@door(Can.EDIT_CONTACTS, of=Post)
def post_close(request: HttpRequest, post: Post) -> HttpResponse:
    """There is no such post any more."""
    form = ClosePostForm(request.POST or None, instance=post)
    if saved(form, form.save):
        messages.success(request, "The post has a last day")
        return to_posts(post.organisation)
    return answer(request, FORM, form, about=post.organisation, post=post, heading=f"Close the post: {post}")


@door(Can.EDIT_CONTACTS, of=PostHolder)
def holder_leave(request: HttpRequest, holder: PostHolder) -> HttpResponse:
    """Notice, last day, and who comes next."""
    form = LeaveForm(request.POST or None, instance=holder)
    if saved(form, lambda: form.save(on=timezone.localdate())):
        messages.success(request, f"Kept: {holder} in {holder.post}")
        return to_posts(holder.organisation)
    covers = holder.part == PostHolder.Part.COVER
    heading = f"{holder} no longer covers {holder.post}" if covers else f"{holder} leaves {holder.post}"
    return answer(request, FORM, form, about=holder.organisation, post=holder.post, heading=heading)


@door(Can.EDIT_CONTACTS, of=PostHolder, methods=("POST",))
def holder_verify(request: HttpRequest, holder: PostHolder) -> HttpResponse:
    """Still right, today."""
    version = request.POST.get("version", "")
    expected = int(version) if version.isascii() and version.isdigit() else 0
    holder.verify(by=reader(request), on=timezone.localdate(), expected=expected)
    messages.success(request, f"{holder} still holds the post {holder.post}: checked today")
    return to_posts(holder.organisation)
