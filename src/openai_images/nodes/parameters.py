"""Options that nodes share: choices with their labels, and the groups that open as sections."""

from __future__ import annotations

import knime.extension as knext

from ..options import Prices, RetryPolicy, Timeouts


def checked_in_configure(value: object) -> None:
    """Accept any value; configure refuses wrong ones with a clear message.

    KNIME runs validators on every load: a stored value that one refuses (set by a flow variable,
    or a file that is gone) would keep the dialog from opening and show a trace in configure.
    """


class ServiceChoice(knext.EnumParameterOptions):
    """Who answers; the names are stored in workflows."""

    EMBEDDED = ("Embedded", "The engine in this extension: no account, no download, no costs.")
    OPENAI = ("OpenAI", "OpenAI's own service, or another address that speaks its language.")
    AZURE = ("Azure OpenAI", "A resource at Azure; Base URL is its endpoint.")
    COMPATIBLE = ("OpenAI-compatible", "Any other server; Base URL is the root of its API.")


class RouteChoice(knext.EnumParameterOptions):
    """Which call makes a variation."""

    AUTOMATIC = (
        "Automatic",
        "The edits call at OpenAI and Azure, where the variations call has ended; "
        "at any other server the variations call.",
    )
    VARIATIONS = (
        "Variations call",
        "POST /images/variations. OpenAI itself switched it off in May 2026; "
        "compatible servers still answer it.",
    )
    EDITS = ("Edits call", "POST /images/edits with a prompt, by a GPT Image model.")


class PreparationChoice(knext.EnumParameterOptions):
    """How the input becomes what the call needs."""

    AUTOMATIC = (
        "Automatic",
        "What the call takes goes out unchanged. Anything else becomes a square PNG file of less "
        "than 4 MB: cut-outs and pictures on ground of one colour are padded, others cropped. The "
        "node says what it did.",
    )
    AS_IS = ("As it is", "The file goes out unchanged, and is refused if the call cannot take it.")
    CROP = ("Crop to square", "The middle of the picture, as a PNG file of less than 4 MB.")
    PAD = ("Pad to square", "The whole picture with a border, as a PNG file of less than 4 MB.")


class ResultFormatChoice(knext.EnumParameterOptions):
    """What the result table looks like."""

    STRUCTURED_TABLE = (
        "Structured Table",
        "One row with the fields of the answer: Created (Unix time in seconds), Data (a list of "
        "the URLs or base64 texts, one per image), Background, Output Format, Size and Quality (as "
        "the service says it made them), Usage (its token counts, as JSON). Missing is what the "
        "service left out.",
    )
    RAW_RESPONSE = (
        "Raw Response",
        "One row with body and status as the service sent them. An HTTP error is a result here.",
    )
    IMAGES = ("Images", "One row per image: the picture itself, and where it came from.")


class FailureChoice(knext.EnumParameterOptions):
    """What becomes of the workflow when the call fails."""

    FAIL = ("Fail", "The node fails with the reason as its message.")
    WARN = ("Give an empty table", "The node warns with the reason, and the workflow goes on.")


@knext.parameter_group("Retries")
class RetryParameters:
    """When a call that failed is sent again. Calls that were not billed are repeated by default."""

    attempts = knext.IntParameter(
        "Attempts",
        "Calls in total, the first included, 1 to 100. Repeated is only what was certainly not "
        "billed, unless *Repeat Calls That May Have Been Billed* is on.",
        RetryPolicy.attempts,
        validator=checked_in_configure,
        min_value=1,
        max_value=100,
    )
    deadline = knext.DoubleParameter(
        "Deadline (s)",
        "For all calls and waits of one request together, from its first turn by *Requests per "
        "Minute*. Raise it for models that take minutes.",
        RetryPolicy.deadline,
        validator=checked_in_configure,
        min_value=1.0,
    )
    may_bill_twice = knext.BoolParameter(
        "Repeat Calls That May Have Been Billed",
        "Also repeat after a timeout, a broken connection or a server error. "
        "The service may have done and charged the first call: **the same work may be billed "
        "twice**.",
        RetryPolicy.may_bill_twice,
    )
    base_delay = knext.DoubleParameter(
        "First Delay (s)",
        "Before the second call; doubled each time. A service that says how long to wait is obeyed "
        "instead.",
        RetryPolicy.base_delay,
        validator=checked_in_configure,
        min_value=0.0,
        is_advanced=True,
    )
    max_delay = knext.DoubleParameter(
        "Longest Delay (s)",
        "What the doubled delay never exceeds.",
        RetryPolicy.max_delay,
        validator=checked_in_configure,
        min_value=0.0,
        is_advanced=True,
    )
    jitter = knext.DoubleParameter(
        "Jitter",
        "Share of a delay, 0 to 1, that chance may take off, so that many workflows do not call at "
        "once.",
        RetryPolicy.jitter,
        validator=checked_in_configure,
        min_value=0.0,
        max_value=1.0,
        is_advanced=True,
    )
    max_wait = knext.DoubleParameter(
        "Longest Wait (s)",
        "What a service may ask us to wait (`retry-after`). Where it asks for more, the node stops "
        "waiting and reports the error.",
        RetryPolicy.max_wait,
        validator=checked_in_configure,
        min_value=0.0,
        is_advanced=True,
    )

    def policy(self) -> RetryPolicy:
        """The retry policy as the core knows it."""
        return RetryPolicy(
            attempts=self.attempts,
            base_delay=self.base_delay,
            max_delay=self.max_delay,
            jitter=self.jitter,
            max_wait=self.max_wait,
            deadline=self.deadline,
            may_bill_twice=self.may_bill_twice,
        )


@knext.parameter_group("Network")
class NetworkParameters:
    """How the service is reached."""

    read_timeout = knext.DoubleParameter(
        "Read Timeout (s)",
        "How long the service may be silent; over 0 and at most a day. Large models take minutes.",
        Timeouts.read,
        validator=checked_in_configure,
        min_value=0.1,
    )
    requests_per_minute = knext.IntParameter(
        "Requests per Minute",
        "The most calls in any minute; 0 for no limit. KNIME runs every execution of a node, each "
        "iteration of a loop too, in a process of its own: the limit counts the calls of all of "
        "them, for the same service and credential, by this user on this machine. Where their "
        "shared record cannot be written, it holds for each node alone, and a warning says so.",
        0,
        validator=checked_in_configure,
        min_value=0,
    )
    proxy = knext.StringParameter(
        "Proxy",
        "Such as `http://proxy.example.com:3128`. Empty for the proxy in KNIME's preferences "
        "(or of the environment). It is stored in the workflow: a user name and password belong "
        "into the preferences.",
        "",
        is_advanced=True,
    )
    connect_timeout = knext.DoubleParameter(
        "Connect Timeout (s)",
        "Until connected; over 0 and at most a day.",
        Timeouts.connect,
        validator=checked_in_configure,
        min_value=0.1,
        is_advanced=True,
    )
    ca_bundle = knext.LocalPathParameter(
        "CA Bundle",
        "PEM file with the certificates to trust, for services behind a company's own authority. "
        "Empty for the usual ones.",
        placeholder_text="Usual certificates",
        validator=checked_in_configure,
        is_advanced=True,
    )
    client_certificate = knext.LocalPathParameter(
        "Client Certificate",
        "PEM file with the certificate, and its unencrypted key, by which the service knows who "
        "calls. Only the path is stored. Empty for none.",
        placeholder_text="No client certificate",
        validator=checked_in_configure,
        is_advanced=True,
    )
    allow_plain_http = knext.BoolParameter(
        "Allow Unencrypted Key",
        "Send the key over plain http to another machine. Anybody on the way can read it.",
        False,
        is_advanced=True,
    )
    headers = knext.MultilineStringParameter(
        "Extra Headers",
        "Further HTTP headers, one `Name: value` a line. They are stored in the workflow: "
        "never put a secret here.",
        "",
        is_advanced=True,
    )

    def timeouts(self) -> Timeouts:
        """The timeouts as the core knows them, in seconds."""
        return Timeouts(connect=self.connect_timeout, read=self.read_timeout)


@knext.parameter_group("Prices", is_advanced=True)
class PriceParameters:
    """What a million tokens cost, as the provider's price list says. With prices, the Images table
    gives the cost of each call, and the progress message the sum. Empty for a price not known."""

    text_input = knext.StringParameter(
        "Text Input", "A million tokens of the prompt, such as `5` or `0.50`.", ""
    )
    image_input = knext.StringParameter(
        "Image Input", "A million tokens of the picture that is sent.", ""
    )
    image_output = knext.StringParameter(
        "Image Output", "A million tokens of the images that are made.", ""
    )
    text_output = knext.StringParameter(
        "Text Output", "A million tokens of text, which some models make beside the images.", ""
    )
    currency = knext.StringParameter(
        "Currency", "In which the prices are, such as `USD` or `EUR`.", Prices.currency
    )

    def prices(self) -> Prices:
        """The price table as the core knows it."""
        return Prices(
            text_input=self.text_input.strip(),
            image_input=self.image_input.strip(),
            image_output=self.image_output.strip(),
            text_output=self.text_output.strip(),
            currency=self.currency.strip(),
        )
