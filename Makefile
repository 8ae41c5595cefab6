# `make demo` and `make test` need Python 3.10 to 3.13 and nothing else; both fill .venv by themselves.
PYTHON ?= python3
BIN := .venv/bin
# What CI adds, so that nothing may be left out: `make test PYTEST_FLAGS="--nothing-left-out --cov"`.
PYTEST_FLAGS ?=

.PHONY: demo test docs benchmarks format screenshots clean

demo: .venv/ready-demo
	$(BIN)/knime-headless run demos/variations.yml
	@echo "Look at demos/output/gallery.html, bolder.html and drawn.html, and the pictures beside them."

# Workers and hundreds of processes load the same modules: each would compile them again.
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist worksteal -rs $(PYTEST_FLAGS)

docs: .venv/ready-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo "Look at build/docs/index.html; its search needs a server: python -m http.server -d build/docs"

# Twenty minutes on a machine that does nothing else; writes benchmarks/README.md.
benchmarks: .venv/ready-benchmarks .venv-spark-4/ready
	$(BIN)/python benchmarks/report.py

format: .venv/ready-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The pictures of dialogs, gallery and page in docs/images; they need Chromium and Node.js.
screenshots: .venv/ready-test tests/browser/node_modules headless/tests/browser/node_modules
	$(BIN)/python -m tests.browser.screenshots docs/images

%/node_modules: %/package.json
	npm install --no-audit --no-fund --prefix $*
	@touch $@

clean:
	rm -rf .venv .venv-knime .venv-peers .venv-spark-* build demos/output .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Python 3.10 to 3.13 is needed; name one: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/ready-demo: .venv/pyvenv.cfg pyproject.toml headless/pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . -e ./headless
	@touch $@

.venv/ready-test: .venv/pyvenv.cfg pyproject.toml headless/pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -e './headless[dev]'
	@touch $@ .venv/ready-demo

.venv/ready-docs: .venv/pyvenv.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	@touch $@

.venv/ready-benchmarks: .venv/ready-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[benchmarks]'
	@touch $@

# Programs of others, for the tests marked `peers`: too heavy, and too choosy, for our own .venv.
.venv-peers/ready: tests/peers/requirements.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# Spark, for the tests marked `spark`: as heavy. `make .venv-spark-4/ready .venv-spark-3/ready`
.venv-spark-%/ready: tests/spark/requirements-%.txt pyproject.toml
	$(PYTHON) -m venv .venv-spark-$*
	.venv-spark-$*/bin/python -m pip install --quiet --disable-pip-version-check -r $< -e .
	@touch $@

# The Python environments that KNIME makes for the extension: exactly its packages, none resolved.
.venv-knime/%/ready: tests/bundle/environments/%.txt
	$* -m venv --clear .venv-knime/$*
	.venv-knime/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	.venv-knime/$*/bin/python -m pip check
	@touch $@

# pytest lies beside them, where no node finds it.
.venv-knime/%/pytest/ready: tests/bundle/pytest.txt .venv-knime/%/ready
	.venv-knime/$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--target $(@D) --upgrade -r $<
	@touch $@

.PRECIOUS: .venv-knime/%/ready .venv-knime/%/pytest/ready

# `make test-python3.11`: the tests of the nodes with the packages of the KNIME that has that Python.
test-python%: .venv-knime/python%/pytest/ready
	PYTHONPATH=src:headless/src:$(<D) .venv-knime/python$*/bin/python -m pytest -n 2 tests/nodes tests/contract
