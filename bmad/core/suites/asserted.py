"""What one statement of a test of Python asserts, and how much; pure words on the syntax tree."""

import ast

from bmad.core.suites.nodes import is_constant, is_empty, name_of, read
from bmad.core.suites.suite import MANY

_LOOSE = (ast.IsNot, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_WEAK = frozenset(
    {
        *("assertTrue", "assertFalse", "assertIsNotNone", "assertIsInstance", "assertNotEqual", "assert_"),
        *("assertGreater", "assertGreaterEqual", "assertLess", "assertLessEqual"),
    }
)
_EQUAL = ("assertEqual", "assertEquals", "assertIs")
_RAISING = ("raises", "assertRaises", "assertRaisesRegex")
FAILING = frozenset({"raises", "warns", "fail", "deprecated_call"})
"""What fails a test beside what begins with `assert`."""
ANYTHING = frozenset({"AssertionError", "Exception", "BaseException"})
"""Exceptions that a failed assertion is one of."""
_BOTH = 2
"""The values that are held against each other."""
_SMALL = 1e-3


def may_fail(call: ast.Call) -> bool:
    name = name_of(call.func)
    return name in FAILING or name.lower().startswith("assert") or _is_checked(call)


def _is_checked(call: ast.Call) -> bool:
    """Of `run(…, check=True)` and `answer.raise_for_status()`, which raise where something failed."""
    asks = any(one.arg == "check" and is_constant(one.value, held=True) for one in call.keywords)
    return asks or name_of(call.func) in ("check_call", "check_output", "check_returncode", "raise_for_status")


def fails(node: ast.stmt) -> bool:
    """Whether a statement fails the test that comes to it: `raise …`, `pytest.fail(…)`."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(node, ast.Raise) or (isinstance(call, ast.Call) and name_of(call.func) == "fail")


def asserted(node: ast.stmt) -> tuple[str, int] | None:
    """What a statement asserts, and how much; None where nothing that could ever fail."""
    if isinstance(node, ast.If):
        asks = not node.orelse and bool(node.body) and fails(node.body[-1])
        return asserted(ast.Assert(negated(node.test))) if asks else None
    if isinstance(node, ast.Assert):
        told = _asked(_weight(node.test), weak=_is_weak(node.test))
        return None if _holds_always(node.test) else (read(node.test), told)
    if isinstance(node, ast.With | ast.AsyncWith):
        calls = [one.context_expr for one in node.items]
        made = [one for one in calls if isinstance(one, ast.Call) and may_fail(one)]
        return ("; ".join(map(read, made)), sum(map(_raising, made))) if made else None
    value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    call = value.value if isinstance(value, ast.Await) else value
    if not isinstance(call, ast.Call) or not may_fail(call) or always_passes(call):
        return None
    if name_of(call.func) in _RAISING:
        return read(call), _raising(call)
    if _is_checked(call):
        return read(call), 1
    weight = max([_weight(one) for one in call.args[:2]], default=1)
    return read(call), _asked(weight, weak=name_of(call.func) in _WEAK or _is_about(call) or _is_truth(call))


def negated(node: ast.expr) -> ast.expr:
    """What holds where a condition does not."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OTHERWISE:
        return ast.Compare(node.left, [_OTHERWISE[type(node.ops[0])]()], node.comparators)
    return ast.UnaryOp(ast.Not(), node)


_OTHERWISE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    here: there
    for one, other in (
        (ast.Eq, ast.NotEq),
        (ast.Is, ast.IsNot),
        (ast.In, ast.NotIn),
        (ast.Lt, ast.GtE),
        (ast.Gt, ast.LtE),
    )
    for here, there in ((one, other), (other, one))
}


def _raising(call: ast.Call) -> int:
    """How much `raises(ValueError, match=…)` asks: for words, too; for any exception that there is, little."""
    if name_of(call.func) not in _RAISING:
        return 2
    kinds = {name_of(one) for one in ast.walk(call.args[0])} if call.args else set()
    words = name_of(call.func) == "assertRaisesRegex" or any(one.arg == "match" for one in call.keywords)
    return (1 if kinds & ANYTHING else 2) + 2 * words


def _asked(weight: int, *, weak: bool) -> int:
    return 2 * weight if not weak or weight >= MANY else 1


def _is_weak(node: ast.expr) -> bool:
    """Whether it asks only that something is there, or lies within bounds; to be equal asks for more."""
    if isinstance(node, ast.Compare):
        loose = all(isinstance(one, _LOOSE) for one in node.ops) and not _is_near(node)
        return loose or _is_one_of_some(node) or any(map(_is_roughly, node.comparators))
    if isinstance(node, ast.Call):
        return name_of(node.func) in ("isinstance", "hasattr", "callable", "bool", "len")
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _is_one_of_some(node: ast.Compare) -> bool:
    """Of `double(4) in (8, 9)` and `in range(100)`: it allows for more than one."""
    values = node.comparators[0]
    many = isinstance(values, ast.Tuple | ast.List | ast.Set) or name_of(values) == "range"
    return isinstance(node.ops[0], ast.In) and many and not isinstance(node.left, ast.Constant)


def is_truth(node: ast.expr) -> bool:
    """`True` or `False`."""
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _is_truth(call: ast.Call) -> bool:
    """Of `assertEqual(x, True)`, which asks as `assertTrue(x)` does."""
    return name_of(call.func) in _EQUAL and any(map(is_truth, call.args[:2]))


def _is_near(node: ast.Compare) -> bool:
    """Of `abs(a - b) < 1e-9`: no more than rounding is allowed for."""
    return name_of(node.left) == "abs" and len(node.ops) == 1 and _is_small(node.comparators[0])


def _is_roughly(node: ast.expr) -> bool:
    """Whether a value stands for many: `approx(3, abs=100)`, `ANY`; `approx(3)` allows for rounding alone."""
    if isinstance(node, ast.Call) and name_of(node) == "approx":
        return not all(map(_is_small, [*node.args[1:], *(one.value for one in node.keywords)]))
    return name_of(node) == "ANY"


def _is_about(call: ast.Call) -> bool:
    """Of `assertAlmostEqual` with a tolerance of its own: a `delta` that is not small, or few `places`."""
    if name_of(call.func) != "assertAlmostEqual":
        return False
    bounds = {one.arg: one.value for one in call.keywords}
    places = bounds.get("places", call.args[2] if len(call.args) > _BOTH else None)
    few = places is not None and not (isinstance(places, ast.Constant) and places.value in range(3, 100))
    return few or ("delta" in bounds and not _is_small(bounds["delta"]))


def _is_small(node: ast.expr) -> bool:
    """Whether it is a number that allows for rounding alone."""
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, int | float) and abs(value) <= _SMALL


def always_passes(call: ast.Call) -> bool:
    """Of `assertTrue(True)` and `assertEqual(x, x)`, with nothing that is asked."""
    args = call.args
    match name_of(call.func):
        case "assertTrue" | "assert_" | "assertIsNotNone":
            return bool(args) and _holds_always(args[0])
        case "assertFalse":
            return bool(args) and is_constant(args[0], held=False)
        case "assertEqual" | "assertEquals" | "assertIs" if len(args) > 1:
            return _is_same(args[0], args[1])
    return False


def _holds_always(node: ast.expr) -> bool:
    """Whether it is true whatever the code does."""
    match node:
        case ast.BoolOp(op=ast.Or(), values=values):
            each = {ast.dump(one) for one in values}
            return any(map(_holds_always, values)) or any(ast.dump(negated(one)) in each for one in values)
        case ast.BoolOp(values=values):
            return all(map(_holds_always, values))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            reached = [body] * (not is_constant(test, held=False)) + [orelse] * (not is_constant(test, held=True))
            return all(map(_holds_always, reached))
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            return _is_same(left, right)
        case ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
            return not is_empty(node)
        case ast.Lambda() | ast.GeneratorExp():
            return True
        case ast.JoinedStr(values=values):
            return any(isinstance(one, ast.Constant) and one.value for one in values)
    return is_constant(node, held=True) or _is_all_of_nothing(node)


def _is_same(one: ast.expr, other: ast.expr) -> bool:
    """Whether a value is held against itself, `(x := …) == x` among others."""
    named = [each.target.id for each in (one, other) if isinstance(each, ast.NamedExpr)]
    return ast.dump(one) == ast.dump(other) or any(
        isinstance(each, ast.Name) and each.id in named for each in (one, other)
    )


def _is_all_of_nothing(node: ast.expr) -> bool:
    """Of `all(… for one in [])`."""
    if not isinstance(node, ast.Call) or name_of(node) != "all" or len(node.args) != 1:
        return False
    each = node.args[0]
    over = [one.iter for one in each.generators] if isinstance(each, ast.GeneratorExp | ast.ListComp) else [each]
    return any(map(is_empty, over))


def _weight(node: ast.expr) -> int:
    """How much one assertion asks: the parts of an `and`, the elements of what it compares with."""
    if isinstance(node, ast.BoolOp):
        return min(MANY, sum(map(_weight, node.values))) if isinstance(node.op, ast.And) else 1
    if isinstance(node, ast.Compare):
        parts = [] if _is_one_of_some(node) else [node.left, *node.comparators]
        return max([len(node.ops), *map(_weight, parts)])
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return max(1, len(node.elts))
    if isinstance(node, ast.Dict):
        return max(1, len(node.values))
    if any(isinstance(one, ast.comprehension) for one in ast.walk(node)):
        return MANY
    if isinstance(node, ast.Call):
        return max(1, len(node.args) + len(node.keywords))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return max(1, node.value.count("\n"))
    return 1
