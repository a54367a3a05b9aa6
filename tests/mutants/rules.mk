# Do the tests bite? Included by the Makefile.

# MOST of a file; without FILE or CH a few of every one.
faulty := $(or $(FILE),$(chosen:%=chapters/%.c))
MOST := $(if $(faulty),60,10)
all_faulty := $(wildcard common/*/*.c chapters/programs/*.c chapters/programs/*/*.c \
    chapters/data/*.c) \
    $(CHAPTERS:%=chapters/%.c)

.PHONY: mutants
mutants: cmocka ## make small faults in a file, or in all, and count those that tests find: [FILE=common/learn/opt.c or CH=05 [BY='opt torch']] [MOST=60; 0: all]
ifneq ($(faulty),)
	@MAKE='$(MAKE)' B='$B' MOST='$(MOST)' TESTS='$(BY)' FILE='$(faulty)' \
	    $(call keep,mutants-$(subst /,_,$(faulty))) sh tests/mutants/mutants.sh
else
	@MAKE='$(MAKE)' MOST='$(MOST)' sh tests/mutants/all.sh $(all_faulty)
endif

# Which lines and branches do they reach? In a build of its own, so that nothing
# else is counted. By the tests of common/ and the programs, not by those of
# chapters and of what their data say.
reached := $B/coverage
reaching := $(patsubst %,$(reached)/tests/%,\
    $(or $(BY),$(filter-out $(CHAPTERS) corpus nonsense stories,$(TESTS))))

.PHONY: coverage
coverage: cmocka ## which lines and branches of common/ and programs the tests reach: [BY='opt torch']
	$(call need,gcovr,gcovr,Tests run without it.)
	-@CCACHE_DISABLE=1 $(MAKE) -k -s B=$(reached) CFLAGS='$(CFLAGS) --coverage -DT_COVERAGE' $(reaching)
	@$(call keep,$(if $(BY),,coverage)) sh tests/mutants/coverage.sh $(reached) $(reaching)
