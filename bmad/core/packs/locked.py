"""The versions that a project is bound to, out of its lock files and manifests."""

import re

from bmad.core.manifests.known import entries, is_lock, is_manifest, language

_ALIASES = {
    "yaml": "pyyaml",
    "pil": "pillow",
    "cv2": "opencv-python",
    "sklearn": "scikit-learn",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "jwt": "pyjwt",
    "git": "gitpython",
    "attr": "attrs",
    "google": "protobuf",
    "markdown-it": "markdown-it-py",
    "crypto": "pycryptodome",
    "serial": "pyserial",
    "usb": "pyusb",
    "zmq": "pyzmq",
}
"""A module's name -> that of what it comes in, where these differ."""


def tells(path: str) -> bool:
    """Whether a file, in whatever folder, may say versions."""
    return is_lock(path) or is_manifest(path)


def versions(path: str, text: str) -> dict[str, str]:
    """Library, or language -> version, or what is asked of it; empty where the file cannot be read."""
    own = language(path, text)
    found = {key(name): version for name, version in entries(path, text) if version}
    return ({own[0]: own[1]} if own else {}) | found


def key(name: str) -> str:
    """The name that a library is known by, from what an import calls it."""
    folded = re.sub(r"[-_.]+", "-", name.lower()) if "/" not in name else name.lower()
    return _ALIASES.get(folded, folded)


def order(path: str) -> tuple[int, bool, str]:
    """Deep ones before those of the root, manifests before locks: the last word counts."""
    return -path.count("/"), is_lock(path), path
