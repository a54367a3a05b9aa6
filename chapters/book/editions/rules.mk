# The book on paper and on a reader, made of the site. Optional.

editions := chapters/book/editions
for_editions := (`make setup-editions` does.) The site is made without.

$B/editions/attention-in-c.pdf: $B/book/index.html $(wildcard $(editions)/*)
	$(call need,$(or $(CHROMIUM),chromium),chromium,$(for_editions))
	$(call need,node,nodejs,$(for_editions))
	$(call need,pdfinfo,poppler-utils,$(for_editions))
	$(call say,print,$(@D))
	$(quiet)BUILD='$B' node $(editions)/print.mjs
	$(quiet)LOOM_BUILD='$B' sh $(editions)/links.sh

.PHONY: pdf
pdf: $B/editions/attention-in-c.pdf ## the book as PDF, for paper and for a screen (needs chromium, node)
	@echo 'The book is $<, and for a screen $(<:.pdf=-screen.pdf).'

$B/editions/attention-in-c.epub: $B/book/index.html $(wildcard $(editions)/*)
	$(call need,node,nodejs,$(for_editions))
	$(call say,epub,$(@D))
	$(quiet)EDITION=epub LOOM_BUILD='$B' sh chapters/book/loom.sh >/dev/null
	$(quiet)LOOM_BUILD='$B' sh $(editions)/check.sh
	@cp $(@D)/epub/$(@F) $@
	$(quiet)LOOM_BUILD='$B' sh $(editions)/links.sh

.PHONY: epub
epub: $B/editions/attention-in-c.epub ## the book as EPUB, for a reader (needs node)
	@echo 'The book is $<.'
