from __future__ import annotations

import pytest

from knime_headless import NodeFailed, SettingsError


def test_settings_are_completed_with_defaults(colours):
    paint = colours.nodes["paint"]
    assert paint.defaults()["size"] == {"width": 4, "height": 3}
    paint.check_settings({"size": {"width": 8}, "delay": 1})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"siz": {}}, "no option siz. Did you mean size"),
        ({"nonsense": 1}, "The options are: size, delay"),
        ({"size": {"with": 1}}, r"size\.with\. Did you mean width"),
        ({"size": 5}, "size is a group of options"),
        ({"size": {"width": "8"}}, r"size\.width is a whole number, not '8'"),
        ({"size": {"width": True}}, "whole number, not True"),
        ({"delay": "1"}, "delay is a number"),
        ({"fail_at": 5}, "fail_at is a text"),
    ],
)
def test_names_and_kinds_are_checked(colours, given, message):
    with pytest.raises(SettingsError, match=message):
        colours.nodes["paint"].check_settings(given)


def test_switches_and_options(colours):
    source = colours.nodes["palette_source"]
    source.check_settings({"set_order": True, "order": "SORTED"})
    with pytest.raises(SettingsError, match="true or false"):
        source.check_settings({"set_order": "yes"})
    with pytest.raises(SettingsError, match="order is a text"):
        source.check_settings({"order": 1})


def test_validators_refuse(colours):
    with pytest.raises(NodeFailed) as refused:
        colours.nodes["paint"].check_settings({"size": {"width": 100}})
    assert (refused.value.node, refused.value.step) == ("Paint", "settings")


def test_a_node_without_options_says_so(write_extension):
    from knime_headless import load_extension

    node = load_extension(write_extension()).nodes["sample"]
    with pytest.raises(SettingsError, match="has no options"):
        node.check_settings({"n": 1})


def test_values_that_are_no_json_are_refused(colours):
    with pytest.raises(ValueError, match="JSON"):
        colours.nodes["paint"].check_settings({"delay": float("nan")})
