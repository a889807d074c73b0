"""A QR code as inline SVG."""

import qrcode
from django.template.loader import render_to_string


def qr_code(text: str) -> str:
    """Black squares on white with the quiet border that cameras need; its title is for people who cannot see it."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    squares = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(squares) for x, dark in enumerate(row) if dark)
    return render_to_string("accounts/qr.svg", {"size": len(squares), "path": path})
