import json
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

import knime.extension as knext
from openai_images.errors import InvalidPicture
from openai_images.nodes.table_input import KnimeRow, picture_column

PATH = knext.LogicalType(
    json.dumps(
        {"value_factory_class": "org.knime.filehandling.core.data.location.FSLocationValueFactory"}
    ),
    knext.string(),
)


@dataclass
class FSLocation:
    """What KNIME's Python gives for a cell of its type Path."""

    fs_category: str
    fs_specifier: str | None
    path: str


def row_with(value):
    column = [SimpleNamespace(as_py=lambda: value)]
    return KnimeRow("Row0", SimpleNamespace(column=lambda name: column), 0)


def schema(**kinds):
    return knext.Schema.from_columns([knext.Column(kind, name) for name, kind in kinds.items()])


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (FSLocation("LOCAL", None, "/pictures/a cat.png"), "/pictures/a cat.png"),
        (FSLocation("CUSTOM_URL", "1000", "https://h/a.png"), "https://h/a.png"),
        (
            FSLocation("RELATIVE", "knime.workflow.data", "/in/50% off?.png"),
            "knime://knime.workflow/data/in/50%25%20off%3F.png",
        ),
    ],
)
def test_a_path_of_knime_is_a_path_or_a_url(location, expected):
    assert row_with(location).picture("Path") == expected


@pytest.mark.parametrize(
    ("category", "specifier", "place"),
    [
        ("RELATIVE", "knime.workflow", "RELATIVE knime.workflow"),
        ("CONNECTED", "amazon-s3", "CONNECTED amazon-s3"),
        ("HUB_SPACE", None, "HUB_SPACE"),
    ],
)
def test_a_path_that_only_knime_can_read_is_refused_with_what_to_do(category, specifier, place):
    row = row_with(FSLocation(category, specifier, "a.png"))
    with pytest.raises(InvalidPicture, match=rf'"a\.png" .*\({place}\): copy'):
        row.picture("Path")


def test_paths_are_taken_before_texts():
    assert picture_column(schema(Location=knext.string(), Path=PATH), None) == "Path"
    assert picture_column(schema(Location=knext.string(), Path=PATH), "Location") == "Location"
