"""Three lines of Python that end with pictures."""

import base64
import io

import pytest
from PIL import Image

import openai_images
from openai_images import Connection, ServiceKind, open_session
from openai_images.errors import InvalidCredential, InvalidOutput, InvalidPicture
from openai_images.scripting import Variation

KEY = "sk-marked-0123456789"


@pytest.fixture
def service(httpserver, png):
    """A connection to a service that answers with one picture and one that is broken."""
    items = [{"b64_json": base64.b64encode(content).decode()} for content in (png, b"broken")]
    body = {"created": 1, "data": items, "seed": 7}
    httpserver.expect_request("/v1/images/variations").respond_with_json(body)
    return Connection(
        service=ServiceKind.COMPATIBLE, base_url=httpserver.url_for("/v1"), credential="key"
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_of_any_format_ends_in_files(tmp_path, kind):
    path = tmp_path / "cat"
    Image.new("RGB", (90, 60), "red").save(path, kind)
    told = []
    with open_session() as session:
        for picture in session.vary(path, n=2, size="256x256", progress=lambda *x: told.append(x)):
            picture.save(tmp_path / f"cat-{picture.index}.png")
    for number in (1, 2):
        with Image.open(tmp_path / f"cat-{number}.png") as made:
            assert made.size == (256, 256)
    assert told[-1][1] == 1.0


def test_a_service_gets_the_key_and_the_fields(service, httpserver, png):
    with open_session(service, KEY) as session, pytest.warns(UserWarning, match="2 is missing"):
        (picture,) = session.vary(png, n=2, model="m", fields={"prompt": "cats"})
    ((request, _),) = httpserver.log
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.form.to_dict() == {"model": "m", "n": "2", "prompt": "cats"}
    assert (picture.index, picture.width, picture.seed) == (1, 64, 7)
    assert picture._repr_png_().startswith(b"\x89PNG")


def test_mistakes_are_refused_with_a_sentence(service, tmp_path):
    with open_session() as session, pytest.raises(InvalidPicture, match="does not exist"):
        session.vary(tmp_path / "nowhere.png")
    with pytest.raises(InvalidCredential):
        open_session(service, "two words")


@pytest.mark.parametrize("suffix", ["png", "JPG", "webp", "tif", "bmp", "gif"])
def test_a_variation_is_saved_in_the_format_of_the_name(tmp_path, suffix):
    file = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(file, "PNG")
    path = Variation(1, file.getvalue(), 8, 8).save(tmp_path / f"cat.{suffix}")
    with Image.open(path) as saved:
        assert saved.size == (8, 8)
        if suffix in ("JPG", "bmp"):
            assert saved.getpixel((0, 0)) == (255, 255, 255)


def test_an_ending_without_a_format_is_refused_and_writes_nothing(tmp_path):
    for name in ("cat.txt", "cat"):
        with pytest.raises(InvalidOutput, match="ending"):
            Variation(1, b"", 8, 8).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_the_public_names_can_be_used():
    assert all(hasattr(openai_images, name) for name in openai_images.__all__)
