# SPDX-License-Identifier: GPL-2.0
#
# make help lists the targets.

bases	:= $(shell awk '!/^\#/ && NF { print $$1 }' scripts/bases)
default	:= $(shell awk '!/^\#/ && $$3 == "yes" { print $$1 }' scripts/bases)
BASE	?= $(default)
BUILD	?= $(if $(filter $(default),$(BASE)),build,build/$(BASE))
MACHINE	?= q35
MEM	?= 512M
SMP	?= 1
ACCEL	?= auto
CPU	?=
APPEND	?=
TIME	?= 60
export MACHINE MEM SMP ACCEL CPU APPEND KDIR BASE
ifneq ($(origin BUILD),file)
export BUILD
endif

TESTS	?=

.PHONY: all boot variables boot-xen image tree initramfs refresh check check-all check-cloud bench-cloud \
	check-hypervisors lava lava-variables check-static check-compilers check-mutants fuzz prove pvhinfo fuzz-pvhinfo bench-entry \
	bench-kaslr bench-kvm evaluate clean help

# The targets of one build write the same files. Each uses all CPUs by itself.
.NOTPARALLEL:

all: boot

## boot		build the kernel and boot vmlinux through its PVH note in QEMU
boot: variables image initramfs
	@scripts/boot.sh

# A wrong value is refused before the build.
variables:
	@scripts/deps.sh boot
	@scripts/boot.sh --check

## boot-xen	Xen in QEMU, the kernel as its PVH dom0 and in PVH domUs
boot-xen: image initramfs
	@scripts/deps.sh xen
	@selftests/xen/boot-xen.sh

## image		build the series: build/vmlinux and build/bzImage
image: tree
	@scripts/build.sh

## tree		make build/linux: the base kernel, and the series as commits on it
tree:
	@scripts/deps.sh build boot
	@scripts/tree.sh

## initramfs	what the guests boot into, and the same as a root disk
initramfs: tree
	@scripts/initramfs.sh

## refresh	write patches/ series arch-x86-xen/ selftests/kselftest/ from build/linux
refresh:
	@scripts/refresh.sh

define check_needs
	@scripts/deps.sh xen check fuzz i386
	@LLVM=$(or $(CLANG),-19) scripts/deps.sh llvm || echo "compilers/entry.t is skipped" >&2
	@scripts/pvhinfo.sh
endef

## check		run the tests, in 22 minutes on two CPUs (TESTS= some of them)
check: image initramfs
	$(check_needs)
	@selftests/run.sh $(TESTS)

## check-all	these, and those that take longer: selftests/tests has which, and why
check-all: image initramfs
	$(check_needs)
	@GROUP=all selftests/run.sh

## check-hypervisors  what the kernel finds of each hypervisor, and the QEMU and Xen of four
##		Debian releases, beside the unmodified base, and a matrix of it: hours
##		(CONTINUE=1, only what has not passed yet)
check-hypervisors: image initramfs
	@scripts/deps.sh xen hypervisors
	@scripts/base.sh --targets 'vmlinux bzImage modules' base
	@scripts/bzimages.sh base gzip
	@GROUP=hypervisors selftests/run.sh; status=$$?; selftests/hypervisors/matrix.sh && exit $$status

## lava		job definitions for LAVA, which a lab of many machines runs, and the files
##		that they boot, in build/lava/jobs/: QEMU, KVM, Xen with a PVH dom0
##		(LAVA_URL=, where the lab gets the files from)
lava: lava-variables image initramfs
	@scripts/deps.sh xen
	@selftests/lava/make.sh

lava-variables:
	@selftests/lava/make.sh --check

## fuzz		crafted guests for the C part of the entry, in user space (TIME=60)
fuzz: tree
	@scripts/deps.sh fuzz
	@selftests/user/fuzz.sh $(TIME)

## pvhinfo	build/pvhinfo: whether and how a kernel image boots by PVH
pvhinfo:
	@scripts/pvhinfo.sh

## prove		the C code ahead of startup_64, for all inputs, by the model checker cbmc:
##		docs/proof.md (ONLY=REGEX, some of the proofs; MUTANTS=y, which of them
##		catches each mutant of selftests/mutants/list; FAULTS=y, faults that
##		TIME=60 seconds of fuzzing do not find, and a proof does)
prove: tree
	@scripts/deps.sh prove $(if $(FAULTS),fuzz)
	@selftests/prove/$(if $(FAULTS),faults.sh $(TIME),$(if $(MUTANTS),mutants,run).sh)

## fuzz-pvhinfo	any bytes as a kernel image for pvhinfo (TIME=60)
fuzz-pvhinfo:
	@scripts/pvhinfo.sh fuzz
	@tools/pvhinfo/fuzz.sh $(TIME)

## check-mutants	whether the tests find the mutants of selftests/mutants/list
check-mutants: image initramfs
	@scripts/deps.sh check
	@selftests/mutants/run.sh

## bench-entry	instructions, CPUID, MSR and port I/O of the entry, and its size,
##		beside those of the unmodified base
bench-entry: image
	@scripts/deps.sh bench
	@scripts/base.sh
	@selftests/bench/run.sh entry $(BUILD)/bench/entry

## bench-kaslr	what KASLR adds to the entry: instructions, pages, bytes; beside
##		bzImages of four compressions, and against its limits
compressions := xz zstd lz4 gzip
bench-kaslr: image
	@scripts/deps.sh bench
	@scripts/base.sh
	@scripts/bzimages.sh main $(compressions)
	@scripts/bzimages.sh base $(compressions)
	@selftests/bench/run.sh kaslr $(BUILD)/bench/kaslr

## bench-kvm	exits of guests under KVM, by reason, CPUID function, MSR and port, beside
##		those of the unmodified base, and against their limits; KVM itself runs on
##		an emulated machine. With ACCEL=kvm also the time of a boot under the KVM
##		of this machine (BOOTS=30)
bench-kvm: variables image initramfs
	@scripts/deps.sh bench kvm
	@scripts/base.sh
	@scripts/bzimages.sh main gzip
	@scripts/bzimages.sh base gzip
	@selftests/bench/run.sh --tables docs/evaluation.md kvm $(BUILD)/bench/kvm

## evaluate	one build on every boot path (PVH, bzImage, EFI, Xen): counts, sizes, what
##		each gives; a table, CSV and plot in build/bench/, and the documents' figures
##		against them
evaluate: image initramfs
	@scripts/deps.sh xen check bench evaluate
	@scripts/base.sh
	@scripts/bzimages.sh main $(compressions)
	@scripts/bzimages.sh base $(compressions)
	@selftests/bench/run.sh --doc docs/evaluation.md --tables README.md \
		--tables docs/compared.md --tables docs/kaslr.md \
		--tables docs/cover-letter.txt --tables docs/cover/G.txt evaluate $(BUILD)/bench/evaluate

## check-cloud	KASLR in a kernel of a distribution's size: Debian's configuration of
##		its cloud kernel, which takes half an hour to build, or with
##		FLAVOUR=amd64 that of its usual one
FLAVOUR	?= cloud-amd64
check-cloud: tree initramfs
	@scripts/deps.sh check cloud
	@selftests/cloud/build.sh $(FLAVOUR)
	@FLAVOUR=$(FLAVOUR) selftests/run.sh selftests/cloud/test.t

## bench-cloud	sizes of that kernel, and of its bzImages of four compressions, beside
##		those of the base
bench-cloud: tree
	@scripts/deps.sh bench cloud
	@selftests/cloud/sizes.sh $(FLAVOUR) $(compressions)

## check-static	what sparse, coccinelle, W=1, kernel-doc and sphinx say of the series
check-static: image
	@scripts/deps.sh check lint
	@scripts/base.sh
	@selftests/run.sh selftests/static/test.t

## check-compilers	kernels of clang and gcc with KASAN, KCOV, ftrace, LTO, CFI, and of
##		allnoconfig: an hour of building
check-compilers: image initramfs
	@scripts/deps.sh check i386
	@scripts/pvhinfo.sh
	@selftests/run.sh selftests/compilers/test.t

.PHONY: series series-variables check-series randconfig debian deb check-deb docs

## series	the series as mail in build/mail/, signed off by you: RFC=1, V=2, PART=C a
##		part, PART=all each part, TRAILERS=FILE, IN_REPLY_TO=MESSAGE-ID,
##		UPSTREAM=a git tree with upstream's history
series: series-variables tree
	@scripts/deps.sh mail
	@scripts/series.sh

series-variables:
	@scripts/series.sh --check

## check-series	build and boot every patch of the series (STOP=1, PATCHES="2 5",
##		REDO=1, PART=C of a part alone, PART=all of each part)
check-series: tree initramfs
	@scripts/check-series.sh

## randconfig	build random configurations with PVH: hours (SEEDS="1 2" instead of 20,
##		OBJECTS=1 little more than the files of the series, LLVM=-19 by clang)
randconfig: tree
	@scripts/deps.sh randconfig
	@scripts/randconfig.sh

## debian	the series as Debian's linux source package takes it, in build/debian/
debian: tree
	@scripts/deps.sh mail
	@scripts/debian.sh

## deb		Debian packages of a kernel with the series, in build/deb/
deb: tree
	@scripts/deps.sh deb
	@scripts/deb.sh

## check-deb	install these packages to a scratch root and boot what is in them
check-deb: deb initramfs
	@scripts/deps.sh xen check
	@scripts/pvhinfo.sh
	@selftests/run.sh selftests/deb/test.t

## docs		make the pictures of docs/ from their sources; needs graphviz
docs:
	@scripts/docs.sh

## clean		remove build/, except the downloads and ccache in build/cache
clean:
	@scripts/clean.sh

help:
	@sed -n 's/^## *//p' Makefile
	@echo
	@echo 'Variables of boot: MACHINE=q35|pc|microvm MEM=512M SMP=1 ACCEL=auto|tcg|kvm'
	@echo '                   CPU=model APPEND="kernel parameters"'
	@echo 'Of all targets: BASE=NAME, the kernel that the series goes on: $(bases);'
	@echo '                KDIR=/path, a kernel tree or tarball to use as base (only read);'
	@echo '                MIRROR=URL, the Debian archive, if not that of apt'"'"'s configuration;'
	@echo '                BUILD=/path instead of build/, CACHE=/path instead of build/cache/'
	@echo 'docs/variables.md has more.'
