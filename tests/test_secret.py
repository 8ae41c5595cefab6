import logging
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.errors import InvalidCredential
from openai_images.secret import Secret


def test_a_key_copied_with_its_line_break_still_is_that_key():
    assert Secret(" sk-abcde\r\n", name="openai").reveal() == "sk-abcde"


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_an_empty_password_is_refused_by_the_credentials_name(text):
    with pytest.raises(InvalidCredential, match='"openai" has no password'):
        Secret(text, name="openai")


@pytest.mark.parametrize("text", ["x", "sk-1234", " 1234567 "])
def test_what_is_too_short_to_be_masked_is_no_key(text):
    with pytest.raises(InvalidCredential, match="fewer than 8") as refusal:
        Secret(text, name="openai")
    assert text.strip() not in str(refusal.value).replace("text", "")


@given(st.text(min_size=1, max_size=5).filter(lambda c: not (c.isascii() and c.isprintable())))
def test_a_password_that_is_no_key_is_refused_and_not_repeated(garbage):
    with pytest.raises(InvalidCredential) as refusal:
        Secret(f"sk-marked{garbage}key", name="openai")
    shown = "".join(traceback.format_exception(refusal.value))
    assert "sk-marked" not in shown.replace('f"sk-marked{garbage}key"', "")


def test_no_usual_way_of_showing_or_storing_a_secret_gives_it_away(caplog):
    secret = Secret("sk-marked", name="openai")
    logging.getLogger("test").warning("%s %r", secret, [secret])
    assert "sk-marked" not in caplog.text + f"{secret}{secret!r}"
    assert not hasattr(secret, "__dict__")
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(secret)


def test_a_token_is_asked_for_anew_and_stays_the_same_object_while_it_is_the_same():
    tokens = ["first-token", "first-token ", "other-token"]
    secret = Secret.of_token(lambda: tokens.pop(0))
    assert secret.is_token
    assert secret.renewed() is secret
    assert secret.renewed().reveal() == "other-token"


def test_a_key_is_never_another_one():
    secret = Secret("sk-abcde", name="openai")
    assert secret.renewed() is secret
    assert not secret.is_token


@pytest.mark.parametrize("text", ["", "1234567", "two words here", "sk-märked-key"])
def test_what_cannot_be_a_token_is_refused_and_not_repeated(text):
    with pytest.raises(InvalidCredential, match="credential port") as refusal:
        Secret.of_token(lambda: text)
    assert text == "" or text not in str(refusal.value)
