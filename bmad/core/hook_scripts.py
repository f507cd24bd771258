"""The hooks themselves, as POSIX shell: what git runs before bmad is asked, or without it.

`prepare-commit-msg` needs no Python: the shell finds the story, and one awk puts the trailer where `core.trailers`
reads it in what git stores. No trailer configuration of git's has a say, since `git interpret-trailers` is not
called. `commit-msg` becomes Python.
"""

from collections.abc import Sequence

from bmad.core.hosts import KEYS

PREPARE = "prepare-commit-msg"
CHECK = "commit-msg"
HOOKS = (PREPARE, CHECK)
RECEIVE, EACH, PUSH = "pre-receive", "update", "pre-push"
"""Hooks that judge a push: of a server all of it or ref by ref, and of a client before it goes out."""

MARK = "# written by: bmad hooks install"
"""Stands in every hook of ours, and in none of others."""

FORMER = ".before-bmad"
"""A hook that was there first goes on under its name with this behind it, and runs before ours."""

TEMPLATE = "bmad/template"
"""Below git's folder: the message as a template has it, so that an untouched one is known again."""

_HEAD = f"""#!/bin/sh
{MARK}
if [ -x "$0{FORMER}" ]; then "$0{FORMER}" "$@" || exit $?; fi
"""

_PREPARE = r"""
# Fills in `Story: …` where the message names none: of the commit that is fixed up, else of the branch.
LC_ALL=C
export LC_ALL
file=$1
origin=${2-}
dir=${file%/*}
[ -f "$dir/HEAD" ] || dir=$(git rev-parse --git-dir) || exit 0
if [ -e "$dir/@TEMPLATE@" ]; then rm -f "$dir/@TEMPLATE@"; fi

branch=
for place in "$dir/HEAD" "$dir/rebase-merge/head-name" "$dir/rebase-apply/head-name"; do
  [ -r "$place" ] || continue
  read -r line <"$place" || :
  if [ -L "$place" ] || [ "$line" = 'ref: refs/heads/.invalid' ]; then line="ref: $(git symbolic-ref -q HEAD)"; fi
  case $line in
    'ref: refs/heads/'*) branch=${line#ref: refs/heads/} ;;
    refs/heads/*) branch=${line#refs/heads/} ;;
  esac
  [ -z "$branch" ] || break
done
fixed=
IFS= read -r line <"$file" || :
while :; do
  case $line in 'fixup! '* | 'squash! '* | 'amend! '*) line=${line#*! } fixed=$line ;; *) break ;; esac
done
[ -n "$branch$fixed" ] || exit 0

story= cleanup= single= words= verbose=no
wanted='^(branch[.].*[.]bmadstory|core[.]comment(char|string)|commit[.](cleanup|verbose))$'
settings=$(git config --get-regexp "$wanted")
while IFS= read -r line; do
  case $line in
    "branch.$branch.bmadstory "*) story=${line#"branch.$branch.bmadstory "} ;;
    'core.commentchar '*) single=${line#core.commentchar } words=${line#core.commentchar } ;;
    'core.commentstring '*) words=${line#core.commentstring } ;;
    'commit.cleanup '*) cleanup=${line#commit.cleanup } ;;
    'commit.verbose '[FfNn]* | 'commit.verbose '[Oo][Ff]* | 'commit.verbose 0' | 'commit.verbose ') verbose=no ;;
    'commit.verbose'*) verbose=yes ;;
  esac
done <<END
$settings
END
called= calling= name=
if [ -r "/proc/$PPID/comm" ]; then read -r name <"/proc/$PPID/comm" || :; fi
case $name in git*) calling=/proc/$PPID/cmdline ;; esac
if [ -r "$calling" ]; then IFS= read -r called <"$calling" || :; fi
case $called in # git's words without gaps; of a flag no hook is told
  *--cl*=strip* | *--cleanupstrip*) cleanup=strip ;;
  *--cl*=whitespace* | *--cleanupwhitespace*) cleanup=whitespace ;;
  *--cl*=verbatim* | *--cleanupverbatim*) cleanup=verbatim ;;
  *--cl*=scissors* | *--cleanupscissors*) cleanup=scissors ;;
  *--cl*=default* | *--cleanupdefault*) cleanup=default ;;
esac
unchecked= # whether commit-msg, which takes an untouched message back, will not run
case "$origin ${called-}" in ' '*--no-v* | ' '*-*n* | 'template '*--no-v* | 'template '*-*n*)
  unchecked=$(tr '\0' '\n' <"/proc/$PPID/cmdline" | while IFS= read -r word; do
    case $word in
      --) break ;;
      --no-ver | --no-veri | --no-verif | --no-verify) echo yes ;;
      --*) ;;
      -*) flags=${word#-}; case ${flags%%[!A-Za-z]*} in *[mFCctSu]*) flags=${flags%%[mFCctSu]*} ;; esac
        case $flags in *n*) echo yes ;; esac ;;
    esac
  done)
  ;;
esac
if [ -z "$story" ]; then
  case $branch in bmad/STORY-*) story=${branch#bmad/} ;; esac
fi
case $story in *[!A-Za-z0-9._-]*) story= ;; esac
if [ -n "$fixed" ]; then # by its title, as `git rebase --autosquash` does; several have to agree
  of_fixed=$(git log -n 1000 --format='%x01%s%n%B' 2>/dev/null | bmad_title=$fixed awk '
    function ended() {
      if (!is_it) return
      found = ""
      for (; parts > 1 && trails[parts] && found == ""; parts--) found = named[parts]
      if (seen++ && found != first) differs = 1
      first = found
    }
    substr($0, 1, 1) == "\001" {
      ended(); is_it = substr($0, 2) == ENVIRON["bmad_title"]; parts = 0; open = 0
      next
    }
    !is_it { next }
    /^[ \t\r]*$/ { open = 0; next }
    {
      if (!open) { parts++; trails[parts] = 1; named[parts] = "" }
      open = 1
      if ($0 !~ /^([A-Za-z0-9][A-Za-z0-9-]*[ \t]*:|[ \t])/) trails[parts] = 0
      text = $0; sub(/[ \t\r]*$/, "", text)
      if (text !~ /^[Ss][Tt][Oo][Rr][Yy][ \t]*:[ \t]*STORY-[A-Za-z0-9._-]+$/) next
      sub(/^[^:]*:[ \t]*/, "", text)
      named[parts] = named[parts] (named[parts] == "" ? "" : " ") text
    }
    END { ended(); if (!differs) print first }')
  story=${of_fixed:-$story}
fi
[ -n "$story" ] || exit 0
if [ "$words" != "$single" ]; then
  case $(git version) in # before 2.45 git has one character there
    *' 1.'* | *' 2.'[0-9].* | *' 2.'[123][0-9].* | *' 2.4'[0-4].*) words=$single ;;
  esac
fi
if [ "$origin" = template ]; then
  [ -d "$dir/bmad" ] || mkdir "$dir/bmad"
  cat "$file" >"$dir/@TEMPLATE@"
fi

bmad_file=$file bmad_story=$story bmad_origin=$origin bmad_cleanup=$cleanup bmad_mark=${words:-#} \
bmad_editor=${GIT_EDITOR-} bmad_unchecked=$unchecked bmad_verbose=$verbose bmad_calling=$calling \
bmad_hosts='@KEYS@' exec awk '
function last_of(to,    i) {
  for (i = to; i > 0; i--) if (line[i] !~ /^[ \t\r]*$/) return i
  return 0
}
function cuts(    words, word, flags, said) {  # whether git takes the scissors away, and all behind them
  if (edited && cleanup == "scissors") return 1
  said = ENVIRON["bmad_verbose"]
  if (ENVIRON["bmad_calling"] == "") return edited || said == "yes"
  words = "tr \"\\0\" \"\\n\" <" ENVIRON["bmad_calling"]
  while ((words | getline word) > 0 && word != "--") {
    if (word ~ /^--verb/ && index("--verbose", word) == 1) said = "yes"
    else if (word ~ /^--no-verb/ && index("--no-verbose", word) == 1) said = "no"
    else if (word ~ /^-[A-Za-z]/) { flags = word; sub(/[mFcCtSu].*/, "", flags); if (flags ~ /v/) said = "yes" }
  }
  return said == "yes"
}
function block(part,    i, text, key, open) {  # whether all its lines are trailers; sets named, hosts
  named = 0; hosts = 1; open = 0
  for (i = 1; i <= end; i++) {
    if (of[i] != part) continue
    text = line[i]; sub(/\r$/, "", text)
    if (text ~ /^[ \t]/) { if (!open) return 0; continue }
    if (text ~ /^[A-Za-z0-9][A-Za-z0-9-]*[ \t]*:/) {
      key = tolower(text); sub(/[ \t]*:.*/, "", key)
      if (key == "story") named = 1
      if (index(bmad_hosts, " " key " ") == 0) hosts = 0
      open = 1
    } else if (text !~ host_line) return 0
  }
  return 1
}
function rule(part,    i, text, lines) {
  for (i = 1; i <= end; i++) if (of[i] == part) { text = line[i]; lines++ }
  sub(/\r$/, "", text)
  return lines == 1 && text ~ /^----*$/
}
BEGIN {
  bmad_hosts = ENVIRON["bmad_hosts"]; story = ENVIRON["bmad_story"]; file = ENVIRON["bmad_file"]
  origin = ENVIRON["bmad_origin"]; mark = ENVIRON["bmad_mark"]; cleanup = ENVIRON["bmad_cleanup"]
  ref = "([A-Za-z0-9_.\\/-]*[#!][0-9]+|[A-Z][A-Z0-9]+-[0-9]+|https?:\\/\\/[^ ,]+)"
  verb = "([Cc]los(e|es|ed|ing)|[Ff]ix(es|ed|ing)?|[Rr]esolv(e|es|ed|ing)|[Rr]elate[sd] to|[Rr]everts)"
  host_line = "^([(](cherry[ -]picked|backported) from (commit [0-9a-f]+|https?:[^ ,]+)[)]|See merge request [^ ]+"
  host_line = host_line "|" verb ":? " ref "((,| and|, and) (" verb " )?" ref ")*[.]?"
  host_line = host_line "|Related work items: #[0-9]+(, #[0-9]+)*"
  host_line = host_line "|(Differential Revision|Pull Request( resolved)?|Approved by): https?:.*)$"
}
{ line[NR] = $0 }
END {
  # what git will cut away: the scissors and all behind them, and comments
  scissors = " ------------------------ >8 ------------------------"
  end = NR
  for (i = 1; i <= NR; i++) {
    if (mark == "auto" ? substr(line[i], 2) == scissors : line[i] == mark scissors) {
      if (mark == "auto") mark = substr(line[i], 1, 1)
      end = i - 1
      break
    }
  }
  final = last_of(end)
  hints = final > 1 && line[final] != "" && index(line[final - 1], line[final]) == 1  # the end of what git tells
  if (mark == "auto" && hints && length(line[final]) == 1 && index("#;@!$%^&|:", line[final])) mark = line[final]
  by_editor = ENVIRON["bmad_editor"] != ":"
  edited = by_editor || origin == "" || origin == "template" || (hints && line[final] == mark)
  if (mark == "auto") mark = edited ? "#" : ""
  if (end < NR && !cuts()) end = NR
  strip = cleanup == "strip" || (edited && (cleanup == "" || cleanup == "default"))

  count = split(story, ids, " "); trailer = ""; key = "Story: "
  if (strip && mark != "" && index(key, mark) == 1) key = "story: "  # else it would be a comment
  for (i = 1; i <= count; i++) trailer = trailer (i > 1 ? "\n" : "") key ids[i]

  parts = 0; open = 0
  for (i = 1; i <= end; i++) {
    if (strip && mark != "" && index(line[i], mark) == 1) continue
    if (line[i] ~ /^[ \t\r]*$/) { open = 0; continue }
    if (!open) parts++
    open = 1; of[i] = parts; tail[parts] = i
  }
  # nobody would take it back from a message that is left as it is: whoever writes one can take the sign away
  if (ENVIRON["bmad_unchecked"] != "" && by_editor && (!parts || origin == "template")) {
    if (!strip || mark == "") exit
    for (i = 1; i <= NR && index(line[i], mark) != 1; i++) print line[i] > file
    gsub(/\n/, "\n" mark " ", trailer)
    print mark " " trailer > file
    for (; i <= NR; i++) print line[i] > file
    exit
  }
  # nothing is written yet: the trailer waits below the line for the title
  if (!parts) {
    if (!by_editor || (origin != "" && origin != "template")) exit
    printf "\n\n%s\n", trailer > file
    for (i = 1; i <= NR; i++) print line[i] > file
    exit
  }
  joins = 0; counted = 0
  for (at = parts; at > 1 && block(at); at--) {
    if (named) exit
    counted = at
    if (!joins || !hosts) joins = at
    if (!hosts) break
    if (at > 2 && rule(at - 1)) at--
  }
  # a line that names another story is for commit-msg and the gate to tell
  for (i = 1; i <= end; i++) {
    if (!of[i] || tolower(line[i]) !~ /^[ \t>*+|-]*story[ \t]*:[ \t]*story-/) continue
    text = line[i]; sub(/^[^:]*:[ \t]*/, "", text); sub(/[ \t\r]*$/, "", text)
    if (index(" " story " ", " " text " ") == 0) exit
  }
  after = joins ? tail[joins] : tail[parts]
  for (i = 1; i <= NR; i++) {
    print line[i] > file
    if (i == after) printf "%s%s\n", (joins ? "" : "\n"), trailer > file
  }
}
' <"$file"
"""

_CHECK = r"""
# Asks what the gate will ask of this commit.
if [ -x @PROGRAM@ ]; then exec @COMMAND@ hooks run commit-msg "$@"; fi
if command -v bmad >/dev/null 2>&1; then exec bmad hooks run commit-msg "$@"; fi
echo 'bmad: neither @PLAIN@ nor a bmad on the PATH is there, so this commit was not checked, and is not made.' >&2
echo 'Install bmad again and run: bmad hooks install. Without it: git commit --no-verify, or remove this hook:' >&2
echo "  $0" >&2
exit 1
"""


_JUDGE = f"""#!/bin/sh
{MARK}
# Judges what is pushed before any ref moves.
if [ -x @PROGRAM@ ]; then exec @COMMAND@ hooks run @HOOK@ "$@"; fi
if command -v bmad >/dev/null 2>&1; then exec bmad hooks run @HOOK@ "$@"; fi
echo 'bmad: neither @PLAIN@ nor a bmad on the PATH is there, so nothing was judged, and nothing is taken.' >&2
exit 1
"""


def filling() -> str:
    """What `prepare-commit-msg` does, without the first line."""
    keys = " ".join(sorted(key.decode() for key in KEYS))
    return _PREPARE.replace("@TEMPLATE@", TEMPLATE).replace("@KEYS@", f" {keys} ")


def script(hook: str, command: Sequence[str]) -> str:
    """A hook's whole file; `command` starts bmad."""
    if hook == PREPARE:
        return _HEAD + filling()
    quoted = [_quoted(word) for word in command]
    plain = command[0].replace("'", "'\\''")
    text = _JUDGE.replace("@HOOK@", hook) if hook in (RECEIVE, EACH, PUSH) else _HEAD + _CHECK
    check = text.replace("@PROGRAM@", quoted[0]).replace("@COMMAND@", " ".join(quoted))
    return check.replace("@PLAIN@", plain)


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"
