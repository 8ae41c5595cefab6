"""What a node shows and logs while it runs."""

from openai_images.nodes.context import NodeWatch


class Context:
    """Keeps what KNIME would show."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def set_progress(self, fraction: float, message: str) -> None:
        self.shown.append(message)

    def set_warning(self, message: str) -> None:
        self.shown.append(message)


def test_no_text_can_drive_a_terminal_or_forge_a_line_of_the_log(caplog):
    context = Context()
    watch = NodeWatch(context)
    for tell in (watch.progress, watch.warn):
        tell("a\x1b]0;b\x07\r\nWARN c\u2028\ud800")
    logged = [record.getMessage() for record in caplog.records]
    assert (len(context.shown), len(logged)) == (2, 1)
    assert all(text.isprintable() for text in [*context.shown, *logged])


def test_warnings_stay_short_however_many_there_are():
    context = Context()
    watch = NodeWatch(context)
    for _ in range(1000):
        watch.warn("x" * 5000)
    assert max(map(len, context.shown)) < 11_000
