"""Progress where there is no terminal, and text that would drive one."""

from hypothesis import given
from hypothesis import strategies as st

from openai_images.cli.terminal import Terminal


def test_without_a_terminal_progress_is_a_line_a_minute(capsys):
    now = 0.0
    terminal = Terminal(clock=lambda: now)
    for second in range(200):
        now = float(second)
        terminal.progress(f"{second} of 200")
    assert capsys.readouterr().err.splitlines() == ["60 of 200", "120 of 200", "180 of 200"]


@given(message=st.text())
def test_any_message_is_one_line_that_drives_no_terminal(message):
    import contextlib
    import io

    written = io.StringIO()
    with contextlib.redirect_stderr(written):
        Terminal().warn(message)
    text = written.getvalue()
    assert text.startswith("Warning: ")
    assert text.endswith("\n")
    line = text[:-1]
    assert len(line.splitlines()) == 1
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line)
