# Everything one needs to know is `make help`. Each target sets up what it needs, once.
PYTHON ?= python3
VENV ?= .venv
PICTURES ?= pictures

py := $(VENV)/bin/python
export VENV PYTHON

.DEFAULT_GOAL := help
.PHONY: help run test check bench interop faults soak pagecheck pictures lock clean

help: ## show this list
	@echo "인증서 창구 (Changgu) · make <target>"
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "Another Python: make PYTHON=python3.13 VENV=.venv-3.13 test"

run: $(VENV)/.run ## open the window; without a display: practise a whole journey and leave pictures of it in pictures/
	@PICTURES=$(PICTURES) scripts/run

test: $(VENV)/.dev ## every test, without network or display; every branch of the flow must be reached
	@$(py) -m pytest -q -n 2 tests/wizard/flow --cov
	@$(py) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/wizard/flow

check: $(VENV)/.dev ## format, lint, types, import contracts, house rules, the API's description
	@$(py) -m ruff format --check .
	@$(py) -m ruff check .
	@$(py) -m mypy
	@$(VENV)/bin/lint-imports
	@$(py) scripts/house.py
	@$(py) -m scripts.openapi --check

bench: $(VENV)/.dev ## start-up, the longest block of the interface, a person's time, keys and lists beside pypinksign's, the server's rate, growth and fleet
	@missed=; for part in startup ui_stall human_time help_search unlock certs_list files_window \
			"issue_rate --postgres" "growth --most=100000 --revoked=10000" "fleet --kiosks=100 --rate=3"; do \
		echo "· $$part"; $(py) -m bench.$$part || missed="$$missed $$part"; \
	done; [ -z "$$missed" ] || { echo "Over the limit:$$missed" >&2; exit 1; }

pagecheck: $(VENV)/.dev ## every page in every look, on a PC and at a kiosk, measured as it is drawn: pictures in out/pagecheck
	@$(py) -m scripts.pagecheck

interop: $(VENV)/.dev ## keys, PFX and CMS exchanged with OpenSSL, Java, Node and Python programs: docs/interop.md
	@scripts/interop

faults: $(VENV)/.dev ## every system call of a write to a medium made to fail, killed, or its power lost: docs/faults.md
	@[ "$$(id -u)" != 0 ] || scripts/system-packages strace exfat-fuse exfatprogs
	@$(py) -m scripts.faults

soak: $(VENV)/.dev ## the random tests again, for as long as a night allows
	@$(py) -m pytest --hypothesis-profile=soak --no-cov --timeout=0 -m soak

pictures: $(VENV)/.run ## redraw docs/pictures: sheets of every page, Korean and English, light, dark and enlarged
	@scripts/pictures

lock: $(VENV)/.dev ## compile requirements/*.lock again from pyproject.toml
	@scripts/lock

clean: ## remove what make and the tests made
	rm -rf $(VENV) .uv $(PICTURES) out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: a second run is instant. The interpreter's name is part of what they stand for.
$(VENV)/.run: requirements/run.lock scripts/setup scripts/system-packages $(VENV)/.python
	@scripts/setup run

$(VENV)/.dev: requirements/run.lock requirements/dev.lock pyproject.toml scripts/setup scripts/system-packages $(VENV)/.python
	@scripts/setup dev

# Runs always, but is newer only when $(PYTHON) is another Python than the folder was made with.
.PHONY: always
$(VENV)/.python: always
	@scripts/venv
