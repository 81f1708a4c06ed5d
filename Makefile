# make lab    JupyterLab on the first lesson          make bench  speed and accuracy tables
# make test   all tests, as CI runs them              make lint   style and types
# make site   the lessons as web pages                make clean  forget the environments
# make test-colab  every lesson on Colab's versions; wants PYTHON=python3.13, as on Colab
#
# Everything is installed into .venv with the versions of constraints.txt. Another Python:
# make lab PYTHON=python3.12     More options for pip: make lab PIP_FLAGS='...'

PYTHON ?= python3
PIP_FLAGS ?=
VENV := .venv
BIN := $(VENV)/bin
# torch first and by itself: a bare range would bring the newest one, with gigabytes for GPUs
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_FLAGS) -c constraints.txt
CREATE = test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)

.PHONY: lab test test-extras test-colab lint bench site clean

lab: $(VENV)/.lab
	$(BIN)/genbench-lite start $(START_FLAGS)

test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb notebooks/templates/*.ipynb

bench: $(VENV)/.test .venv-reference/.ready
	$(BIN)/python benchmarks/run.py

test-extras: .venv-extras/.ready
	.venv-extras/bin/python -m pytest tests/extras

test-colab: .venv-colab/.ready
	GENBENCH_LITE_COLAB=1 .venv-colab/bin/python -m pytest tests/test_colab.py tests/lessons/test_run.py -k 'colab or untouched'

site: $(VENV)/.docs
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "The site is in docs/_build/html/index.html"

$(VENV)/.lab: pyproject.toml constraints.txt
	@echo "Installing into $(VENV): one to two minutes, and about 2 GB."
	@$(CREATE)
	@$(INSTALL) torch
	@$(INSTALL) -e '.[lab]'
	@# a question about news would cover the first lesson
	@$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements >/dev/null 2>&1
	@touch $@

$(VENV)/.test: $(VENV)/.lab
	@$(INSTALL) -e '.[test]'
	@touch $@

$(VENV)/.docs: $(VENV)/.lab
	@$(INSTALL) -e '.[docs]'
	@touch $@

.venv-extras/.ready: pyproject.toml constraints.txt constraints-extras.txt
	$(PYTHON) -m venv .venv-extras
	.venv-extras/bin/python -m pip install --quiet $(PIP_FLAGS) -c constraints-extras.txt torch
	.venv-extras/bin/python -m pip install --quiet $(PIP_FLAGS) -c constraints-extras.txt \
		-e . datasets genomic-benchmarks tensorflow-cpu pytest pytest-timeout hypothesis
	touch $@

# The bare package without constraints, as the lessons' set-up cell installs it; then what runs them
.venv-colab/.ready: pyproject.toml tests/colab-constraints.txt
	$(PYTHON) -m venv .venv-colab
	.venv-colab/bin/python -m pip install --quiet $(PIP_FLAGS) -r tests/colab-constraints.txt
	.venv-colab/bin/python -m pip install --quiet $(PIP_FLAGS) -e .
	.venv-colab/bin/python -m pip install --quiet $(PIP_FLAGS) -c tests/colab-constraints.txt \
		ipykernel papermill pytest pytest-timeout
	touch $@

.venv-reference/.ready: constraints-reference.txt
	$(PYTHON) -m venv .venv-reference
	.venv-reference/bin/python -m pip install --quiet $(PIP_FLAGS) -r constraints-reference.txt
	touch $@

clean:
	rm -rf .venv .venv-colab .venv-extras .venv-reference out docs/_build docs/lessons docs/reference
