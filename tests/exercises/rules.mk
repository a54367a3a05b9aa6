# Rules of the exercises; part of the Makefile.
#
# chapters/solutions/STEM.c holds all there is to say of a chapter's exercises:
# what is asked, what the reader finds, hints, solution. Made from it are
#
#     build/exercises/STEM.start.c    chapters/exercises/STEM.c at the start
#                     STEM.protos.h   declares the functions
#                     STEM.checks.c   tests/exercises/STEM.c and its table
#
# The checks are linked with the reader's file (STEM.yours), with the solutions
# (STEM.solved), and with the file at the start (STEM.start). EXERCISES=FOLDER
# checks the files of another folder. See tests/exercises/README.md.

EXERCISES :=
override EXERCISES := $(or $(strip $(EXERCISES)),chapters/exercises)
exercised := $(filter $(CHAPTERS),\
    $(patsubst chapters/solutions/%.c,%,$(wildcard chapters/solutions/*.c)))
made := $B/exercises
elsewhere := $(filter-out chapters/exercises,$(EXERCISES))
mine := $(made)$(if $(elsewhere),/$(subst /,-,$(elsewhere)))
parser := tests/exercises/exercise.awk

# $(call take_apart,WHAT): makes $@, whole or not at all: another make, such as
# a `make watch` in another window, may be reading it.
define take_apart
@mkdir -p $(@D)
$(quiet)awk -v show=$(1) -f $(parser) $< > $@.$$$$ && mv $@.$$$$ $@
endef
$(made)/%.start.c: chapters/solutions/%.c $(parser)
	$(call take_apart,exercises)
$(made)/%.protos.h: chapters/solutions/%.c $(parser)
	$(call take_apart,protos)
$(made)/%.checks.c: chapters/solutions/%.c tests/exercises/%.c $(parser)
	$(call take_apart,checks -v checks=tests/exercises/$*.c)

# What readers write is watched by sanitizers, if the compiler has them. The
# library is not: it checks its own limits, and is compiled with T_DEBUG.
$(made)/watched: $B/flags.mk
	@mkdir -p $(@D)
	@watch=-fsanitize=address,undefined; \
	echo 'int main(void) { return 0; }' > $@.c; \
	$(CC) $$watch $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@.probe $@.c \
	    > $@.log 2>&1 && $@.probe >> $@.log 2>&1 && \
	    echo "$$watch -fno-sanitize-recover=all" > $@ || : > $@
	@rm -f $@.c $@.probe

# More that helps, of what the compiler takes: a variable that is never set
# holds nonsense, not by chance the 0 that was meant; a mistake in what a macro
# such as SHAPE() is given is said to be in the reader's line.
helpful := -ftrivial-auto-var-init=pattern -ftrack-macro-expansion=0 \
    -fmacro-backtrace-limit=1
$(made)/helped: $B/flags.mk
	@mkdir -p $(@D)
	@echo 'int main(void) { return 0; }' > $@.c; \
	for option in $(helpful); do \
	    $(CC) -Werror $$option $(CPPFLAGS) $(CFLAGS) -c -o $@.o $@.c \
	        2> $@.log && echo $$option; \
	done > $@.new; mv $@.new $@
	@rm -f $@.c $@.o

exercise_options = -std=c11 -O1 -g -fno-omit-frame-pointer \
    -ffp-contract=off -Wall -Wextra -Wno-unused-parameter \
    -Werror=return-type -Werror=implicit-function-declaration \
    -Icommon -Ichapters -Ichapters/exercises -Itests/exercises -I$(made) -I. \
    $(if $(WERROR),$(if $(filter-out %.yours.o,$@),-Werror)) \
    $$(cat $(made)/watched $(made)/helped)

# $(call compile_exercise,STEM): makes $@ of $<, and keeps what was said. STEM
# is given for what is tried and for checks: try.c notes where they call the
# library.
define compile_exercise
@mkdir -p $(@D)
$(quiet)$(CC) $(exercise_options) $(CPPFLAGS) $(CFLAGS) \
    $(if $(1),-include tests/exercises/noted.h -include $(made)/$(1).protos.h) \
    -MMD -MP -c -o $@ $< 2> $@.said; \
    status=$$?; cat $@.said >&2; exit $$status
endef

exercise_needs := $(made)/watched $(made)/helped
$(made)/judging/%.o: tests/exercises/%.c $(exercise_needs)
	$(call compile_exercise)
$(made)/%.checks.o: $(made)/%.checks.c $(exercise_needs) $(made)/%.protos.h
	$(call compile_exercise,$*)
$(made)/%.solved.o: chapters/solutions/%.c $(exercise_needs) $(made)/%.protos.h
	$(call compile_exercise,$*)
$(made)/%.start.o: $(made)/%.start.c $(exercise_needs) $(made)/%.protos.h
	$(call compile_exercise,$*)
$(mine)/%.yours.o: $(EXERCISES)/%.c $(exercise_needs) $(made)/%.protos.h
	$(call compile_exercise,$*)

# $(call exercise_parts,STEM): what every program of its exercises needs.
solution_uses = $(sort $(foreach stem,$(1) $(filter $(CHAPTERS),$(shell \
    sed -n 's|^\# *include *"\([0-9][0-9]_.*\)\.h".*|\1|p' \
    chapters/solutions/$(1).c)),$(call uses,$(stem))))
exercise_parts = $(addprefix $(made)/,$(1).checks.o judging/try.o \
    judging/trial.o judging/judge.o) $(addprefix $B/debug/,\
    $(call objects,$(call solution_uses,$(1))) $(COMMON:%=%.o))

define link_exercises
@mkdir -p $(@D)
$(quiet)$(CC) $$(cat $(made)/watched) $(link_options) $(CFLAGS) $(LDFLAGS) \
    -o $@ $(filter %.o,$^) -lm $(LDLIBS)
endef

$(exercised:%=$(made)/%.solved): $(made)/%.solved: $(made)/%.solved.o \
    $$(call exercise_parts,$$*)
	$(link_exercises)
$(exercised:%=$(made)/%.start): $(made)/%.start: $(made)/%.start.o \
    $$(call exercise_parts,$$*)
	$(link_exercises)
$(exercised:%=$(mine)/%.yours): $(mine)/%.yours: $(mine)/%.yours.o \
    $$(call exercise_parts,$$*)
	$(link_exercises)

exercise_sh = @exec env MAKE='$(MAKE)' STEMS='$(exercised)' STEM='$(chosen)' \
    EX='$(EX)' FORCE='$(FORCE)' EXERCISES='$(EXERCISES)' MADE='$(made)' \
    MINE='$(mine)' sh tests/exercises/exercise.sh
starts := $(exercised:%=$(made)/%.start.c)

# What checks need that is not the reader's. exercise.sh asks for it, and for
# STEM.yours, when it is sure that no other make is at it.
.PHONY: exercise-parts
exercise-parts: $(foreach stem,$(filter $(exercised),$(chosen)),\
    $(call exercise_parts,$(stem)))

.PHONY: exercises exercise hint solution watch reset
exercises: $(starts) ## show what is done of the exercises, and what is next
	$(exercise_sh) table
exercise: $(starts) ## check your exercises: make exercise CH=05 [EX=3]
	$(exercise_sh) check
hint: ## give a hint, then the next: make hint CH=05 EX=3
	$(exercise_sh) hint
solution: $(starts) ## show a solution, once yours passes: make solution CH=05 EX=3 [FORCE=1]
	$(exercise_sh) solution
watch: $(starts) ## check whenever you save: make watch CH=05 [EX=3]
	$(exercise_sh) watch
reset: $(starts) ## bring a TODO back, and keep your text: make reset CH=05 EX=3
	$(exercise_sh) reset

.PHONY: exercise-programs
exercise-programs: $(foreach stem,\
    $(or $(filter $(exercised),$(chosen)),$(exercised)),\
    $(made)/$(stem).solved $(made)/$(stem).start $(made)/$(stem).start.c)

$B/book/index.html: $(parser) \
    $(wildcard chapters/solutions/*.c tests/exercises/*.c)
