"""Runs in an environment of KNIME's packages: a connector, a variation, a variation of that.

    python -I chain.py EXTENSION RUNNER PICTURE BASE_URL

Prints what came of it as JSON: for each service and result format, the shape of both tables.
"""

import json
import sys
from importlib import metadata

FORMATS = ("STRUCTURED_TABLE", "RAW_RESPONSE", "IMAGES")
CREDENTIALS = {"key": ("", "sk-chain-0123456789")}


def services(base_url):
    return {
        "EMBEDDED": {"service": "EMBEDDED"},
        "COMPATIBLE": {
            "service": "COMPATIBLE",
            "base_url": base_url,
            "credentials": "key",
            "check_connection": False,
        },
    }


def call(picture, result_format):
    return {
        "image": picture,
        "set_n": True,
        "n": 2,
        "set_size": True,
        "size": "256x256",
        "set_response_format": True,
        "response_format": "b64_json",
        "result_format": result_format,
    }


def chain(nodes, service, settings):
    """The shape of the two tables that come of a connector's and the variations' settings."""
    connector, vary = nodes["openai_image_connector"], nodes["create_image_variation"]
    connection = connector.execute(service, [], credentials=CREDENTIALS).outputs[0]
    first = vary.execute(settings, [connection], credentials=CREDENTIALS)
    second = vary.execute(settings, [first.outputs[1]], credentials=CREDENTIALS)
    return [shape(first.outputs[0].to_pandas()), shape(second.outputs[0].to_pandas())]


def shape(table):
    pictures = [list(cell.size) for cell in table.get("Image", [])]
    return {"columns": list(table), "rows": len(table), "pictures": pictures}


def main(extension, runner, picture, base_url):
    sys.path.insert(0, runner)
    from knime_headless import load_extension

    # The runner reads knime.yml with PyYAML; KNIME has none, so the nodes must do without.
    sys.modules["yaml"] = None
    nodes = load_extension(extension).nodes
    return {
        "packages": {d.name.lower(): d.version for d in metadata.distributions()},
        "results": {
            name: {f: chain(nodes, service, call(picture, f)) for f in FORMATS}
            for name, service in services(base_url).items()
        },
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
