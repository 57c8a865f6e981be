# The commands of the course. `make lab` and `make test` set everything up themselves.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STUDENTS ?= 30
CHAPTER ?=
export PATH := $(abspath $(BIN)):$(PATH)
export JUPYTER_CONFIG_PATH := $(CURDIR)/autograde
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false
export OMP_NUM_THREADS := 1

NOT_FOR_STUDENTS = $(if $(wildcard solutions),,$(error This is the students' copy of \
  the course: it has make lab, make update, make restore and make submit CHAPTER=01))

.PHONY: help setup lab update restore submit test browser check lock build release instructor collect \
  simulate grade preview keep report bench screenshots book

help:
	@echo "make lab                    set everything up and open the course in JupyterLab"
	@echo "make update                 bring your copy in work/ up to date, and no more"
	@echo "make restore CHAPTER=01     bring back cells of the course that you deleted"
	@echo "make submit CHAPTER=01      hand in a chapter [STUDENT=name]"
	@echo "make test                   set everything up and run every test"
	@echo "make check                  format, lint, types, contracts and the quick tests"
	@echo "make lock                   resolve the pinned packages anew"
	@echo "make browser                install what the browser tests need (Debian, Ubuntu; as root)"
	@echo "make build [CHAPTER=01]     rebuild notebooks and checks from the sources"
	@echo "make book                   the course as a web site, in dist/book"
	@echo "make release                the archive that students get"
	@echo "make instructor             the course with Formgrader, for instructors"
	@echo "make collect FROM=folder    sort what students sent into grading/submitted"
	@echo "make simulate STUDENTS=30   a simulated class in grading/submitted"
	@echo "make grade [CHAPTER=01]     grade all submissions"
	@echo "make preview [CHAPTER=01]   who would move after a change of a check"
	@echo "make report                 write the report again"
	@echo "make keep                   let the previewed results count, graded only once"
	@echo "make bench                  the figures of the README"
	@echo "make screenshots            the pictures of the README"

# start.py makes the environment; it is done at once where that is complete.
setup:
	@$(PYTHON) start.py --env $(VENV) --for $(if $(wildcard solutions),developers,students) \
	  --setup-only

lab:
	@$(PYTHON) start.py --env $(VENV) $(OPTIONS)

update: setup
	@$(BIN)/python -m autograde update

restore: setup
	@$(BIN)/python -m autograde restore $(CHAPTER)

submit: setup
	@$(BIN)/python -m autograde submit $(CHAPTER) $(if $(STUDENT),--student $(STUDENT))

# nbval executes every solution notebook and compares its outputs; its files are spread
# over the processes like all others. There is one more of them than cores: hostile code
# is waited for.
test: setup
	$(NOT_FOR_STUDENTS)
	@AUTOGRADE_STILL=1 $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --nbval \
	  --nbval-current-env --nbval-cell-timeout 1200 --nbval-kernel-startup-timeout 300 \
	  autograde/tests solutions

# Without it the browser tests say that they were skipped.
browser:
	@command -v chromedriver >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null; }

# What a contributor waits for: no walls, no browser, no training.
check: setup
	@$(BIN)/python -m autograde check

lock: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde lock

build: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde build $(CHAPTER)

release: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde release

instructor: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde instructor $(OPTIONS)

collect: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde collect "$(FROM)"

simulate: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde simulate --students $(STUDENTS) $(CHAPTER)

grade: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde grade $(CHAPTER) $(OPTIONS)

preview: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde preview $(CHAPTER) $(OPTIONS)

keep: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde keep $(CHAPTER)

report: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde report

bench: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde bench $(OPTIONS)

screenshots: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde screenshots

book: setup
	$(NOT_FOR_STUDENTS)
	@$(BIN)/python -m autograde book $(OPTIONS)
