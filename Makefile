# make install   .venv from the hash-pinned lock, with irtui in it     make rehearse   revoke a leaked key on the simulated AWS
# make test      every test, the long ones sampled                     make lint       ruff, mypy --strict, the floors
# make test-deep every test in full                                    make bench      ratios against aws and a bare Textual app
# make lock      compile requirements.lock again                       make picture    docs/images/run.svg from the real TUI
SHELL := /bin/bash
.DEFAULT_GOAL := install
.PHONY: install rehearse test test-deep lint bench lock picture

BIN := .venv/bin
STAMP := .venv/.installed

install: $(STAMP)

# PYTHON=/path/to/python3.12 chooses another one.
$(STAMP): requirements.lock pyproject.toml
	@python=$$(PYTHON="$(PYTHON)" bash .ci/find-python) || exit 1; \
	echo "irtui: installing into .venv with $$($$python -V)"; \
	test -x $(BIN)/python || $$python -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

rehearse: $(STAMP)
	@if [ -t 0 ] && [ -t 2 ]; then $(BIN)/irtui rehearse leaked-key; else $(BIN)/irtui rehearse leaked-key --auto --plain; fi

test: $(STAMP)
	$(BIN)/pytest -q -n 3 --dist loadfile --no-loadscope-reorder

test-deep: $(STAMP)
	IRTUI_DEEP=1 $(BIN)/pytest -q -n 2 --dist loadfile

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict irtui tests bench
	$(BIN)/lint-imports --no-cache

bench: $(STAMP)
	$(BIN)/python -m bench

lock: $(STAMP)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --all-extras pyproject.toml -o requirements.lock
	@! grep -nE 'https?://|--(extra-)?index-url|--find-links' requirements.lock

picture: $(STAMP)
	$(BIN)/python -m bench.picture docs/images/run.svg
