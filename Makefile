# Attention in C. `make help` lists what there is to do.
#
# One stem, such as 05_scaled_dot_product, names a chapter in every folder:
#
#     chapters/STEM.c -> build/chapters/STEM   the program
#                     -> build/out/STEM/       what it prints, and its data
#     plots/STEM.gp   -> build/plots/STEM/     its figures
#     tests/STEM.c    -> build/tests/STEM      its tests
#
# chapters/programs/NAME.c, a tool made of chapters, is build/programs/NAME.
#
# Nothing here names a chapter: what stands in the folders is what is built.
# Figures, exercises and the benchmark have rules in their own folders, and so do
# programs for many machines: rules.mk.
#
# On the command line: CH=05 picks a chapter, ARGS='--cell x' hands options to
# it, CC=clang picks a compiler, CFLAGS= adds options to ours, WERROR=1 makes
# warnings errors, V=1 shows every command.

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:

# The same characters, sorting and decimal point for every reader.
export LC_ALL := C.UTF-8

# ---- clean and setup come first --------------------------------------------
# What setup installs, such as the compiler, must be there before the rest of
# this file looks for it, and what clean removes must not be. So `make setup
# book` is setup, and then a new make for book; with -j, too.

setups := setup setup-bench setup-editions setup-live setup-mpi setup-trust
first := $(filter clean $(setups),$(MAKECMDGOALS))
others := $(filter-out clean $(setups),$(MAKECMDGOALS))
ifneq ($(first),)
.PHONY: $(first) $(others)
clean:
	rm -rf build
setup: $(filter clean,$(first))
	@sh tests/setup.sh
setup-bench setup-editions setup-live setup-mpi setup-trust: $(filter clean setup,$(MAKECMDGOALS))
	@sh tests/setup.sh $(@:setup-%=%)
	$(if $(filter setup-bench,$@),@sh tests/bench/peers.sh $(PEERS))
ifneq ($(others),)
$(firstword $(others)): $(first)
	@$(MAKE) $(others)
$(wordlist 2,$(words $(others)),$(others)): $(firstword $(others))
	@:
endif
else
setup: ## install what is missing: compiler, cmocka, gnuplot, Sphinx
setup-bench: ## install what `make bench` compares with: PyTorch, OpenBLAS; [PEERS=today]
setup-editions: ## install what `make pdf` and `make epub` need: a browser, Node.js
setup-live: ## install what `make live` and its test need: Node.js, a browser
setup-mpi: ## install what `make mpi` needs: Open MPI
setup-trust: ## install what looks for mistakes that tests miss: clang, gcovr, qemu
clean: ## remove build/, all that was made

# ---- what there is ---------------------------------------------------------

B := build
CHAPTERS := $(shell sh chapters/book/list.sh $(if $(LISTED),2>/dev/null))
export LISTED := yes
COMMON := $(patsubst %.c,%,$(wildcard common/*/*.c))
TESTS := $(sort $(patsubst tests/%.c,%,$(wildcard tests/*.c)))
PROGRAMS := $(sort $(patsubst %.c,%,$(wildcard chapters/programs/*.c)))
PLOTTED := $(filter $(CHAPTERS),$(patsubst plots/%.gp,%,$(wildcard plots/*.gp)))

# CH=5, CH=05 and CH=05_scaled_dot_product are the same chapter; CH=A is 99, the
# appendix.
digits := 0 1 2 3 4 5 6 7 8 9
number := $(if $(filter $(digits),$(CH)),0)$(patsubst A,99,$(CH))
chosen := $(filter $(number) $(number)_%,$(CHAPTERS))
ifneq ($(CH),)
ifeq ($(chosen),)
$(error There is no chapter $(CH). There are: $(CHAPTERS))
endif
endif

# Words such as 06_multi_head:05_scaled_dot_product: the first includes a
# header of the second. (Outside chapters/ the first word is a path.)
sources := chapters/*.[ch] chapters/programs/*.c tests/*.c tests/bench/*.c
includes := $(shell grep -Hs '^\# *include *"[0-9][0-9]_' $(sources) | \
    sed 's|^chapters/\([0-9]\)|\1|; s|\.[ch]:.*"\(.*\)\.h".*|:\1|')

# $(call uses,WHO): WHO and the chapters whose code it needs, through headers
# and sources, to any depth. WHO is a chapter, or a path such as tests/nn.
uses = $(sort $(1) $(foreach stem,\
    $(filter-out $(1),$(patsubst $(1):%,%,$(filter $(1):%,$(includes)))),\
    $(call uses,$(stem))))

# $(call objects,WHO...): the objects of these chapters, and of the corpora, if
# one of WHO includes them; $(call folder,PROGRAM): of the program's own folder,
# and of what programs share.
folder = $(if $(wildcard chapters/programs/$(1).c),$(patsubst %.c,%.o,\
    $(wildcard chapters/programs/$(1)/*.c chapters/programs/shared/*.c)))
reads_data := $(shell grep -ls '^\# *include *"data/' $(sources) | \
    sed 's|^chapters/\([0-9]\)|\1|; s|\.[ch]$$||')
objects = $(patsubst %,chapters/%.lib.o,$(filter $(CHAPTERS),$(1))) \
    $(if $(filter $(reads_data),$(1)),\
        $(patsubst %.c,%.o,$(wildcard chapters/data/*.c)))

# ---- compiler and flags ----------------------------------------------------
# Contraction (a * b + c rounded once) is off, so that all compilers print the
# same digits, except in the matrix product, where it doubles the speed, and in
# the appendix, which writes vectors as the product does. There GCC must contract
# all it can: tuned for some processors (Zen 2, Alder Lake) it leaves out sums of
# several products. Nor may it pass on several numbers of a struct at once, which
# were stored one by one: a processor waits for them, a tenth of the time of a
# small product. Without errno for sqrt() and the like, and without the flags
# that IEEE 754 raises, which nobody reads, more loops are vectorised: no result
# changes. Where GCC would compute floats in double (s390x, x87), it must not.
# Constants are in enums, and clang 19 may not warn of those beside a double.

options := -std=c11 -O3 -g -pthread -ffp-contract=off -fno-math-errno \
    -fno-trapping-math \
    -Wall -Wextra -Wshadow -Wconversion $(if $(WERROR),-Werror) \
    -Icommon -Ichapters
link_options := -pthread
contracted := common/tensor/gemm $(patsubst %.c,%,$(shell \
    grep -l '^\# *include *"tensor/vector\.h"' chapters/*.c 2>/dev/null))
$(foreach stem,$(contracted),$(addprefix $B/$(stem),.o .lib.o) \
    $(addprefix $B/debug/$(stem),.o .lib.o)) $B/tests/bench/peers.o: \
    more = $(contract)
ifneq ($(SANITIZE),)
options += -O2 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) \
    -fno-sanitize-recover=all
link_options += -fsanitize=$(SANITIZE)
endif

# The compiler is asked once what else it takes. The answer stays in flags.mk,
# and is asked for again when CC, an option or the questions (their checksum)
# change; all objects depend on it.
# fused: whether products really are contracted. The square of 1 + 2^-12 is
# 1 + 2^-11 + 2^-24, and the last term is lost if it is rounded to a float.
wanted := $(strip $(CC) $(options) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(LDLIBS) \
    $(shell sed -n '/^\# The compiler is asked/,/^options/p' Makefile | cksum))
-include $(wildcard $B/flags.mk)
$B/flags.mk: ;
ifneq ($(filter-out format help list look,$(or $(MAKECMDGOALS),all)),)
ifneq ($(flags_for),$(wanted))
compiler :=
native :=
contract := -ffp-contract=fast
fused :=
$(shell mkdir -p $B && cd $B && rm -f flags.mk && { \
    try() { $(CC) "$$@" $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o probe probe.c; }; \
    taken=; \
    takes() { try $$2 -Werror && taken="$$taken $$2" && echo "$$1 += $$2"; }; \
    echo 'int main(void) { return 0; }' > probe.c; \
    try && echo 'compiler := works' && echo 'flags_for := $(wanted)'; \
    takes native -march=native; \
    takes native -fexcess-precision=fast; \
    takes native -Wno-enum-float-conversion; \
    echo 'contract := -ffp-contract=fast'; \
    takes contract --param=avoid-fma-max-bits=0; \
    takes contract -fno-tree-slp-vectorize; \
    echo 'volatile float a = 0x1.001p0f, c = -0x1.002p0f; int main(void)' \
        '{ float b = a; return __FLT_EVAL_METHOD__ == 2 || b * b + c == 0; }' > probe.c; \
    try -O3 -ffp-contract=fast $$taken && ./probe && echo 'fused := yes'; \
    rm -f probe probe.c; } > flags.new 2> probe.log; mv flags.new flags.mk)
include $B/flags.mk
ifneq ($(compiler),works)
$(error The C compiler ($(CC)) does not work: see $B/probe.log, or try `make setup`)
endif
endif
endif
options += $(native)

# $(call compile,OPTIONS) and $(call link,LIBRARIES) make $@, with $(CC), or with
# a compiler that comes second. What make does is told on stderr: `make run` prints
# on stdout only what the chapter prints.
quiet := $(if $(V),,@)
say = @$(if $(V),:,printf '%-5s %s\n' '$(1)' '$(2)' >&2)
define compile
@mkdir -p $(@D)
$(call say,cc,$@)
$(quiet)$(or $(2),$(CC)) $(options) $(more) $(1) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
endef
define link
@mkdir -p $(@D)
$(call say,link,$@)
$(quiet)$(or $(2),$(CC)) $(link_options) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(1) -lm $(LDLIBS)
endef

# ---- chapters --------------------------------------------------------------

.SECONDEXPANSION:
.PHONY: all
all: $(CHAPTERS:%=$B/chapters/%) $(PROGRAMS:chapters/%=$B/%) ## build every chapter, and the programs made of them

$B/%.o: %.c $B/flags.mk
	$(call compile)

# A chapter once more, without its main, for all that uses it.
$B/%.lib.o: %.c $B/flags.mk
	$(call compile,-Dmain=main_$(*F))

# A program links the chapters whose headers it includes, and all of the folder
# that bears its name, and of shared/.
$(CHAPTERS:%=$B/chapters/%): $B/chapters/%: $B/chapters/%.o \
    $$(addprefix $B/,$$(filter-out chapters/$$*.lib.o,\
    $$(call objects,$$(call uses,$$*))) $(COMMON:%=%.o))
	$(call link)
program_parts = $(addprefix $B/,chapters/programs/$(1).o $(call folder,$(1)) \
    $(call objects,$(call uses,chapters/programs/$(1))) $(COMMON:%=%.o))
$(PROGRAMS:chapters/%=$B/%): $B/programs/%: $$(call program_parts,$$*)
	$(call link)

# One chapter must be chosen for the target that depends on this.
.PHONY: one-chapter
one-chapter:
	@test '$(words $(chosen))' = 1 || { \
	    echo 'Which chapter? Say CH=05, for one of:' $(CHAPTERS) >&2; exit 2; }

.PHONY: run
run: one-chapter $(chosen:%=$B/chapters/%) ## run one chapter here: make run CH=05 [ARGS='--cell NAME']
	@$(chosen:%=$B/chapters/%) $(ARGS)

.PHONY: list
list: ## list the chapters
	@$(foreach stem,$(CHAPTERS),\
	    printf '%-28s %s\n' $(stem) \
	        "$$(sed -n '/^# /{s/^# *//;s/\\top/T/;s/\$$//g;p;q;}' chapters/$(stem).c)";)

# ---- what chapters print, and their figures --------------------------------
# A fresh folder takes the place of the old one when all went well, so nothing
# in it is stale or half written.

$B/out/%/.done: $B/chapters/%
	$(call say,run,$*)
	@rm -rf $(@D).new && mkdir -p $(@D).new
	$(quiet)$< --out $(@D).new $(if $(SANITIZE),--quick)
	@touch $(@D).new/.done && rm -rf $(@D) && mv $(@D).new $(@D)

need = @command -v $(1) >/dev/null || { \
    echo '$(1) is missing: `make setup`, or install $(strip $(2)).' \
    '$(strip $(3))' >&2; exit 1; }

include plots/rules.mk

# ---- the book --------------------------------------------------------------

.PHONY: book
book: $B/book/index.html ## run every chapter, draw every figure, weave the book
	@echo "The book is $<: open it in a browser."

$B/book/index.html: $(CHAPTERS:%=$B/out/%/.done) $(PLOTTED:%=$B/plots/%/.done) \
    chapters $(CHAPTERS:%=chapters/%.c) $(wildcard $(CHAPTERS:%=chapters/%.h) \
    chapters/book/* chapters/book/*/* tests/*.[ch])
	$(call need,sphinx-build,\
	    python3-sphinx python3-myst-parser furo python3-sphinxcontrib.bibtex \
	    python3-sphinx-copybutton libjs-katex fonts-noto-cjk,\
	    Everything else works without it.)
	$(call say,weave,$(@D))
	$(quiet)LOOM_BUILD='$B' sh chapters/book/loom.sh >/dev/null

.PHONY: look
look: book ## take screenshots of the pages (needs a browser)
	@sh tests/look.sh

# ---- tests -----------------------------------------------------------------
# Tests link a build of their own: with T_DEBUG, which poisons memory that was
# given back; gradients*.c with double instead of float, so that they are sharp.

$B/debug/%.o: %.c $B/flags.mk
	$(call compile,-O1 -DT_DEBUG)
$B/debug/%.lib.o: %.c $B/flags.mk
	$(call compile,-O1 -DT_DEBUG -Dmain=main_$(*F))
$B/double/%.o: %.c $B/flags.mk
	$(call compile,-O1 -DT_DEBUG -DREAL_IS_DOUBLE)
$B/double/%.lib.o: %.c $B/flags.mk
	$(call compile,-O1 -DT_DEBUG -DREAL_IS_DOUBLE -Dmain=main_$(*F))

# $(call parts,TEST): its objects. It uses the chapters whose headers it
# includes, and the chapter or the program that bears its name.
named = $(filter $(1),$(CHAPTERS)) $(filter chapters/programs/$(1),$(PROGRAMS))
parts = $(addprefix $B/$(if $(filter gradients%,$(1)),double,debug)/,\
    tests/$(1).o $(patsubst %,%.lib.o,$(filter chapters/%,$(call named,$(1)))) \
    $(call folder,$(1)) $(call objects,$(sort $(foreach who,\
    tests/$(1) $(call named,$(1)),$(call uses,$(who))))) $(COMMON:%=%.o))

$(TESTS:%=$B/tests/%): $B/tests/%: $$(call parts,$$*)
	$(call link,-lcmocka)

# All that `make test` runs, or only what belongs to CH.
tested := $(or $(chosen),$(CHAPTERS))
test_programs := $(addprefix $B/tests/,\
    $(if $(CH),$(filter $(chosen),$(TESTS)),$(TESTS)))

.PHONY: cmocka
cmocka:
	@echo 'int main(void) { return 0; }' | $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) \
	    -include stdarg.h -include stddef.h -include setjmp.h -include stdint.h \
	    -include cmocka.h -xc - -o $B/probe -lcmocka >/dev/null 2>&1 && \
	    rm -f $B/probe || { echo 'cmocka is missing, which the tests are' \
	    'written with: `make setup`, or install libcmocka-dev.' >&2; exit 1; }

# First everything is built that can be built; then tests/run.sh runs it all,
# and counts what could not be built as failed. Without -j as many jobs run as
# there are processors, each with one thread.
cores = $(or $(shell getconf _NPROCESSORS_ONLN 2>/dev/null),1)
.PHONY: test
test: cmocka ## build and run all tests, or those of one chapter: make test CH=05
	-@OMP_NUM_THREADS=1 $(MAKE) -k $(if $(V),,-s) \
	    $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(cores)) \
	    $(test_programs) $(tested:%=$B/out/%/.done) \
	    $(if $(SANITIZE),,exercise-programs) $(if $(CH)$(SANITIZE),,all $(bench))
	@MAKE='$(MAKE)' B='$B' CH='$(CH)' SANITIZE='$(SANITIZE)' \
	    FUSED='$(fused)' CHAPTERS='$(tested)' PROGRAMS='$(test_programs)' sh tests/run.sh

.PHONY: asan
asan: ## the same, looking for memory errors, leaks and undefined behaviour
	@$(MAKE) test B=build/asan SANITIZE=address,undefined

.PHONY: expected
expected: $(tested:%=$B/out/%/.done) ## accept what chapters print now as what they should: [CH=05]
	@for stem in $(tested); do \
	    rm -rf tests/expected/$$stem && mkdir -p tests/expected/$$stem && \
	    cp $B/out/$$stem/*.out tests/expected/$$stem/ || exit 1; \
	done

# ---- with folders, and rules, of their own ---------------------------------

include common/learn/mpi/rules.mk
include tests/exercises/rules.mk
include tests/bench/rules.mk
include tests/right/rules.mk
include tests/elsewhere/rules.mk
include tests/faults/rules.mk
include tests/fuzz/rules.mk
include tests/mutants/rules.mk
include chapters/book/editions/rules.mk
include chapters/book/live/rules.mk
include chapters/book/seeds/rules.mk

# ---- housekeeping ----------------------------------------------------------

.PHONY: format
format: ## show where the C sources depart from .clang-format (tables may)
	@command -v clang-format >/dev/null || { \
	    echo 'clang-format is missing: install it' >&2; exit 1; }
	@for file in $(wildcard common/*/*.[ch] chapters/*.[ch] tests/*.[ch] \
	    tests/bench/*.[ch]); do \
	    clang-format $$file | diff -u $$file - ; \
	done; true

.PHONY: readme-plot
readme-plot: $B/plots/06_multi_head/.done ## renew the figure in README.md
	@cp $(<D)/ta.svg plots/README.svg

.PHONY: help
help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1:\2/p' Makefile */rules.mk */*/rules.mk */*/*/rules.mk | \
	    awk -F : '{ name = $$1; sub(/^[^:]*:/, ""); printf "%-14s %s\n", name, $$0 }'

-include $(wildcard $B/*/*.d $B/*/*/*.d $B/*/*/*/*.d $B/*/*/*/*/*.d)
endif
