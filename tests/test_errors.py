import re

import openai_images.errors as errors


def test_the_tree_in_the_docstring_is_the_tree_in_the_code():
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__)
    assert sorted([*drawn, "ImagesError"]) == sorted(errors.__all__)


def test_each_error_stands_under_the_parent_that_the_docstring_draws():
    parents = {0: "ImagesError"}
    for line in errors.__doc__.splitlines():
        if match := re.match(r"([│ ]*)[├└]── (\w+)", line):
            depth = len(match[1]) // 4 + 1
            parents[depth] = match[2]
            assert getattr(errors, match[2]).__bases__ == (getattr(errors, parents[depth - 1]),)
