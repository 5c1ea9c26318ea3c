# Two commands matter: `make demo` and `make test`. Both do all their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(abspath $(BIN)):$(PATH)
WHEEL_STAMP := build/wheel.stamp
TOOLS_STAMP := build/tools.stamp
RUST_SOURCES := $(shell find rust -path rust/fuzz -prune -o -type f \( -name '*.rs' -o -name '*.toml' -o -name '*.csv' -o -name '*.py' -o -name '*.pyi' -o -name '*.html' -o -name '*.css' \) -print 2>/dev/null)

.PHONY: demo test lint test-rust test-python test-slicer wheel attack bench slicer-zip faults fuzz clean

demo: $(WHEEL_STAMP)
	rm -rf demo
	$(BIN)/headct-deid demo demo

test: lint test-rust test-python test-slicer
	@echo "all tests passed"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

build/build-tools.stamp: $(BIN)/python
	$(BIN)/python -m pip install --quiet 'cmake>=3.20,<5' 'maturin>=1.9,<2' 'numpy>=1.26'
	@mkdir -p build && touch $@

$(TOOLS_STAMP): build/build-tools.stamp Testing/requirements.txt
	$(BIN)/python -m pip install --quiet -r Testing/requirements.txt
	Testing/system-tools.sh
	@touch $@

wheel $(WHEEL_STAMP): build/build-tools.stamp $(RUST_SOURCES) Cargo.toml Cargo.lock pyproject.toml
	rm -rf build/wheel
	$(BIN)/maturin build --quiet --release --locked --compatibility linux --out build/wheel
	$(BIN)/python -m pip install --quiet --force-reinstall --no-deps build/wheel/*.whl
	@touch $(WHEEL_STAMP)

lint: $(TOOLS_STAMP) $(WHEEL_STAMP)
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	$(BIN)/ruff check rust/python HeadCTDeid Testing benches
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest headct_deid --mypy-config-file pyproject.toml --allowlist Testing/stubtest-allowlist.txt --ignore-disjoint-bases

test-rust: $(TOOLS_STAMP)
	cargo test --locked

test-python: $(TOOLS_STAMP) $(WHEEL_STAMP)
	$(BIN)/python -m pytest

test-slicer: build/slicer.stamp
	cd Testing/Slicer && QT_QPA_PLATFORM=offscreen $(abspath build/slicer-venv)/bin/python -m pytest

build/slicer.stamp: $(WHEEL_STAMP) Testing/Slicer/requirements.txt
	$(PYTHON) -m venv build/slicer-venv
	build/slicer-venv/bin/python -m pip install --quiet -r Testing/Slicer/requirements.txt
	build/slicer-venv/bin/python -m pip install --quiet --force-reinstall --no-deps build/wheel/*.whl
	@touch $@

# The module with whatever wheels lie in WHEELS (files or folders), ready to be dropped onto Slicer.
WHEELS ?= build/wheel
slicer-zip: $(WHEEL_STAMP)
	$(BIN)/python scripts/slicer_zip.py --wheels $(WHEELS) --out dist

# How much of a face do the series in folder RESULT leak, compared with those in ORIGINAL?
attack: $(TOOLS_STAMP)
	PYTHONPATH=Testing/Python $(BIN)/python -m attack $(abspath $(ORIGINAL)) $(abspath $(RESULT))

# Whole runs against copying the files and against the predecessors' way, as ratios. BENCH=--quick tries it.
bench: $(TOOLS_STAMP) $(WHEEL_STAMP)
	cargo build --release --locked -p headct-deid -p headct-deid-phantom --bin headct-deid --example patients
	$(BIN)/python benches $(BENCH)

# Kills runs at fifty random moments; every resumed output must be that of an undisturbed run.
faults:
	cargo build --locked
	rm -rf build/cohort
	cargo run --quiet --locked -p headct-deid-phantom --example patients build/cohort 5 10 64
	$(PYTHON) Testing/faults/kill_many.py target/debug/headct-deid build/cohort/patients build/cohort/patients.xlsx 50

# Fuzzes one target for SECONDS of processor time, with the address sanitizer. Needs cargo-fuzz (cargo install cargo-fuzz).
TARGET ?= reader
SECONDS ?= 1800
fuzz: build/build-tools.stamp
	RUSTC_BOOTSTRAP=1 cargo fuzz build --fuzz-dir rust/fuzz $(TARGET)
	$(PYTHON) rust/fuzz/run.py $(TARGET) $(SECONDS)

clean:
	rm -rf build demo test-artifacts
