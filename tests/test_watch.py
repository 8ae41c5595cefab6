import pytest

from openai_images.errors import Canceled
from openai_images.watch import UNWATCHED, raise_if_canceled


class _Canceled:
    def canceled(self):
        return True


def test_work_that_nobody_watches_goes_on():
    UNWATCHED.progress("half", 0.5)
    UNWATCHED.warn("something")
    raise_if_canceled(UNWATCHED)


def test_a_watch_that_says_so_ends_the_work():
    with pytest.raises(Canceled):
        raise_if_canceled(_Canceled())
