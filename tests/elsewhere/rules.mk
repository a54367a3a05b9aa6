# The same numbers elsewhere? Included by the Makefile.

$B/elsewhere/again: $B/tests/elsewhere/again.o $(addprefix $B/,\
    $(call folder,translate) $(call objects,\
    $(call uses,chapters/programs/translate)) $(COMMON:%=%.o))
	@mkdir -p $(@D)
	$(call link)

.PHONY: elsewhere
elsewhere: ## other compilers, options, C libraries and processors print and keep the same: [IN='clang s390x'] [CH=05]
	@$(if $(IN)$(CH),,rm -f $B/right/elsewhere-*)
	@MAKE='$(MAKE)' B='$B' CHAPTERS='$(chosen)' \
	    $(call keep,$(if $(CH),,elsewhere-$(or $(call dashed,$(IN)),all))) \
	    sh tests/elsewhere/elsewhere.sh $(IN)
