"""What each kind of event of a story's life carries."""

from bmad.model import act
from bmad.model.act import Event

CONTENT: dict[Event, type[act.Content]] = {
    Event.STARTED: act.Started,
    Event.CREATED: act.Created,
    Event.UNCLEAR: act.Unclear,
    Event.RESEARCHED: act.Researched,
    Event.SPLIT_PROPOSED: act.SplitProposed,
    Event.WIDENING_PROPOSED: act.WideningProposed,
    Event.SPLIT: act.Split,
    Event.TESTED: act.Tested,
    Event.DEVELOPED: act.Developed,
    Event.PASSED: act.Verified,
    Event.CHECKS_FAILED: act.Verified,
    Event.REVIEWED: act.Reviewed,
    Event.TRIAGED: act.Triaged,
    Event.FIXED: act.Fixed,
    Event.RULED: act.Ruled,
    Event.EXTENDED: act.Extended,
    Event.AGAIN: act.Again,
    Event.ACCEPTED: act.AcceptedBy,
    Event.REJECTED: act.Rejected,
    Event.MOVED: act.Moved,
    Event.UNPROVEN: act.Unproven,
    Event.CONFLICTED: act.Conflicted,
    Event.WAITS: act.Waits,
    Event.LANDED: act.Landed,
    Event.RESPECIFIED: act.Respecified,
    Event.FAILED: act.Failed,
    Event.OUT_OF_BUDGET: act.OutOfBudget,
    Event.RESUMED: act.Resumed,
    Event.CANCELLED: act.Cancelled,
    Event.PAID: act.Paid,
}
