"""Items as ReqIF 1.2 (OMG formal/2016-07-01), by the `reqif` library: the extra `reqif` installs it."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from bmad.errors import CannotAnswerError
from bmad.model.exporting import Exported

if TYPE_CHECKING:
    from reqif.models.reqif_spec_hierarchy import ReqIFSpecHierarchy

_NAMES = ("ReqIF.ForeignID", "ReqIF.Name", "ReqIF.Text", "Kind", "Key", "State", "Priority", "Path")
"""The first three are those that the implementation guide of the ProSTEP iViP association recommends."""
_TEXT = _NAMES.index("ReqIF.Text")
_UNFIT = re.compile(r"[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""
_SPACE = "http://www.omg.org/spec/ReqIF/20110401/reqif.xsd"
_MOST = "32000"


def as_reqif(items: Sequence[Exported], title: str, time: datetime) -> str:
    """One specification an intent, an object an item, a relation a link.

    Raises: CannotAnswerError where the library is not installed.
    """
    try:
        from reqif import models  # noqa: F401, PLC0415 - an extra, and heavy
    except ImportError:
        raise CannotAnswerError("ReqIF needs the extra `reqif`: pip install 'bmad[reqif]'") from None
    return _Document(items, title, time.strftime("%Y-%m-%dT%H:%M:%S+00:00")).text()


class _Document:
    def __init__(self, items: Sequence[Exported], title: str, time: str) -> None:
        self.items, self.title, self.time = items, title, time
        self.known = {one.id for one in items}

    def text(self) -> str:
        from reqif.models.reqif_core_content import ReqIFCoreContent  # noqa: PLC0415
        from reqif.models.reqif_data_type import (  # noqa: PLC0415
            ReqIFDataTypeDefinitionString,
            ReqIFDataTypeDefinitionXHTML,
        )
        from reqif.models.reqif_namespace_info import ReqIFNamespaceInfo  # noqa: PLC0415
        from reqif.models.reqif_req_if_content import ReqIFReqIFContent  # noqa: PLC0415
        from reqif.models.reqif_reqif_header import ReqIFReqIFHeader  # noqa: PLC0415
        from reqif.object_lookup import ReqIFObjectLookup  # noqa: PLC0415
        from reqif.reqif_bundle import ReqIFBundle  # noqa: PLC0415
        from reqif.unparser import ReqIFUnparser  # noqa: PLC0415

        string = ReqIFDataTypeDefinitionString(
            "DT-STRING", last_change=self.time, long_name="String", max_length=_MOST
        )
        page = ReqIFDataTypeDefinitionXHTML(
            "DT-XHTML", last_change=self.time, long_name="XHTML", is_self_closed=True
        )
        content = ReqIFReqIFContent(
            data_types=[string, page],
            spec_types=self._types(),
            spec_objects=[self._object(one) for one in self.items],
            spec_relations=self._relations(),
            specifications=self._specifications(),
            spec_relation_groups=None,
        )
        header = ReqIFReqIFHeader(
            identifier="BMAD-HEADER",
            creation_time=self.time,
            req_if_tool_id="bmad",
            req_if_version="1.0",
            source_tool_id="bmad",
            title=_fit(self.title),
        )
        names = ReqIFNamespaceInfo.empty(namespace=_SPACE, configuration=None)
        names.namespace_xhtml = "http://www.w3.org/1999/xhtml"
        bundle = ReqIFBundle(
            namespace_info=names,
            req_if_header=header,
            core_content=ReqIFCoreContent(req_if_content=content),
            tool_extensions_tag_exists=False,
            lookup=ReqIFObjectLookup.empty(),
            exceptions=[],
        )
        return str(ReqIFUnparser.unparse(bundle))

    def _types(self) -> list[Any]:
        from reqif.models.reqif_spec_object_type import (  # noqa: PLC0415
            ReqIFSpecObjectType,
            SpecAttributeDefinition,
        )
        from reqif.models.reqif_spec_relation_type import ReqIFSpecRelationType  # noqa: PLC0415
        from reqif.models.reqif_specification_type import ReqIFSpecificationType  # noqa: PLC0415

        definitions = [
            SpecAttributeDefinition(
                _type(at),
                f"AD-{at}",
                "DT-XHTML" if at == _TEXT else "DT-STRING",
                last_change=self.time,
                long_name=name,
            )
            for at, name in enumerate(_NAMES)
        ]
        kinds = dict.fromkeys(kind for one in self.items for kind, _ in one.links)
        relations = [
            ReqIFSpecRelationType(identifier=f"RT-{kind}", last_change=self.time, long_name=kind) for kind in kinds
        ]
        return [
            ReqIFSpecObjectType(
                "OT-ITEM", last_change=self.time, long_name="Item", attribute_definitions=definitions
            ),
            *relations,
            ReqIFSpecificationType(
                identifier="ST-INTENT",
                last_change=self.time,
                long_name="Intent",
                spec_attributes=None,
                spec_attribute_map={},
                is_self_closed=True,
            ),
        ]

    def _object(self, one: Exported) -> Any:
        from reqif.models.reqif_spec_object import ReqIFSpecObject, SpecObjectAttribute  # noqa: PLC0415

        place = f"{one.path}:{one.line}"
        values = (one.id, one.title, one.text, one.kind, one.source, one.state, one.priority, place)
        attributes = [
            SpecObjectAttribute(_type(at), f"AD-{at}", _page(value) if at == _TEXT else _fit(value))
            for at, value in enumerate(values)
            if value
        ]
        return ReqIFSpecObject(_name("SO", one.id), attributes, "OT-ITEM", last_change=self.time)

    def _relations(self) -> list[Any]:
        from reqif.models.reqif_spec_relation import ReqIFSpecRelation  # noqa: PLC0415

        return [
            ReqIFSpecRelation(
                identifier=_name("SR", f"{one.id}.{kind}.{upper}"),
                relation_type_ref=f"RT-{kind}",
                source=_name("SO", one.id),
                target=_name("SO", upper),
                last_change=self.time,
            )
            for one in self.items
            for kind, upper in one.links
            if upper in self.known
        ]

    def _specifications(self) -> list[Any]:
        from reqif.models.reqif_specification import ReqIFSpecification  # noqa: PLC0415

        parts = dict.fromkeys(one.part for one in self.items)
        return [
            ReqIFSpecification(
                identifier=f"SP-{at}",
                last_change=self.time,
                long_name=_fit(part),
                values=None,
                specification_type="ST-INTENT",
                children=self._tree([one for one in self.items if one.part == part]),
            )
            for at, part in enumerate(parts)
        ]

    def _tree(self, items: list[Exported]) -> "list[ReqIFSpecHierarchy]":
        """Statements and requirements side by side; stories below their epic, criteria below their story."""
        above = {
            one.id: upper
            for one in items
            for kind, upper in one.links
            if kind == "part-of" and upper in self.known
        }
        below: dict[str, list[Exported]] = {}
        for one in items:
            below.setdefault(above.get(one.id, ""), []).append(one)
        return self._branches(below.get("", []), below, 1)

    def _branches(
        self, items: Iterable[Exported], below: dict[str, list[Exported]], level: int
    ) -> "list[ReqIFSpecHierarchy]":
        from reqif.models.reqif_spec_hierarchy import ReqIFSpecHierarchy  # noqa: PLC0415

        return [
            ReqIFSpecHierarchy(
                identifier=_name("SH", one.id),
                last_change=self.time,
                spec_object=_name("SO", one.id),
                level=level,
                children=self._branches(below.get(one.id, []), below, level + 1) or None,
            )
            for one in items
        ]


def _type(at: int) -> Any:
    """What kind of value an attribute has: the text is a page, the others are words."""
    from reqif.models.reqif_types import SpecObjectAttributeType  # noqa: PLC0415

    return SpecObjectAttributeType.XHTML if at == _TEXT else SpecObjectAttributeType.STRING


def _name(kind: str, name: str) -> str:
    """An identifier of XML: letters, digits, dots and dashes."""
    return f"{kind}-{re.sub(r'[^A-Za-z0-9._-]', '.', name)}"


def _fit(text: str) -> str:
    """A text that XML can hold, on one line, as attributes have it; the library escapes it."""
    return " ".join(_UNFIT.sub("�", text).split())


def _page(text: str) -> str:
    """A text as XHTML, line by line."""
    rows = _UNFIT.sub("�", text).replace("\r\n", "\n").split("\n")
    return f"<xhtml:div>{'<xhtml:br/>'.join(escape(row) for row in rows)}</xhtml:div>"
