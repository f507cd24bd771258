"""What a change is tried in: brought up by a command, kept while others work, and ended whatever became of it.

What the command has begun carries the lease of a lock of its own, so that no agent's end is its end, and so that
it is found and ended where the runner was killed.
"""

import os
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bmad import platforms
from bmad.agents import calls, environment, lease, packages, processes, redacting
from bmad.agents.calls import Place
from bmad.agents.private import private_folder
from bmad.model.agents import Environment, Fault, Ran
from bmad.model.settings import ProbeSettings

_LOOPBACK = "127.0.0.1"
_PAUSE = 0.2
_TRY = 30.0
"""Seconds of one try of `ready`."""


class _Begun(NamedTuple):
    """The program of `up`, the descriptor of its log, and the path of the lock that it works under."""

    program: processes.Program
    log: int
    under: str


class Environments:
    """Those that this process has brought up, each by the path of its lock."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._standing: dict[str, ExitStack] = {}
        """The path of its lock -> what ends it."""

    def up(self, settings: ProbeSettings, one: Environment, hold: int, beside: int) -> Ran:
        """Bring it up under the lock `hold`; `ready` runs under the lock `beside`, since its end must end nothing.

        Where it does not come up, nothing of it is left. Raises: KeyboardInterrupt where an end is asked for.
        """
        begun = time.monotonic()
        with ExitStack() as kept:
            try:
                program = self._begun(settings, one, hold, kept)
            except OSError as error:
                why = f"it has no folder or log: {error.strerror or error}"
                return Ran(None, Fault.ENVIRONMENT, why, "", 0.0)
            with processes.signals_noted(self._place.stop) as asked:
                child = processes.start(program.program, program.log)
                if isinstance(child, processes.End):
                    return Ran(None, child.fault, f"it {child.words}", "", child.seconds)
                self._keep(child, program.under, kept)
                why = self._waited(child, settings, one, beside, asked)
            seconds = round(time.monotonic() - begun, 3)
            if why:
                return Ran(child.returncode, Fault.ENVIRONMENT, why, processes.tail(one.log), seconds)
            self._standing[program.under] = kept.pop_all()
            return Ran(None, None, "", "", seconds)

    def _begun(self, settings: ProbeSettings, one: Environment, hold: int, kept: ExitStack) -> _Begun:
        """The program of `up`, with its folder and its log. Raises: OSError."""
        under = platforms.path_of(hold)
        private = kept.enter_context(private_folder(under))
        program = self._program(settings, one, settings.up or (), hold, private)
        log = processes.open_log(one.log)
        kept.callback(os.close, log)
        kept.callback(processes.tidy, log, redacting.secrets(program.environ))
        return _Begun(program, log, under)

    def _keep(self, child: processes.Child, under: str, kept: ExitStack) -> None:
        """See that nobody else's end is the end of what was begun, and that it ends with `kept`."""
        kept.callback(self._end, child, under)
        kept.enter_context(self._place.strays.keeping(lambda: lease.carriers(under, None)))

    def down(self, settings: ProbeSettings, one: Environment, hold: int, beside: int) -> Ran:
        """Run `down`, then end all that `up` has begun. It is done also where an end is asked for.

        Raises: KeyboardInterrupt where one is asked for meanwhile, with all ended that was begun here.
        """
        standing = self._standing.pop(platforms.path_of(hold), None)
        with ExitStack() as kept:
            if standing is not None:
                kept.enter_context(standing)
            if settings.down is None:
                return Ran(0, None, "", "", 0.0)
            log = one.log.with_name(f"{one.log.stem}-down.log")
            return self._run(settings, one, settings.down, beside, log, settings.timeout)

    def _waited(
        self,
        child: processes.Child,
        settings: ProbeSettings,
        one: Environment,
        beside: int,
        asked: processes.Asked,
    ) -> str:
        """Why it did not come up, empty where it has. Raises: KeyboardInterrupt where an end is asked for."""
        deadline = time.monotonic() + settings.timeout
        words = "nothing listens at its port"
        with processes.Watch(child) as ended:
            while (left := deadline - time.monotonic()) > 0:
                over = ended.within(min(_PAUSE, left))
                if asked:
                    raise KeyboardInterrupt
                code = processes.reaped(child) if over else None
                if code:
                    return f"it {calls.died(code)}"
                if settings.ready is None and (over or _answers(one.port)):
                    return ""
                if settings.ready is None:
                    continue
                if over:
                    time.sleep(min(_PAUSE, left))
                log = one.log.with_name(f"{one.log.stem}-ready.log")
                ran = self._run(settings, one, settings.ready, beside, log, min(_TRY, max(left, _PAUSE)))
                if ran.fault is Fault.NOT_STARTED:
                    return f"`ready` cannot run: {ran.words}"
                if ran.exit == 0 and ran.fault is None:
                    return ""
                words = f"`ready` ended with {ran.exit}: {ran.tail[-400:]}"
        return f"it was not ready within {settings.timeout:g} seconds; {words}"

    def _end(self, child: processes.Child, under: str) -> None:
        """End what `up` has begun, its first process among it."""
        group = child.pid if child.returncode is None else None
        lease.end(under, group, processes.GRACE, still=self._place.strays.still)
        processes.reaped(child)
        self._place.strays.done(child)

    def _run(
        self,
        settings: ProbeSettings,
        one: Environment,
        argv: tuple[str, ...],
        hold: int,
        log: Path,
        seconds: float,
    ) -> Ran:
        """Run `ready` or `down` to its end."""
        try:
            with private_folder(platforms.path_of(hold)) as private:
                program = self._program(settings, one, argv, hold, private)
                end = processes.run(program._replace(log=log, timeout=seconds), threading.Event())
        except OSError as error:
            return Ran(None, Fault.ENVIRONMENT, f"it has no temporary folder: {error}", "", 0.0)
        return Ran(end.exit, end.fault, end.words, processes.tail(log), end.seconds)

    def _program(
        self, settings: ProbeSettings, one: Environment, argv: tuple[str, ...], hold: int, private: Path
    ) -> processes.Program:
        place, given = self._place, dict(one.given)
        temp, cache = calls.made(private / "tmp"), calls.made(private / "cache")
        downloads = packages.beside(one.folder, place.environ)
        checks = environment.for_check(place.environ, one.folder, platforms.path_of(hold), temp, cache, downloads)
        return processes.Program(
            argv=tuple(environment.filled(word, given) for word in argv),
            folder=one.folder,
            environ={**checks, **environment.named(place.environ, settings.env), **given},
            log=one.log,
            timeout=settings.timeout,
            hold=hold,
            strays=place.strays,
            writable=(one.folder, private) if calls.confined(one.confine) else None,
        )


def _answers(port: int) -> bool:
    """Whether something listens at a port of the loopback interface."""
    with socket.socket() as one:
        one.settimeout(_PAUSE)
        return one.connect_ex((_LOOPBACK, port)) == 0
