"""Edits of metadata files that touch nothing else: text of one element, a whole list, an element taken out."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from sfharden.errors import InputError
from sfharden.plan.xml_tree import Document, Element, parse
from sfharden.text.redact import safe_text

Content = str | tuple[tuple[str, str], ...]  # an element's text, or its children's names and texts
Splice = tuple[int, int, bytes]  # from, up to, and what stands there instead

_FIRST: Final = "fullName"  # stands before all others
_DEFAULT_UNIT: Final = b"    "
_REST_OF_LINE: Final = re.compile(rb"[ \t]*(?:<!--(?:(?!-->)[^\r\n])*-->[ \t]*)?(?=\r?\n)")
_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def texts(data: bytes, path: str, where: str) -> list[str | None]:
    """The text of every element at a path; None for `xsi:nil`."""
    return [one.value for one in parse(data, where).find(path)]


def set_text(data: bytes, path: str, text: str, where: str) -> bytes:
    """The file with that text at a dotted path.

    What is missing of the path is made, at its alphabetical place, as Salesforce orders elements. Of
    several elements at the path the first gets the text and the others go.
    """
    document = parse(data, where)
    found = document.find(path)
    if not found:
        return _spliced(data, [_created(document, path, text, where)])
    first, *others = found
    if first.children:
        raise InputError(f"{safe_text(where)} can't be edited: {path} has elements where its text should be.")
    splices = [_removal(data, one) for one in others]
    if first.value != text:
        splices.append(_new_text(document, first, text, where))
    return _spliced(data, splices)


def replace_list(
    data: bytes,
    path: str,
    wanted: Sequence[tuple[object, Content]],
    key_of: Callable[[Element], object],
    where: str,
) -> bytes:
    """The file with exactly the wanted elements at a path, each given by its key and its content.

    An element whose key is wanted stays as it is. New ones take the places of those that go, and else
    follow the last: a list must not be interrupted by other elements.
    """
    document = parse(data, where)
    existing = document.find(path)
    missing = dict(wanted)
    going = [one for one in existing if missing.pop(key_of(one), None) is None]
    new = list(missing.values())
    splices = [
        (old.start, old.end, _rendered(document, old.name, content, _Line.of(data, old), where))
        for old, content in zip(going, new, strict=False)
    ]
    splices += [_removal(data, one) for one in going[len(new) :]]
    rest = new[len(going) :]
    if not rest:
        return _spliced(data, splices)
    if existing:
        splices.append(_following(document, existing[-1], rest, where))
        return _spliced(data, splices)
    first = _spliced(data, [_created(document, path, rest[0], where)])
    return replace_list(first, path, wanted, key_of, where)


def remove(data: bytes, goes: Callable[[Element], bool], where: str) -> bytes:
    """The file without the elements that `goes` names."""
    return _spliced(data, [_removal(data, one) for one in _outermost(data, goes, where)])


def mask(data: bytes, hidden: Callable[[Element], bool], text: bytes, where: str) -> bytes:
    """The file with `text` in place of what stands between the tags of hidden elements; lines keep their numbers.

    Of one with attributes, in which a secret may stand too, the tags go with them.
    """
    return _spliced(data, [_masking(data, one, text) for one in _outermost(data, hidden, where)])


def _masking(data: bytes, element: Element, text: bytes) -> Splice:
    tag = element.name.encode()
    if element.attributes:
        start, end, new = element.start, element.end, b"<%b>%b</%b>" % (tag, text, tag)
    else:
        start, end, new = element.inner, element.close, text
    return start, end, new + b"\n" * data.count(b"\n", start, end)


def _outermost(data: bytes, meant: Callable[[Element], bool], where: str) -> Iterator[Element]:
    """The elements that are meant, in order, without those inside another one."""
    end = 0
    for element in parse(data, where).walk():
        if element.start >= end and meant(element):
            end = element.end
            yield element


def _spliced(data: bytes, splices: Iterable[Splice]) -> bytes:
    for start, end, new in sorted(splices, reverse=True):
        data = data[:start] + new + data[end:]
    return data


# Lines and indentation ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """How an element stands: its line break and indent; both empty for one that shares its line."""

    break_: bytes = b""
    indent: bytes = b""

    @staticmethod
    def of(data: bytes, element: Element) -> "_Line":
        begin = data.rfind(b"\n", 0, element.start) + 1
        indent = data[begin : element.start]
        if indent.strip(b" \t") or (not begin and b"\n" not in data):
            return _Line()
        if not begin:  # the root of a file without declaration
            return _Line(b"\r\n" if b"\r\n" in data else b"\n", indent)
        return _Line(b"\r\n" if data[begin - 2 : begin] == b"\r\n" else b"\n", indent)

    def deeper(self, unit: bytes) -> "_Line":
        return _Line(self.break_, self.indent + unit) if self.break_ else self

    @property
    def lead(self) -> bytes:
        return self.break_ + self.indent


def _unit(document: Document) -> bytes:
    """One step of the file's own indentation."""
    base = _Line.of(document.data, document.root)
    for child in document.root.children:
        line = _Line.of(document.data, child)
        if line.break_ and line.indent.startswith(base.indent) and line.indent != base.indent:
            return line.indent.removeprefix(base.indent)
    return _DEFAULT_UNIT


# Making elements ----------------------------------------------------------------------------------


def _encoded(document: Document, text: str, where: str) -> bytes:
    if _NOT_IN_XML.search(text):
        raise InputError(f"{safe_text(where)} can't hold the text '{safe_text(text, limit=60)}'.")
    return escape(text).encode(document.encoding, "xmlcharrefreplace")


def _rendered(document: Document, name: str, content: Content, line: _Line, where: str) -> bytes:
    """An element; its children stand a step deeper, and nothing stands before its start tag."""
    tag = name.encode()
    if isinstance(content, str):
        return b"<%b>%b</%b>" % (tag, _encoded(document, content, where), tag)
    inside = line.deeper(_unit(document))
    parts = [inside.lead + _rendered(document, child, text, inside, where) for child, text in content]
    return b"<%b>%b%b</%b>" % (tag, b"".join(parts), line.lead, tag)


def _new_text(document: Document, element: Element, text: str, where: str) -> Splice:
    if element.nil or element.inner == element.end:
        return element.start, element.end, _rendered(document, element.name, text, _Line(), where)
    return element.inner, element.close, _encoded(document, text, where)


def _following(document: Document, last: Element, contents: Iterable[Content], where: str) -> Splice:
    line = _Line.of(document.data, last)
    new = b"".join(line.lead + _rendered(document, last.name, one, line, where) for one in contents)
    return last.end, last.end, new


def _created(document: Document, path: str, content: Content, where: str) -> Splice:
    """Makes the element at a path, and whatever of its parents is missing."""
    steps = path.split(".")
    depth = next(n for n in range(len(steps) - 1, -1, -1) if document.find(".".join(steps[:n])))
    parent, missing = document.find(".".join(steps[:depth]))[0], steps[depth:]
    if len(missing) > 2:
        raise InputError(f"{safe_text(where)} can't be edited: {path} is too deep to be made.")
    if len(missing) == 2:
        if not isinstance(content, str):
            raise InputError(f"{safe_text(where)} can't be edited: there is no {missing[0]}.")
        content = ((missing[1], content),)
    return _added(document, parent, missing[0], content, where)


def _added(document: Document, parent: Element, name: str, content: Content, where: str) -> Splice:
    data = document.data
    if parent.inner == parent.end or parent.nil or not parent.children:
        return _into_empty(document, parent, name, content, where)
    before = [one for one in parent.children if one.name <= name or one.name == _FIRST]
    line = _Line.of(data, before[-1] if before else parent.children[0])
    new = line.lead + _rendered(document, name, content, line, where)
    place = _end_of_line(data, before[-1].end) if before and line.break_ else None
    if place is None:
        place = before[-1].end if before else parent.inner
    return place, place, new


def _end_of_line(data: bytes, position: int) -> int | None:
    """The end of the line, if nothing but a comment stands between: it belongs to the element before it."""
    rest = _REST_OF_LINE.match(data, position)
    return rest.end() if rest else None


def _into_empty(document: Document, parent: Element, name: str, content: Content, where: str) -> Splice:
    """The first child of a parent: self-closing, nil, or with nothing but space and comments inside."""
    data, line = document.data, _Line.of(document.data, parent)
    inside = line.deeper(_unit(document))
    new = inside.lead + _rendered(document, name, content, inside, where)
    kept = b"" if parent.nil else data[parent.inner : parent.close]
    if parent.inner == parent.end or parent.nil:
        tag = data[parent.start : parent.inner].rstrip(b">").rstrip(b"/").rstrip()
        opening = b"<" + parent.name.encode() if parent.nil else tag
        closing = line.lead + b"</" + parent.name.encode() + b">"
        return parent.start, parent.end, opening + b">" + new + closing
    return parent.inner, parent.inner, new + (b"" if b"\n" in kept or not line.break_ else line.lead)


# Taking out ---------------------------------------------------------------------------------------


def _removal(data: bytes, element: Element) -> Splice:
    """An element that has lines of its own takes them along."""
    begin = data.rfind(b"\n", 0, element.start) + 1
    end = data.find(b"\n", element.end)
    alone = not data[begin : element.start].strip() and end >= 0 and not data[element.end : end].strip()
    if alone and begin:
        return begin, end + 1, b""
    return element.start, element.end, b""
