import pytest

from knime_headless import backend


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests look inside the own implementation; KNIME's has tests of its own."""
    if backend.IS_REAL:
        for item in items:
            if "/api/" in str(item.path):
                item.add_marker(pytest.mark.skip(reason="KNIME's own package is in use"))
