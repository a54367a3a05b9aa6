# The page "How we know it is right". Included by the Makefile.
#
# $(call keep,NAME) stands before a command: it keeps the command's last line as
# NAME, from which the page is made.

keep = sh tests/right/keep.sh $B/right '$(strip $(1))'
empty :=
dashed = $(subst $(empty) $(empty),-,$(strip $(1)))

.PHONY: check right-page
check: cmocka ## run some test programs, and count: BY='gradients torch'
	$(if $(BY),,$(error Which tests? Say BY='torch onnx'; there are: $(TESTS)))
	-@$(MAKE) -k -s $(BY:%=$B/tests/%)
	@$(call keep,check-$(call dashed,$(BY))) sh tests/right/check.sh $(BY:%=$B/tests/%)

right-page: ## put what the checks said when they last ran into the book
	$(quiet)awk -f tests/right/page.awk -v dir=$B/right \
	    -v page=chapters/book/right.md tests/right/page.md > $B/right.md
	@cp $B/right.md chapters/book/right.md
