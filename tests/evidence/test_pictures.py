"""Pictures are kept as what can be seen: nothing of where, when, with what and by whom."""

import hashlib
import io
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageCms, PngImagePlugin

from accounts.capabilities import Role
from evidence.intake import REDRAWING, NotAccepted
from evidence.models import EvidenceItem, EvidenceVersion
from evidence.storage import path_of
from providers.models import Arrangement
from tests.factories.accounts import someone
from tests.factories.evidence import a_file, jpeg_header, pdf, picture, png, png_header, upload
from tests.factories.providers import CommissionerFactory, provider_of

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
SECRETS = (b"CameraMaker", b"Rea Der", b"hidden words", b"Exif", b"eXIf", b"iTXt", b"tEXt", b"zTXt", b"iCCP", b"ICC_")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(orientation: int = 1) -> Image.Exif:
    """Who made it with what, where it was, and how the camera was held."""
    found = Image.Exif()
    found[0x0112], found[0x010F], found[0x013B] = orientation, "CameraMaker", "Rea Der"
    found.get_ifd(0x8825).update({1: "N", 2: (53.0, 57.0, 0.0), 3: "W", 4: (1.0, 4.0, 0.0)})
    return found


def taken(orientation: int = 1) -> bytes:
    """A photograph as a telephone takes it."""
    return picture("JPEG", 40, 20, exif=exif(orientation), comment=b"hidden words", icc_profile=PROFILE, quality=95)


def drawn() -> bytes:
    """A drawing as a program saves it."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Rea Der")
    words.add_itxt("Comment", "hidden words", zip=False)
    words.add_text("Software", "CameraMaker", zip=True)
    return picture("PNG", 40, 20, exif=exif(), pnginfo=words, icc_profile=PROFILE)


def kept(version: EvidenceVersion) -> bytes:
    return path_of(version.storage_name).read_bytes()


def seen(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize(("content", "name"), [(taken(), "visit.jpg"), (drawn(), "board.png")])
def test_nothing_hidden_is_kept_and_the_hash_is_of_what_is_kept(content: bytes, name: str, stored: Any) -> None:
    assert sum(secret in content for secret in SECRETS) >= 3
    version = a_file(content, name)
    stays = kept(version)
    assert [secret for secret in SECRETS if secret in stays] == []
    assert (dict(seen(stays).getexif()), seen(stays).info.get("icc_profile")) == ({}, None)
    assert (version.sha256, version.size) == (hashlib.sha256(stays).hexdigest(), len(stays))
    assert (version.redrawn, seen(stays).size, len(stored())) == (True, (40, 20), 1)


def test_a_picture_that_was_held_sideways_is_turned_before_that_is_forgotten() -> None:
    image = seen(kept(a_file(taken(orientation=6), "visit.jpg")))
    assert image.size == (20, 40)
    assert [min(image.getpixel((10, y))) > 200 for y in (2, 37)] == [True, False]


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG")],
)
def test_pictures_of_every_kind_are_drawn_anew(mode: str, kind: str) -> None:
    content = io.BytesIO()
    Image.open(io.BytesIO(picture("PNG", 40, 20, "RGB"))).convert(mode).save(content, kind)
    image = seen(kept(a_file(content.getvalue(), f"a.{kind.lower()}"))).convert("L")
    assert image.size == (40, 20)
    assert (image.getpixel((5, 5)) > 200, image.getpixel((35, 5)) < 50) == (True, True)


def test_what_can_be_seen_through_stays_so() -> None:
    content = picture("PNG", 4, 4, "RGB", transparency=(255, 255, 255))
    image = seen(kept(a_file(content, "logo.png"))).convert("RGBA")
    assert [image.getpixel((x, 0))[3] for x in (0, 3)] == [0, 255]


def test_the_same_photograph_again_is_known_again() -> None:
    first = a_file(taken(), "visit.jpg")
    again = a_file(taken(), "again.jpg", commissioner=first.commissioner, organisation=first.organisation)
    assert (again.pk, again.already_held) == (first.pk, True)


def no_picture_inside() -> bytes:
    data = b"IDAT" + zlib.compress(b"too short")
    return png_header(40, 40) + (len(data) - 4).to_bytes(4, "big") + data + zlib.crc32(data).to_bytes(4, "big")


BAD = {
    "cut off": (taken()[:-200], "visit.jpg", "it says it is a JPEG picture but cannot be read"),
    "empty inside": (no_picture_inside(), "board.png", "it says it is a PNG picture but cannot be read"),
    "header only": (jpeg_header(40, 40), "visit.jpg", "it says it is a JPEG picture but cannot be read"),
    "too many points": (png_header(6_400, 6_400), "board.png", "more than 40 million points"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_picture_that_cannot_be_read_is_refused_beside_its_box(sign_in: SignIn, name: str, stored: Any) -> None:
    content, file_name, words = BAD[name]
    lead = someone(Role.PROVIDER_LEAD, provider_of(CommissionerFactory()))
    contract = Arrangement.objects.get(organisation__memberships__user=lead).reference
    sent = {"whose": contract, "title": "What I typed", "file": upload(file_name, content)}
    response = sign_in(lead).post("/evidence/add/file/", sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert 'href="#id_file"' in text
    assert 'value="What I typed"' in text
    assert (EvidenceItem.objects.count(), stored()) == (0, [])


def test_a_picture_that_grew_beyond_the_limit_is_refused(settings: Any, stored: Any) -> None:
    packed = picture("JPEG", 400, 400, quality=1, optimize=True)
    settings.EVIDENCE_MAX_BYTES = len(packed)
    with pytest.raises(NotAccepted, match="the picture takes more than"):
        a_file(packed, "visit.jpg")
    assert stored() == []
    settings.EVIDENCE_MAX_BYTES = 10 * len(packed)
    assert a_file(packed, "visit.jpg").redrawn


def test_the_page_says_that_a_picture_was_drawn_anew_and_of_a_document_nothing(sign_in: SignIn) -> None:
    version = a_file(png(), "board.png")
    document = a_file(pdf(), commissioner=version.commissioner, organisation=version.organisation)
    client = sign_in(someone(Role.PROVIDER_LEAD, version.organisation))
    pages = [client.get(f"/evidence/{each.item.reference}/").content.decode() for each in (version, document)]
    assert ["Saved without its hidden details" in page for page in pages] == [True, False]


@pytest.mark.slow
def test_forty_million_points_fit_into_the_childs_limits_and_the_child_limits_itself(tmp_path: Any) -> None:
    path = tmp_path / "large.jpg"
    path.write_bytes(picture("JPEG", 7_300, 5_475, exif=exif(6)))
    probe = (
        "import runpy, resource, sys;"
        f"code = runpy.run_path({str(REDRAWING)!r})['main']({str(path)!r});"
        "limits = [resource.getrlimit(r)[0] for r in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)];"
        "print(code, limits, any(m.startswith('django') for m in sys.modules), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-I", "-c", probe], check=True, capture_output=True, env={})
    assert run.stderr.decode() == "0 [536870912, 20, 0] False\n"
    assert seen(run.stdout).size == (5_475, 7_300)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 0
