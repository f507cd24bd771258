"""The program: runs a command and turns what ends it into an exit code."""

import gc
import os
import sys
import traceback

from bmad.errors import BmadError, Exit


def main() -> None:
    """Run `bmad` and exit with its code."""
    gc.disable()  # a command ends before cycles would matter; the collector is a tenth of a large run
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; the one place where all errors end."""
    from typer import Abort  # noqa: PLC0415 - the import is most of the start-up, and may be interrupted
    from typer.exceptions import TyperException  # noqa: PLC0415
    from typer.main import get_command  # noqa: PLC0415

    from bmad.cli import output  # noqa: PLC0415
    from bmad.cli.app import app  # noqa: PLC0415

    try:
        code = get_command(app).main(arguments, prog_name="bmad", standalone_mode=False)
        sys.stdout.flush()
    except BmadError as error:
        if output.LEVELS.debug:
            traceback.print_exc()
        output.error(str(error))
        return int(error.code)
    except TyperException as error:
        show = getattr(error, "show", None)
        if show is None:
            output.error(error.format_message())
        else:
            show()
        return int(Exit.USAGE)
    except (KeyboardInterrupt, Abort):
        output.error("interrupted")
        return int(Exit.INTERRUPTED)
    except BrokenPipeError:
        # The reader has gone (`bmad graph | head`); Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.OK)
    except Exception as error:  # noqa: BLE001 - the boundary: a fault of bmad itself is never a pass
        if output.LEVELS.debug:
            traceback.print_exc()
        else:
            output.error(f"a fault of its own: {type(error).__name__}: {error} (bmad --debug … shows where)")
        return int(Exit.ENVIRONMENT)
    return code if isinstance(code, int) else int(Exit.OK)


if __name__ == "__main__":
    main()
