import pytest

from knime.extension import Version


def test_versions_compare_as_numbers():
    assert Version.parse_version("1.10.0") > Version.parse_version("1.9.9")
    assert str(Version.parse_version("1.10.0")) == "1.10.0"


def test_no_version_is_older_than_all():
    assert Version.parse_version(None) < Version.parse_version("0.0.1")


def test_a_version_stays_itself():
    assert Version.parse_version(Version(1, 2, 3)) == Version(1, 2, 3)


@pytest.mark.parametrize("text", ["1.0", "1.0.0.0", "1.0.x", "-1.0.0", "", "1.0.0 "])
def test_other_forms_are_refused(text):
    with pytest.raises(ValueError, match="three whole numbers"):
        Version.parse_version(text)
