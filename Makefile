# A fresh machine needs Python 3.11 (or newer) and make; the rest is set up in .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
EFFORT ?= quick
ARGS ?=
BIN := .venv/bin

.PHONY: verify test lint claims docs gallery notebook notebooks clean
.DEFAULT_GOAL := verify

# Verify the whole ledger; the table goes to build/ledger.md, the findings to build/ledger.json, the site to
# build/report/index.html. EFFORT=standard looks harder; COQ=1 gives the proofs to Coq, too.
verify: .venv/.ready
	mkdir -p build
	$(BIN)/w2s-sym verify --effort $(EFFORT) $(if $(COQ),--coq) --json build/ledger.json --table build/ledger.md \
		--report build/report $(ARGS)

# One process per core, each with one thread: more threads than cores only wait for each other. ARGS="-n0" takes one.
test: .venv/.ready-dev
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 \
		$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: .venv/.ready-dev
	status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy || status=1; \
	exit $$status

# Write CLAIMS.md, the table in README.md and docs/glossary.md again.
claims: .venv/.ready
	$(BIN)/python -m w2s_sym.report.claims_document README.md CLAIMS.md docs/glossary.md

# Write the documentation to build/docs/index.html; a warning is an error. It is read without a network.
docs: .venv/.ready-docs
	$(BIN)/python -m sphinx -q -W --keep-going -b html -d build/doctrees docs build/docs
	@echo "build/docs/index.html"

# Draw the figures of docs/gallery.md anew.
gallery: .venv/.ready
	OMP_NUM_THREADS=1 $(BIN)/python docs/draw_gallery.py

# Open the essays in JupyterLab.
notebook: .venv/.ready-notebook
	$(BIN)/jupyter lab notebooks

# Run all essays from their tops and save what they show; what is printed in pieces, by chance of timing, is joined after.
notebooks: .venv/.ready-notebook
	OMP_NUM_THREADS=1 $(BIN)/jupyter nbconvert --to notebook --execute --inplace \
		--ExecutePreprocessor.record_timing=False notebooks/*.ipynb
	$(BIN)/jupyter nbconvert --coalesce-streams notebooks/*.ipynb

clean:
	rm -rf docs/made build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.ready: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet -e '.[report,experiments]'
	touch $@

.venv/.ready-dev: .venv/.ready
	$(BIN)/python -m pip install --quiet -e '.[test,dev]'
	touch $@

.venv/.ready-notebook: .venv/.ready
	$(BIN)/python -m pip install --quiet -e '.[notebook]'
	touch $@

.venv/.ready-docs: .venv/.ready
	$(BIN)/python -m pip install --quiet -e '.[docs]'
	touch $@
