# Fuzzing, with clang's libFuzzer: bytes at random, guided by what they reach.
# Included by the Makefile. What it finds becomes a test.

T := 60
FUZZ_CC := $(if $(findstring clang,$(CC)),$(CC),clang)
fuzz_targets := $(filter-out fuzz,$(patsubst tests/fuzz/%.c,%,\
    $(wildcard tests/fuzz/*.c)))
fuzz_options := -std=c11 -O1 -g -pthread -DT_DEBUG -ffp-contract=off \
    -fsanitize=address,undefined -fno-sanitize-recover=all \
    -Wall -Wextra -Icommon -Ichapters
fuzz_wrapped := malloc calloc realloc free fopen fclose die die_usage exit
comma := ,

# The matrix product takes minutes to compile with the latter, and seconds
# without; `make asan` has it.
$B/fuzz/common/tensor/gemm.o: fuzz_options += -fno-sanitize=undefined

$B/fuzz/%.o: %.c $B/flags.mk
	$(call need,$(FUZZ_CC),clang,Everything else works without it.)
	@mkdir -p $(@D)
	$(call say,cc,$@)
	$(quiet)$(FUZZ_CC) $(fuzz_options) -fsanitize=fuzzer-no-link -MMD -MP \
	    -Dmain=main_$(*F) -c -o $@ $<

fuzz_parts := $(addprefix $B/fuzz/,tests/fuzz/fuzz.o $(call folder,translate) \
    $(patsubst %.lib.o,%.o,$(call objects,\
    $(call uses,chapters/programs/translate))) $(COMMON:%=%.o))

$(fuzz_targets:%=$B/fuzz/%): $B/fuzz/%: $B/fuzz/tests/fuzz/%.o $(fuzz_parts)
	$(call say,link,$@)
	$(quiet)$(FUZZ_CC) $(fuzz_options) -fsanitize=fuzzer -o $@ $^ \
	    $(fuzz_wrapped:%=-Wl$(comma)--wrap=%) -lm

# Seeds: small ones to begin with, and large ones, which are tried as they are.
$B/fuzz/seeds/.done: tests/fuzz/seeds.sh $B/programs/translate
	$(quiet)sh tests/fuzz/seeds.sh $(@D) $B/programs/translate
	@touch $@

.PHONY: fuzz
fuzz: $(fuzz_targets:%=$B/fuzz/%) $B/fuzz/seeds/.done ## fuzz what reads texts, pairs, pictures, models, command lines; seconds for each: [T=60] (needs clang)
	@$(call keep,fuzz) sh tests/fuzz/fuzz.sh $B/fuzz $(T) $(fuzz_targets)
