"""From what a code host puts into the environment of a job to what is to be judged. Pure: the event is given.

Names of branches are whatever somebody pushed, so they are looked up as full refs alone; ids are ids or nothing.
"""

import re
from collections.abc import Mapping
from typing import Any

from bmad.errors import UsageError
from bmad.model.ci import Asked, Host

_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_HEADS, _TAGS = "refs/heads/", "refs/tags/"
_UNKNOWN = (
    "This is no CI that bmad knows (GITHUB_ACTIONS, GITLAB_CI). Name the range yourself: "
    "bmad gate --base REV --head REV, or bmad gate --since REV."
)
_OF_REQUESTS = ("pull_request", "pull_request_review", "pull_request_review_comment")
"""The events that are of a request, whatever about it they tell."""
_TARGET = (
    "pull_request_target runs with the rights of the repository on what a fork has written. "
    "Run bmad on pull_request, which needs no rights at all."
)
_NO_BRANCH = (
    "The event is of `{}`, which is no branch and no tag, so nothing tells what is to be judged. "
    "Run bmad on push, pull_request and merge_group."
)


def host_of(environ: Mapping[str, str], event: Mapping[str, Any]) -> Host:
    """What the environment of a job, and its event where the host writes one, say.

    Raises: UsageError where no host is known by it, or it has no place for the gate.
    """
    if environ.get("GITHUB_ACTIONS") == "true":
        return Host("github", _github(environ, event), environ.get("GITHUB_STEP_SUMMARY", ""))
    if environ.get("GITLAB_CI") == "true":
        return Host("gitlab", _gitlab(environ))
    raise UsageError(_UNKNOWN)


def _github(environ: Mapping[str, str], event: Mapping[str, Any]) -> Asked:
    name = environ.get("GITHUB_EVENT_NAME", "")
    default = _text(event, "repository", "default_branch")
    if name == "pull_request_target":
        raise UsageError(_TARGET)
    if name in _OF_REQUESTS:
        return Asked(
            "request",
            target=_text(event, "pull_request", "base", "ref"),
            default=default,
            head=_id(_text(event, "pull_request", "head", "sha"), "pull_request.head.sha"),
            fork=_text(event, "pull_request", "head", "repo", "full_name")
            != _text(event, "repository", "full_name"),
        )
    if name == "merge_group":
        return Asked(
            "queue",
            target=_text(event, "merge_group", "base_ref").removeprefix(_HEADS),
            default=default,
            base=_id(_text(event, "merge_group", "base_sha"), "merge_group.base_sha"),
            head=_id(_text(event, "merge_group", "head_sha"), "merge_group.head_sha"),
        )
    if name == "push":
        if event.get("deleted") is True:
            return Asked("nothing", why="a branch or tag was deleted")
        return _pushed(_text(event, "ref"), default, _text(event, "before"), _text(event, "after"))
    head = _id(environ.get("GITHUB_SHA", ""), "GITHUB_SHA")
    return _pushed(environ.get("GITHUB_REF", ""), default, "", head)


def _gitlab(environ: Mapping[str, str]) -> Asked:
    default = environ.get("CI_DEFAULT_BRANCH", "")
    head = environ.get("CI_COMMIT_SHA", "")
    if environ.get("CI_PIPELINE_SOURCE") != "merge_request_event":
        tag = environ.get("CI_COMMIT_TAG")
        ref = f"{_TAGS}{tag}" if tag else f"{_HEADS}{environ.get('CI_COMMIT_BRANCH', '')}"
        return _pushed(ref, default, environ.get("CI_COMMIT_BEFORE_SHA", ""), head)
    target = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
    fork = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID") != environ.get("CI_MERGE_REQUEST_PROJECT_ID")
    base = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "")
    if environ.get("CI_MERGE_REQUEST_EVENT_TYPE") == "merge_train" and _ID.fullmatch(base):
        return Asked("queue", target, default, base, _id(head, "CI_COMMIT_SHA"), fork=fork)
    own = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "") or head
    return Asked("request", target, default, head=_id(own, "CI_COMMIT_SHA"), fork=fork)


def _pushed(ref: str, default: str, before: str, after: str) -> Asked:
    if ref.startswith(_TAGS):
        return Asked("nothing", why="a tag is no change")
    if not ref.startswith(_HEADS):
        raise UsageError(_NO_BRANCH.format(ref[:80]))
    old = before if _ID.fullmatch(before) and before.strip("0") else ""
    head = _id(after, "the new tip")
    return Asked("push", ref.removeprefix(_HEADS), default, head=head, before=old)


def _text(event: Mapping[str, Any], *keys: str) -> str:
    """A text of the event; empty where it has none there."""
    found: Any = event
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def _id(text: str, what: str) -> str:
    if not _ID.fullmatch(text):
        raise UsageError(f"The event names no commit as {what}. Is this the event that the host wrote?")
    return text
