"""What a content security policy names a script or style of a page by."""

from base64 import b64encode
from hashlib import sha256


def source(text: str) -> str:
    """The hash of an inline script or style, as CSP level 2 has it; without the quotes around it."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
