"""Single changes to a module's source that a test should notice, each with a name that moved lines don't change."""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

_COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_TWINS: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}
_SHORTEST: Final = 12  # characters; a smaller change is shown within what stands around it


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where, what, and how to make it in the tree that it was found in."""

    where: str  # the function or class, dotted; "" at the module's top
    change: str
    line: int
    apply: Callable[[], None]

    @property
    def key(self) -> tuple[str, str]:
        """What a list of equivalents calls it by."""
        return self.where, self.change


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in a tree that holds a node, or a list of them."""

    parent: ast.AST
    field: str
    index: int | None = None

    def get(self) -> Any:
        value = getattr(self.parent, self.field)
        return value if self.index is None else value[self.index]

    def set(self, node: Any) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True, slots=True)
class _Change:
    """Another node for a slot. `told` is the change in words where it is more than one expression."""

    slot: _Slot
    node: Any
    told: str = ""


def mutants(tree: ast.Module) -> list[Mutant]:
    """Every change, in the order of the source. Applying one alters the tree."""
    found = [
        Mutant(".".join(path), change.told or _in_words(change, above), line, _applying(change))
        for path, above, line, change in _walk(tree, (), ())
    ]
    times: Counter[tuple[str, str]] = Counter()
    numbered = []
    for one in found:
        times[one.key] += 1
        more = f" #{times[one.key]}" if times[one.key] > 1 else ""
        numbered.append(Mutant(one.where, one.change + more, one.line, one.apply))
    return numbered


def _applying(change: _Change) -> Callable[[], None]:
    return lambda: change.slot.set(change.node)


def _in_words(change: _Change, above: tuple[ast.AST, ...]) -> str:
    """Before and after, within the smallest expression around it that says enough."""
    old = change.slot.get()
    around = [one for one in reversed(above) if isinstance(one, ast.expr | ast.comprehension | ast.keyword)]
    shown = next((one for one in (old, *around) if len(ast.unparse(one)) >= _SHORTEST), None)
    if shown is None:
        shown = next(one for one in reversed(above) if isinstance(one, ast.stmt | ast.arguments))
    before = _headed(shown)
    change.slot.set(change.node)
    after = _headed(change.node if shown is old else shown)
    change.slot.set(old)
    return f"{before}  ->  {after}"


def _headed(node: ast.AST) -> str:
    """Source on one line; of a block its head alone."""
    text = ast.unparse(node).strip()
    return text.partition("\n")[0] if hasattr(node, "body") and isinstance(node, ast.stmt) else text


_Found = tuple[tuple[str, ...], tuple[ast.AST, ...], int, _Change]


def _walk(node: ast.AST, path: tuple[str, ...], above: tuple[ast.AST, ...]) -> Iterator[_Found]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        path = (*path, node.name)
    above = (*above, node)
    for change in _of_blocks(node):
        yield path, above, getattr(node, "lineno", 1), change
    for slot in _slots(node):
        child = slot.get()
        for change in _changes(slot, child, node, above):
            yield path, above, getattr(child, "lineno", getattr(node, "lineno", 1)), change
        yield from _walk(child, path, above)


def _slots(node: ast.AST) -> Iterator[_Slot]:
    """Where the children stand that are worth a change: no types, decorators, docstrings, parts of a text."""
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
        return
    for field in node._fields:
        if field in ("annotation", "returns", "decorator_list", "type_params", "bases"):
            continue
        value = getattr(node, field, None)
        if isinstance(value, ast.AST):
            yield _Slot(node, field)
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if isinstance(one, ast.AST) and not (field == "body" and _is_docstring(one)):
                    yield _Slot(node, field, index)


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _changes(slot: _Slot, node: ast.AST, parent: ast.AST, above: tuple[ast.AST, ...]) -> Iterator[_Change]:
    match node:
        case ast.stmt():
            yield from _dropped(slot, node, above)
        case ast.Constant():
            yield from _each(slot, (ast.Constant(other) for other in _other_values(node.value)))
        case ast.JoinedStr():
            yield _Change(slot, ast.Constant(""))
        case ast.comprehension(ifs=[_, *_]):
            yield _Change(slot, ast.comprehension(node.target, node.iter, [], node.is_async))
        case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()) | ast.Set() if _is_plain(parent):
            yield from _shortened(slot, node)
        case _:
            yield from _worked_out(slot, node)


def _worked_out(slot: _Slot, node: ast.AST) -> Iterator[_Change]:
    """Another operator, or one operand fewer."""
    match node:
        case ast.Compare():
            yield from _compared(slot, node)
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield _Change(slot, ast.BoolOp(other, node.values))
            rests = ([*node.values[:n], *node.values[n + 1 :]] for n in range(len(node.values)))
            yield from _each(slot, (r[0] if len(r) == 1 else ast.BoolOp(node.op, r) for r in rests))
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield _Change(slot, node.operand)
        case ast.BinOp() if type(node.op) in _ARITHMETIC:
            yield _Change(slot, ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right))
        case ast.IfExp():
            yield from _each(slot, (node.body, node.orelse))
        case ast.Call(func=ast.Name(id=name)) if name in _TWINS:
            yield _Change(slot, ast.Call(ast.Name(_TWINS[name], ast.Load()), node.args, node.keywords))


def _each(slot: _Slot, nodes: Iterable[ast.AST]) -> Iterator[_Change]:
    return (_Change(slot, node) for node in nodes)


def _is_plain(parent: ast.AST) -> bool:
    """Not what is written for a type, as in `x[a, b]`, or taken apart again in the same line."""
    apart = isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Tuple)
    return not apart and not isinstance(parent, ast.Subscript | ast.Return | ast.Yield)


def _other_values(value: object) -> Iterator[float | str]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
            yield value - 1
        case str():
            yield "" if value else "x"
        case _:
            return


def _compared(slot: _Slot, node: ast.Compare) -> Iterator[_Change]:
    for n, old in enumerate(node.ops):
        for new in _COMPARISONS[type(old)]:
            ops = [*node.ops[:n], new(), *node.ops[n + 1 :]]
            yield _Change(slot, ast.Compare(node.left, ops, node.comparators))


def _shortened(slot: _Slot, node: ast.Tuple | ast.List | ast.Set) -> Iterator[_Change]:
    for n in range(len(node.elts)):
        rest = [*node.elts[:n], *node.elts[n + 1 :]]
        yield _Change(slot, ast.Set(rest) if isinstance(node, ast.Set) else type(node)(rest, ast.Load()))


def _returned(slot: _Slot, value: ast.expr, above: tuple[ast.AST, ...]) -> Iterator[_Change]:
    function = next(one for one in reversed(above) if isinstance(one, ast.FunctionDef))
    told = ast.unparse(function.returns) if function.returns else ""
    for other in (None, True, False):
        same = isinstance(value, ast.Constant) and value.value is other
        if not same and (other is None or "bool" in told.split(" | ")):
            yield _Change(slot, ast.Return(ast.Constant(other)))


def _dropped(slot: _Slot, node: ast.stmt, above: tuple[ast.AST, ...]) -> Iterator[_Change]:
    told = f"{_headed(node)}  ->  pass"
    match node:
        case ast.Return(value=ast.expr() as value):
            yield from _returned(slot, value, above)
            return
        case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Import() | ast.ImportFrom():
            return
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Return() | ast.Continue() | ast.Break():
            yield _Change(slot, ast.Pass(), told)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield _Change(slot, ast.Pass(), told)
        case _:
            return
    swapped = {ast.Continue: ast.Break, ast.Break: ast.Continue}.get(type(node))
    if swapped:
        yield _Change(slot, swapped(), f"{_headed(node)}  ->  {ast.unparse(swapped())}")


def _of_blocks(node: ast.AST) -> Iterator[_Change]:
    """Conditions that always or never hold, loops that do nothing, or end after the first round."""
    if isinstance(node, ast.If):
        for value in (True, False):
            yield _Change(_Slot(node, "test"), ast.Constant(value), f"{_headed(node)}  ->  if {value}:")
    if isinstance(node, ast.For | ast.While):
        head, body = _headed(node), node.body
        yield _Change(_Slot(node, "body"), [ast.Continue(), *body], f"{head}  ->  first continue")
        yield _Change(_Slot(node, "body"), [*body, ast.Break()], f"{head}  ->  break at the end")
