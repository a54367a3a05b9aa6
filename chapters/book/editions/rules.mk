# The book on paper and on a reader, made of the site. Optional.

editions := chapters/book/editions
for_editions := (`make setup-editions` does.) The site is made without.

$B/editions/attention-in-c.pdf: $B/book/index.html $(wildcard $(editions)/*)
	$(call need,$(or $(CHROMIUM),chromium),chromium,$(for_editions))
	$(call need,node,nodejs,$(for_editions))
	$(call need,pdfinfo,poppler-utils,$(for_editions))
	$(call say,print,$(@D))
	$(quiet)BUILD='$B' node $(editions)/print.mjs

.PHONY: pdf
pdf: $B/editions/attention-in-c.pdf ## the book as PDF, for paper and for a screen (needs chromium, node)
	@echo 'The book is $<, and for a screen $(<:.pdf=-screen.pdf).'
