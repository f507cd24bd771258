"""Attributes of modules that are imported whole: told only where nothing leaves doubt."""

import pytest

from bmad.core.imports.attributes import attributes, given
from bmad.core.imports.unknown import left, sought
from tests.imports.test_unknown import AT, FILES, unknown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import json\njson.parse('')", ["json.parse"]),
        ("import os.path as p\ndef f():\n    return p.gone(1).more", ["os.path.gone"]),
        ("import a.b\na.b.c()\na.d()", ["a.b.c", "a.b", "a.d"]),
        ("try:\n    import a\nfinally:\n    a.b()", ["a.b"]),
    ],
)
def test_what_is_taken_of_a_module_is_seen(text: str, told: list[str]) -> None:
    assert sorted(one.told for one in attributes(text)) == sorted(told)


@pytest.mark.parametrize(
    "text",
    [
        "import a\na = 1\na.b",
        "import a\ndef f(a):\n    return a.b",
        "import a\ndel a\na.b",
        "import a\nimport a.c\na.b",
        "import a\nf(a)\na.b",
        "import a\na.b = 1\na.b",
        "import a\nfor a in x:\n    a.b",
        "import a\nfrom x import *\na.b",
        "import a\ntry:\n    a.b\nexcept AttributeError:\n    pass",
        "import a\ntry:\n    a.b\nexcept:\n    pass",
        "import a\ntry:\n    a.b\nexcept (KeyError, ImportError):\n    pass",
        "import a, contextlib\nwith contextlib.suppress(Exception):\n    a.b",
        "try:\n    import a\nexcept ImportError:\n    a = None\na.b",
        "import a\nif hasattr(a, 'b'):\n    a.b",
        "import a, sys\nif sys.version_info > (3,):\n    a.b",
        "import a\nif HAS_B:\n    a.b",
        "import a\na.__version__",
        "import a\nmonkeypatch.setattr('a.b', 1)\na.b",
        "from . import a\na.b",
        "import a\nmatch x:\n    case a:\n        a.b",
        "import a\ndef f(:\n",
    ],
)
def test_what_may_be_otherwise_is_not(text: str) -> None:
    assert "a.b" not in [one.told for one in attributes(text)]


def test_of_a_module_of_the_tree_the_tree_tells() -> None:
    assert unknown("import shop.cart as c\nc.Basket()\nc.Cart()\n") == ["shop?"]
    assert unknown("import shop\nshop.cart\nshop.later\nshop.gone\n") == ["shop?"]
    assert unknown("import shop.lazy as z, shop.open as o\nz.any\no.any\n") == []
    assert unknown("import shop.cart as c\nc.Basket()\n", "import shop.cart as c\nc.Basket\n") == []


def test_of_an_installed_one_its_environment_does() -> None:
    text = "import json\njson.parse('')\nimport some_thing as s\ns.dump()\n"
    found = sought([(AT, None, text)], {**FILES, AT: text}, FILES.get)
    assert found.missing == ()
    assert [one.told for one in found.open] == ["json.parse", "some_thing.dump"]
    assert all(one.is_installed for one in found.open)
    assert [one.told for one in left(found.open, {"some_thing:dump": True})] == ["json.parse"]


def test_what_another_file_adds_to_a_module_is_there() -> None:
    assert given("extra", ["import pytest\npytest.extra = 1\n"])
    assert given("extra", ["setattr(pytest, 'extra', 1)\n"])
    assert not given("extra", ["pytest.extra == 1\npytest.extra()\nextra = 1\n"])
