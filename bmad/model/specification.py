"""The whole specification at one moment, as it was read."""

from bmad.model.base import Value
from bmad.model.lock import Lock
from bmad.model.spec import Document


class Spec(Value):
    """All documents, the intent's text (None where the file is not there) and the lock."""

    documents: tuple[Document, ...]
    intent_path: str
    intent: str | None
    lock: Lock
