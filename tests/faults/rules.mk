# What becomes of files when the machine fails. Included by the Makefile.
#
# STEP=1 tries each place where it can; a larger one the first ten of a kind, and
# then each STEP-th.

STEP := 1

$B/faults/shim.so: tests/faults/shim.c $B/flags.mk
	@mkdir -p $(@D)
	$(call say,link,$@)
	$(quiet)$(CC) -std=gnu11 -Wall -Wextra -O1 -fPIC -shared -o $@ $< -ldl

$B/faults/faults: $B/tests/faults/faults.o
	$(call link)

.PHONY: faults
faults: $B/faults/faults $B/faults/shim.so $(PROGRAMS:chapters/%=$B/%) $B/chapters/02_softmax ## let memory, disk and power fail at every place where they can: [STEP=10]
	@$(call keep,$(if $(filter 1 10 20,$(STEP)),faults)) $B/faults/faults $B/faults/shim.so $B $(STEP)
