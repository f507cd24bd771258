"""For instance in `~/.bashrc`: `source <(bmad completion bash)`. Commands, options, ids with their titles, files.

zsh: `source <(bmad completion zsh)` behind `compinit` in `~/.zshrc`; fish: `bmad completion fish | source` in
`~/.config/fish/config.fish`.
"""

from enum import StrEnum
from typing import Annotated

import typer

from bmad.cli import output
from bmad.errors import Exit


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def run(shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="The shell that is to complete.")]) -> int:
    output.result(_SCRIPTS[shell])
    return Exit.OK


# Each calls `bmad completion words AT WORD...`, whose first line says whether files come into question, too.
_SCRIPTS = {
    Shell.BASH: r"""# Completion of bmad for bash 4 and newer.
_bmad() {
    local found line value
    COMPREPLY=()
    mapfile -t found < <("$1" completion words "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null)
    [[ ${found[0]-} == files ]] && compopt -o default -o bashdefault 2>/dev/null
    for line in "${found[@]:1}"; do
        value=${line%%$'\t'*}
        if [[ ${COMP_TYPE-} == 63 && ${#found[@]} -gt 2 && $line == *$'\t'?* ]]; then
            COMPREPLY+=("$value  (${line#*$'\t'})")
        else
            COMPREPLY+=("$value")
        fi
    done
}
complete -F _bmad bmad
""",
    Shell.ZSH: r"""#compdef bmad
# Completion of bmad for zsh.
_bmad() {
    local -a found values
    local line
    found=("${(@f)$(${~${(Q)words[1]}} completion words $((CURRENT - 1)) "${(@Q)words}" 2>/dev/null)}")
    for line in "${(@)found[2,-1]}"; do
        values+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    (( ${#values} )) && _describe -V bmad values
    [[ ${found[1]} == files ]] && _files
}
if [[ $funcstack[1] == _bmad ]]; then _bmad "$@"; else compdef _bmad bmad; fi
""",
    Shell.FISH: r"""# Completion of bmad for fish.
function __bmad_words
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] completion words (math (count $words) - 1) $words 2>/dev/null)
    test (count $found) -gt 1; and printf '%s\n' $found[2..-1]
    test "$found[1]" = files; and __fish_complete_path (commandline -ct)
end
complete --command bmad --no-files --arguments '(__bmad_words)'
""",
}
