# The commands of the course. `make lab` and `make test` set everything up themselves.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
STUDENTS ?= 30
CHAPTER ?=
export PATH := $(abspath $(BIN)):$(PATH)
export JUPYTER_CONFIG_PATH := $(CURDIR)/autograde
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false
export OMP_NUM_THREADS := 1

.PHONY: help setup lab test build release simulate grade preview bench lint

help:
	@echo "make lab                    set everything up and open the course in JupyterLab"
	@echo "make test                   set everything up and run every test"
	@echo "make build [CHAPTER=01]     rebuild notebooks and checks from the sources"
	@echo "make release                the archive that students get"
	@echo "make simulate STUDENTS=30   a simulated class in grading/submitted"
	@echo "make grade [CHAPTER=01]     grade all submissions"
	@echo "make preview [CHAPTER=01]   who would move after a change of a check"
	@echo "make bench                  the figures of the README"

setup: $(READY)

# Repeated for free: the stamp is newer than the pins until the pins change.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "The course needs Python 3.11 or newer, and '$(PYTHON)' is not: install it and"; \
	  echo "run make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing: on Debian or Ubuntu, apt install python3-venv."; \
	  exit 1; }
	@test -x $(BIN)/python || { echo "Making a virtual environment in $(VENV) ..."; \
	  $(PYTHON) -m venv $(VENV); }
	@echo "Installing the pinned packages (some minutes the first time) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -q \
	  -r requirements.txt
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -e .
	@$(BIN)/python -m autograde.datasets.sentences
	@touch $@

lab: setup
	@$(BIN)/python -m autograde.lab

test: setup
	@$(BIN)/python -m pytest $(TESTS)

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check autograde

build: setup
	@$(BIN)/python -m autograde.build $(CHAPTER)

release: setup
	@$(BIN)/python -m autograde.release

simulate: setup
	@$(BIN)/python -m autograde.simulate --students $(STUDENTS) $(CHAPTER)

grade: setup
	@$(BIN)/python -m autograde.grade $(CHAPTER) $(OPTIONS)

preview: setup
	@$(BIN)/python -m autograde.grade --preview $(CHAPTER) $(OPTIONS)

bench: setup
	@$(BIN)/python -m autograde.bench
