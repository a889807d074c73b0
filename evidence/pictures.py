"""Draws an uploaded picture anew, so that only what can be seen is kept. Knows no Django.

Run as a script in a process of its own: ``python -I pictures.py FILE``. It limits its own memory and time, reads the
file only, and writes the new PNG or JPEG to its output. Where and when a picture was taken, with what, by whom, its
small preview, comments, colour profiles and further frames are left out; a picture that was held sideways is turned.
Exit codes: 0 drawn, 3 the picture cannot be read, 4 too many points. The words for people are in ``refusals.py``.
"""

import io
import resource
import sys

from PIL import Image, ImageOps, JpegImagePlugin, UnidentifiedImageError

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 20
MAX_PIXELS = 40_000_000
DAMAGED, TOO_MANY = 3, 4
# For a picture whose own way of packing cannot be used again.
QUALITY = 88

# How large a picture is, is decided below.
Image.MAX_IMAGE_PIXELS = None


class TooManyPixels(Exception):
    """The picture is larger than the portal takes."""


def drawn_anew(path: str) -> bytes:
    """The picture without anything hidden, in the format that it has; OSError and the like when it cannot be read."""
    with Image.open(path, formats=("PNG", "JPEG")) as image:
        if image.width * image.height > MAX_PIXELS:
            raise TooManyPixels
        how = _packed_like(image) if isinstance(image, JpegImagePlugin.JpegImageFile) else {}
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        seen_through = image.info.get("transparency")
        image.info = {}
        if not how:
            return _saved(image, "PNG", **({} if seen_through is None else {"transparency": seen_through}))
        if image.mode not in ("L", "RGB"):
            return _saved(image.convert("RGB"), "JPEG", quality=QUALITY)
        return _saved(image, "JPEG", **how)


def _packed_like(image: JpegImagePlugin.JpegImageFile) -> dict[str, object]:
    """Packed as finely as it was, so that it loses as little as can be and does not grow."""
    sampling = JpegImagePlugin.get_sampling(image)
    return {"qtables": image.quantization, **({"subsampling": sampling} if sampling >= 0 else {})}


def _saved(image: Image.Image, kind: str, **how: object) -> bytes:
    target = io.BytesIO()
    try:
        image.save(target, kind, **how)
    except (ValueError, TypeError):
        target = io.BytesIO()
        image.save(target, kind)
    return target.getvalue()


def main(path: str) -> int:
    """Limit this process, draw the picture anew, write it out."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        content = drawn_anew(path)
    except TooManyPixels:
        return TOO_MANY
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError, IndexError, EOFError):
        return DAMAGED
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
