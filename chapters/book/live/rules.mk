# What makes the pages run: see build.mjs. Optional: the book is whole without.

live_npm := $B/live.npm
live_ready := $(live_npm)/node_modules/.package-lock.json

$(live_ready): chapters/book/live/package.json chapters/book/live/package-lock.json
	$(call need,npm,nodejs npm,The book is made without it.)
	$(call say,npm,$(live_npm))
	@mkdir -p $(live_npm)
	@cp chapters/book/live/package*.json chapters/book/live/.npmrc $(live_npm)
	$(quiet)cd $(live_npm) && npm ci --silent
	@touch $@

# Which objects each program is linked with, for build.mjs.
.PHONY: live-facts
live-facts:
	@$(foreach stem,$(CHAPTERS),echo 'chapter $(stem)' \
	    '$(filter-out chapters/$(stem).lib.o,$(call objects,$(call uses,$(stem))))' \
	    '$(COMMON:%=%.o)';)
	@$(foreach name,$(PROGRAMS:chapters/programs/%=%),echo 'program $(name)' \
	    '$(call folder,$(name)) $(call objects,$(call uses,chapters/programs/$(name)))' \
	    '$(COMMON:%=%.o)';)
	@$(foreach stem,$(exercised),echo 'exercise $(stem)' \
	    '$(call objects,$(call solution_uses,$(stem))) $(COMMON:%=%.o)';)
	@echo 'contracted $(contracted)'
	@echo 'flags $(filter-out -g -pthread -Werror $(native),$(options))'

# What the translator in the page has learned; live_epochs=2 is sooner done, and
# worse.
live_epochs := 6
live_models := $(addprefix $B/live.model/,french.model chinese.model)
$B/live.model/%.model: $B/programs/translate
	$(call say,train,$@)
	@mkdir -p $(@D)
	$(quiet)$< corpus $* > $(@D)/$*.tsv
	$(quiet)$< train --data $(@D)/$*.tsv --save $(@D)/$*.ckpt --epochs $(live_epochs) \
	    >/dev/null
	$(quiet)$< export --model $(@D)/$*.ckpt --save $@

.PHONY: live
live: book $(live_ready) $(live_models) $(foreach stem,$(exercised),$(addprefix $(made)/$(stem),\
    .start.c .protos.h .checks.c)) ## the book, with pages that run (needs node)
	$(call say,live,$B/live)
	$(quiet)LIVE_NPM='$(live_npm)' LIVE_BUILD='$B' \
	    node chapters/book/live/build.mjs
	@echo 'The book that runs is $B/live/index.html: open it in a browser.'

.PHONY: live-test
live-test: live ## open the pages that run in a browser, and try them (needs chromium): [ARGS=--bars]
	$(quiet)LIVE_NPM='$(live_npm)' LIVE_BUILD='$B' node tests/live.mjs $(ARGS)
