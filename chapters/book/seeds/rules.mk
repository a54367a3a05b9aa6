# Rules of the tables with a spread; part of the Makefile.
#
# A line of prose `{seeds} NAME | HEADING | ...` stands for a table of what cell
# NAME plots, with several seeds (see weave.awk). `make seeds` runs these cells
# of a chapter, with --long, and keeps what they plotted in STEM.dat beside this
# file, from which the page is made. A run that was stopped goes on at the seed
# it had come to.

SEEDS := 1 2 3
seeded := $(foreach seed,$(SEEDS),$(chosen:%=$B/seeds/%/$(seed)/.done))
spread = $(sort $(shell sed -n 's/^{seeds} *\([a-z0-9_]*\).*/\1/p' \
    chapters/$(1).c))

.PHONY: seeds
seeds: one-chapter $(seeded) ## measure a chapter with several seeds, for its table: make seeds CH=11 [SEEDS='1 2 3']
	@sh chapters/book/seeds/keep.sh $B/seeds/$(chosen) \
	    chapters/book/seeds/$(chosen).dat '$(SEEDS)' \
	    '$(call spread,$(chosen))'

$B/seeds/%/.done: $$B/chapters/$$(*D)
	@test '$(call spread,$(*D))' || { echo 'chapters/$(*D).c has no table' \
	    'of several seeds: no line {seeds} NAME in its prose' >&2; exit 1; }
	$(call say,run,$(*D) --long --seed $(*F))
	@rm -rf $(@D).new && mkdir -p $(@D).new
	$(quiet)$< --long --seed $(*F) --out $(@D).new \
	    $(patsubst %,--cell %,$(call spread,$(*D)))
	@touch $(@D).new/.done && rm -rf $(@D) && mv $(@D).new $(@D)
