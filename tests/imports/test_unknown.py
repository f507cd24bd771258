"""Imports that are nowhere, and honest ones of every kind that are left alone."""

import pytest

from bmad.core.imports.unknown import left, sought, used

FILES = {
    "src/shop/__init__.py": "from .cart import Cart\n__all__ = ['Cart', 'later']\n",
    "src/shop/cart.py": "import os\nclass Cart: ...\nif os.name == 'nt':\n    WIDTH = 1\nelse:\n    WIDTH = 2\n",
    "src/shop/open.py": "from shop.cart import *\n",
    "src/shop/lazy.py": "def __getattr__(name): ...\n",
    "src/shop/fast.pyx": "",
    "src/shop/loops.py": (
        "for one, (two, *three) in []:\n    pass\nwith open('a') as four:\n    five: int\nsix = (seven := 7)\n"
    ),
    "lib/plain/deep/tool.py": "def tool(): ...\n",
    "tests/helper.py": "def help_me(): ...\n",
    ".gitignore": "src/shop/built.py\n",
    "pyproject.toml": "[project]\ndependencies = ['Some-Thing>=1']\n",
}
AT = "src/shop/new.py"


def unknown(text: str, before: str | None = None, path: str = AT, **more: str) -> list[str]:
    """What is missing for sure, and what an environment is to be asked for, with a question mark."""
    files = {**FILES, **more, path: text}
    found = sought([(path, before, text)], files, files.get)
    return [one.told for one in found.missing] + [f"{one.top}?" for one in found.open]


@pytest.mark.parametrize(
    "text",
    [
        "import os.path, json, tomllib, distutils",
        "from __future__ import annotations",
        "from shop import Cart, later, cart, __version__",
        "from shop.cart import Cart, WIDTH, os",
        "from .cart import Cart\nfrom . import cart, open\nfrom .. import shop",
        "from .....far import away",
        "from shop.open import Anything\nfrom shop.lazy import Anything",
        "from shop.fast import Anything\nfrom shop.fast.er import Anything",
        "from shop.loops import one, two, three, four, five, six, seven",
        "from shop.built import made\nfrom shop._version import version\nfrom shop.api_pb2 import Message",
        "from plain.deep import tool\nfrom plain.deep.tool import tool\nimport plain.deep.tool",
        "from helper import help_me\nfrom tests.helper import help_me",
        "import some_thing.more",
        "try:\n    import gone\nexcept ImportError:\n    gone = None\nelse:\n    import gone.more",
        "try:\n    import gone\nexcept ImportError:\n    gone = None\n\ndef f():\n    from gone import it",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import gone",
        "import sys\nif sys.version_info < (3, 11):\n    import tomli as tomllib\nelse:\n    import tomllib",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from gone import Kind",
        "import sys\nif sys.platform == 'win32':\n    import winregistry",
        "def f(:\n",
        "words = '''\nimport gone\n'''",
    ],
)
def test_what_is_there_or_may_be_missing_is_left_alone(text: str) -> None:
    assert unknown(f"{text}\n") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import fastjsonlib", ["fastjsonlib?"]),
        ("def f():\n    from fastjsonlib import loads", ["fastjsonlib?"]),
        ("from .gone import it", ["from .gone import it"]),
        ("from . import gone", ["from . import gone"]),
        ("from .cart import Basket", ["from .cart import Basket"]),
        ("try:\n    import fastjsonlib\nfinally:\n    pass", ["fastjsonlib?"]),
        ("from shop.cart import Basket", ["shop?"]),
        ("import shop.gone", ["shop?"]),
        ("from plain.deep.tool import other", ["plain?"]),
    ],
)
def test_what_is_nowhere_is_told(text: str, told: list[str]) -> None:
    assert unknown(f"{text}\n") == told


def test_only_what_the_change_adds_is_looked_at() -> None:
    assert unknown("import gone\nimport lost\n", "import gone\n") == ["lost?"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.lock", "pyyaml==6\n"),
        ("uv.lock", '[[package]]\nname = "pyyaml"\nversion = "6"\n'),
        ("Pipfile", "[packages]\nPyYAML = '*'\n"),
        ("setup.cfg", "[options]\ninstall_requires =\n  pyyaml\n"),
        ("setup.py", "setup(install_requires=['pyyaml'])\n"),
        ("environment.yml", "name: x\ndependencies:\n  - pyyaml\n"),
    ],
)
def test_a_module_that_bears_another_name_than_its_package_is_known_by_any_manifest(path: str, text: str) -> None:
    assert unknown("import yaml\nimport fastjsonlib\n", **{path: text}) == ["fastjsonlib?"]


def test_an_environment_settles_what_the_tree_does_not_tell() -> None:
    text = "import fastjsonlib\nfrom shop.cart import Basket\nfrom plain.deep.tool import other\n"
    found = sought([(AT, None, text)], {**FILES, AT: text}, FILES.get)
    assert [one.top for one in left(found.open, {})] == ["fastjsonlib", "shop", "plain"]
    assert [one.top for one in left(found.open, {"fastjsonlib": True, "shop": False, "plain": True})] == ["shop"]
    assert left(found.open, {"fastjsonlib": True, "shop": True, "plain": True}) == []


def test_what_the_base_imports_already_is_nothing_new() -> None:
    assert used("gone", ["x = 1\n", "    from gone.more import it\n"])
    assert used("gone", ["import os, gone\n"])
    assert not used("gone", ["# import gone\n", "import gonebefore\n", "from x import gone\n"])


NODE = {
    "package.json": '{"name": "shop", "dependencies": {"react": "1"}, "devDependencies": {"@types/koa": "1"}}',
    "packages/cart/package.json": '{"name": "@shop/cart", "peerDependencies": {"left-pad": "1"}}',
    "src/cart.ts": "export class Cart {}\n",
    "src/view/index.tsx": "",
    "src/style.css": "",
    "tsconfig.json": '{"compilerOptions": {"paths": {"shared/*": ["x/*"]}}}',
    "package-lock.json": '{"packages": {"node_modules/hoisted": {}}}',
}


@pytest.mark.parametrize(
    "text",
    [
        "import {Cart} from './cart';\nimport './cart.js';\nexport * from './cart.ts';",
        "import View from './view';\nimport './style.css?inline';\nimport Up from '../src/view/';",
        "import fs from 'node:fs';\nimport path from 'path';\nconst http = require('http');",
        "import React, {\n  useState,\n} from 'react';\nimport 'react/jsx-runtime';",
        "import {cart} from '@shop/cart/deep';\nimport pad from 'left-pad';\nimport type Koa from 'koa';",
        "import x from 'hoisted';\nimport y from 'shared/y';\nimport z from 'view/z';\nimport a from '@/a';",
        "import x from 'https://example.org/x.js';\nimport y from '#y';\nimport z from '$lib/z';",
        "// import x from 'gone';\n/*\nimport y from 'gone';\n*/\nconst words = `\nimport z from 'gone'\n`;",
        "import made from './dist/made.js';\nimport other from './generated/api';",
        "const x = load('gone');",
    ],
)
def test_scripts_import_what_is_there(text: str) -> None:
    assert unknown(f"{text}\n", path="src/new.ts", **NODE) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import x from './gone';", "import './gone'"),
        ("import x from '../cart';", "import '../cart'"),
        ("import {\n  parse,\n} from 'fast-json-lib';", "import 'fast-json-lib'"),
        ("const x = require('@fast/json');", "import '@fast/json'"),
        ("const x = await import('fast-json-lib');", "import 'fast-json-lib'"),
        ("import x from 'hoist';", "import 'hoist'"),
    ],
)
def test_scripts_that_import_what_is_nowhere_are_told(text: str, told: str) -> None:
    assert unknown(f"{text}\n", path="src/new.ts", **NODE) == [told]
    assert unknown(f"{text}\n", path="src/new.ts") in ([], [told] if "'." in told else [])
