# Rules of the benchmark; part of the Makefile.
#
# tests/bench/ compares the library with PyTorch and OpenBLAS, where they are
# installed. It links the chapters whose headers it includes, optimised as their
# programs are.

bench := $B/bench/bench
bench_parts := $(patsubst %.c,%,$(wildcard tests/bench/*.c))

$(bench): $(addprefix $B/,$(bench_parts:%=%.o) $(call objects,\
    $(sort $(foreach part,$(bench_parts),$(call uses,$(part))))) $(COMMON:%=%.o))
	$(call link,$(if $(filter Linux,$(shell uname)),-ldl))

.PHONY: bench bench-page
bench: $(bench) ## how fast it is, beside PyTorch and OpenBLAS: [ROW=matmul] [THREADS=1,2] [ARGS=--help]
	@$(bench) $(if $(ROW),,--out $B/bench) $(THREADS:%=--threads %) $(ARGS) $(ROW)

bench-page: ## put the results of the last whole `make bench` into the book
	@test -f $B/bench/bench.json || { \
	    echo 'There are no results yet: make bench' >&2; exit 1; }
	$(gnuplot)
	$(quiet)gnuplot -e "data='$B/bench'; out='$B/bench'" plots/bench.gp
	@cp $B/bench/speed.svg chapters/book/_static/speed.svg
	$(quiet)awk -f tests/bench/page.awk $B/bench/bench.json tests/bench/page.md \
	    > $B/bench/speed.md
	@cp $B/bench/speed.md chapters/book/speed.md
