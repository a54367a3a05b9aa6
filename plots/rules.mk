# Rules of the figures; part of the Makefile. As with what chapters print, a
# fresh folder takes the place of the old one.

gnuplot = $(call need,gnuplot,gnuplot-nox,Chapters run and are tested without it.)

$B/plots/%/.done: plots/%.gp plots/style.gp $B/out/%/.done
	$(gnuplot)
	$(call say,plot,$*)
	@rm -rf $(@D).new && mkdir -p $(@D).new
	$(quiet)gnuplot -e "data='$B/out/$*'; out='$(@D).new'" $<
	@touch $(@D).new/.done && rm -rf $(@D) && mv $(@D).new $(@D)

.PHONY: plots
plots: $(PLOTTED:%=$B/plots/%/.done) ## draw the figures of every chapter

# TERM is always in the environment: only one on the command line counts.
# With ARGS, such as a sentence of the reader's own, plot draws from a run of
# its own, kept apart in build/mine.
ifeq ($(ARGS),)
data := $B/out/$(chosen)
figures := $B/plots/$(chosen)
else
data := $B/mine/$(chosen)
figures := $B/mine/$(chosen)
endif
draw = gnuplot -e "data='$(data)'; out='$(figures)'" plots/$(chosen).gp

.PHONY: mine
mine: one-chapter $(chosen:%=$B/chapters/%)
	$(gnuplot)
	@rm -rf $B/mine/$(chosen) && mkdir -p $B/mine/$(chosen)
	@$(chosen:%=$B/chapters/%) --out $B/mine/$(chosen) $(ARGS)

.PHONY: plot
ifeq ($(origin TERM),command line)
plot: one-chapter $(if $(ARGS),mine,$(chosen:%=$B/out/%/.done))
	$(gnuplot)
	@test '$(TERM)' = dumb || { \
	    echo 'TERM=dumb draws in the terminal; no other is known' >&2; exit 2; }
	@colour=1; test -t 1 && test -z "$$NO_COLOR" || colour=0; \
	gnuplot -e "data='$(data)'; out='$(figures)'; in_terminal=1; \
	    in_colour=$$colour" plots/$(chosen).gp
else
plot: one-chapter $(if $(ARGS),mine,$(chosen:%=$B/plots/%/.done)) ## draw one chapter and open it: make plot CH=05 [TERM=dumb] [ARGS='--text "..."']
	$(if $(ARGS),@$(draw))
	@for figure in $(figures)/*.svg; do \
	    echo "$$figure"; \
	    if test "$$(uname)" = Darwin; then open "$$figure"; \
	    elif test -n "$$DISPLAY$$WAYLAND_DISPLAY"; then \
	        command -v xdg-open >/dev/null && xdg-open "$$figure"; \
	    fi; \
	done; true
endif
