# Programs once more, for a team of processes that mpirun starts (see ../team.h).
# Optional: without an MPI all else is as it is.

mpi_programs := $(PROGRAMS:chapters/programs/%=$B/mpi/%)
mpicc = OMPI_CC='$(CC)' MPICH_CC='$(CC)' mpicc

.PHONY: mpi-is-there
mpi-is-there:
	@command -v mpicc >/dev/null || { echo 'mpicc is missing: `make setup-mpi`,' \
	    'or install libopenmpi-dev openmpi-bin. Everything else works without' \
	    'it.' >&2; exit 1; }

$B/common/learn/mpi/team.o: common/learn/mpi/team.c $B/flags.mk | mpi-is-there
	$(call compile,,$(mpicc))
$(mpi_programs): $B/mpi/%: $$(patsubst $B/common/learn/team.o,\
    $B/common/learn/mpi/team.o,$$(call program_parts,$$*))
	$(call link,,$(mpicc))

.PHONY: mpi
mpi: $(mpi_programs) ## build the programs for a team of processes, on many machines

.PHONY: mpi-test
mpi-test: mpi all ## try them: two, three and four processes on this machine
	@MAKE='$(MAKE)' B='$B' sh tests/team.sh
