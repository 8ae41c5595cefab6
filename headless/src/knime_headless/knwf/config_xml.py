"""The XML in which KNIME stores workflows and settings (``XMLConfig_2008_09``).

A configuration is a dictionary; its values are further ones, or an `Entry` with a type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from knime_headless.flow_variables import java_double

NAMESPACE = "http://www.knime.org/2008/09/XMLConfig"
_ROOT = (
    f'<config xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{NAMESPACE} http://www.knime.org/XMLConfig_2008_09.xsd" '
)
_ESCAPED = re.compile(r"%%(\d{5})")


class Entry(NamedTuple):
    """One value: its type, such as ``xstring``, and its text, which is ``None`` for null."""

    type: str
    text: str | None

    @property
    def value(self) -> Any:
        """The value in Python. What is encrypted stays unread: it is ``None``.

        Raises:
            ValueError: the text is not of the type.
        """
        if self.text is None or self.type == "xpassword":
            return None
        if self.type == "xboolean":
            return self.text == "true"
        if self.type in ("xint", "xlong", "xshort", "xbyte"):
            return int(self.text)
        return float(self.text) if self.type in ("xdouble", "xfloat") else self.text


Config = dict[str, Any]
"""Entries and configurations by their keys."""


def read_config(data: bytes) -> Config:
    """The configuration in a file.

    Raises:
        ValueError: it is none.
    """
    try:
        text = data.decode("utf-8")
        # Entities are how small XML becomes large or reads other files; KNIME writes none.
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError("it declares a document type")
        root = ElementTree.fromstring(text.encode("utf-8"))
        if root.tag != f"{{{NAMESPACE}}}config":
            raise LookupError(root.tag)
        return _read(root)
    except (ElementTree.ParseError, RecursionError, LookupError) as error:
        raise ValueError(f"it is no configuration of KNIME: {error}") from None


def _read(element: ElementTree.Element) -> Config:
    config: Config = {}
    for child in element:
        key = _unescaped(child.attrib["key"])
        if child.tag == f"{{{NAMESPACE}}}config":
            config[key] = _read(child)
        elif child.tag == f"{{{NAMESPACE}}}entry":
            is_null = child.attrib.get("isnull") == "true"
            text = None if is_null else _unescaped(child.attrib["value"])
            config[key] = Entry(child.attrib["type"], text)
        else:
            raise ValueError(f"it is no configuration of KNIME: it has an element {child.tag}")
    return config


def write_config(name: str, config: Mapping[str, Any]) -> bytes:
    """The configuration as KNIME writes it, for a file of that name."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"{_ROOT}key={_quoted(name)}>"]
    _write(config, 1, lines)
    lines.append("</config>\n")
    return "\n".join(lines).encode()


def _write(config: Mapping[str, Any], depth: int, lines: list[str]) -> None:
    indent = "    " * depth
    for key, value in config.items():
        if isinstance(value, Entry):
            null = ' isnull="true"' if value.text is None else ""
            text = _quoted(value.text or "")
            lines.append(
                f"{indent}<entry key={_quoted(key)} type={_quoted(value.type)}{null} value={text}/>"
            )
        elif value:
            lines.append(f"{indent}<config key={_quoted(key)}>")
            _write(value, depth + 1, lines)
            lines.append(f"{indent}</config>")
        else:
            lines.append(f"{indent}<config key={_quoted(key)}/>")


def _quoted(text: str) -> str:
    return '"' + quoteattr(f"'{_escaped(text)}")[2:-1].replace('"', "&quot;") + '"'


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2)]
    parts = []
    for index, code in enumerate(codes):
        doubled = code == ord("%") and codes[index + 1 : index + 2] == [ord("%")]
        parts.append(f"%%{code:05d}" if code < 32 or code > 0xD7FF or doubled else chr(code))
    return "".join(parts)


def _unescaped(text: str) -> str:
    if "%%" not in text:
        return text
    raw = _ESCAPED.sub(lambda found: chr(min(int(found[1]), 0xFFFF)), text)
    return raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def entry(value: Any) -> Entry:
    """A text, switch, whole number of 32 bits, other number or ``None`` (a missing text)."""
    if value is None or isinstance(value, str):
        return Entry("xstring", value)
    if isinstance(value, bool):
        return Entry("xboolean", str(value).lower())
    if isinstance(value, int):
        return Entry("xint", str(value))
    return Entry("xdouble", java_double(value))


def array(values: list[Any]) -> Config:
    """A list as KNIME stores it."""
    return {
        "array-size": entry(len(values)),
        **{str(index): entry(value) for index, value in enumerate(values)},
    }
