"""The codes of the gate in words: what each refuses, as `docs/gate.md` has it, and the way out."""

from bmad.model.findings import Severity
from bmad.model.rulebook import Described


def _code(code: str, name: str, refuses: str, mend: str) -> Described:
    return Described(code, name, refuses, Severity.ERROR, mend)


CODES: tuple[Described, ...] = (
    _code(
        "G01",
        "Code without a story",
        "code without a story",
        "Name the story in the last paragraph of the message, `Story: STORY-…`; `bmad start STORY` and the "
        "hooks of `bmad hooks install` write it.",
    ),
    _code(
        "G02",
        "No such story",
        "a story that neither the base nor the result holds, or that is retired",
        "Write the id as the story's file has it, in full: `bmad status` lists them.",
    ),
    _code(
        "G03",
        "Broken chain",
        "a chain to the intent that is broken, cyclic or suspect, or ends in words that are gone",
        "Mend what `bmad validate` finds; where new words hold for what is below, `bmad confirm ID --why REASON`.",
    ),
    _code(
        "G04",
        "Out of territory",
        "a path outside the story's territory, or covered only by a widening in the same change",
        "Widen the territory in a change that lands first, or name the story that the path belongs to.",
    ),
    _code(
        "G05",
        "Merge with work of its own",
        "a merge with content of its own that no story covers, or of more than two parents",
        "Merge again without edits of your own, and commit these for a story.",
    ),
    _code(
        "G06",
        "Governed path",
        "a governed path changed together with others or without a reason, or a look-alike of one",
        "Change governed files in a commit of their own with a trailer `Policy: REASON`; `bmad gate --explain` "
        "lists them.",
    ),
    _code(
        "G07",
        "Exemption not granted",
        "an exemption that the base does not grant",
        "Name a story, or land the exemption in `gate.exempt` first.",
    ),
    _code(
        "G08",
        "Not reviewed",
        "work without a converged review, with a reviewer that is the developer, or whose record contradicts "
        "itself or the base's policy",
        "Have it reviewed and recorded: `bmad act STORY`, or `bmad submit` for your own work.",
    ),
    _code(
        "G09",
        "No evidence",
        "at `verified`, a criterion for which no record states evidence, or truth (`oracle`) that an agent wrote",
        "Name the criterion in a test that fails without the work, then run `bmad submit` again; `bmad verify "
        "--junit FILE` says what ran.",
    ),
    _code(
        "G10",
        "Not attested",
        "under `attest: signed`: a record, or a commit that changes the specification, without a signature of "
        "one of the base's `gate.signers`",
        "Set `user.signingKey` to a key of one of `gate.signers`, and record or commit it again.",
    ),
    _code(
        "G11",
        "Landed story",
        "at `reviewed`, work under a story that has landed (until `bmad reopen ID --why` stands in the base), or "
        "that was done elsewhere",
        "Take it up again with `bmad reopen ID --why REASON`, or take `Done elsewhere` out of its file, and "
        "land that first; or name a new story.",
    ),
    _code(
        "G12",
        "Cannot be judged",
        "what cannot be judged (shallow clone, missing objects, NUL in a message, …): exit 3, never a pass",
        "Fetch the whole history (`fetch-depth: 0`, `git fetch --unshallow`), or write again what cannot be read.",
    ),
    _code(
        "G13",
        "Invalid specification",
        "a specification that is invalid in the result, or an intent that moves where it may not",
        "Mend what `bmad validate` finds; move an intent by `git mv` to where nothing is, then `bmad map NEW`.",
    ),
    _code(
        "G14",
        "Bad record",
        "a record that is altered, removed, copied to another story, not next in turn, or does not match",
        "Take the record as bmad wrote it, or have it made again: `bmad submit`.",
    ),
    _code(
        "G15",
        "Unexplained change",
        "a net change that nothing explains, a commit that claims for one story what was reviewed as another's, "
        "or a base and head that do not merge",
        "Update the branch, then run `bmad submit`: it verifies again and keeps the review where it still holds.",
    ),
)
