#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build kernels of random configurations that have CONFIG_PVH, as the bots do that watch
# the kernel's lists. The configuration follows from the seed. A warning or error in a file
# that the series touches is a failure; others are recorded. What was built, with which
# compiler and how that ended, is added to build/randconfig/results.
#
# usage: randconfig.sh
# variables: SEEDS="1 2", instead of 1 to 20; OBJECTS=1, only the files that the series
# touches, and of arch/x86/boot/ only startup/, instead of bzImage; LLVM=, see kmake.sh

. "$(dirname -- "$0")/lib/common.sh"
. "$top/scripts/lib/kmake.sh"

case ${OBJECTS:-} in
'' | 1) ;;
*) die "OBJECTS=$OBJECTS: not 1" ;;
esac
seeds=${SEEDS:-$(seq -s ' ' 20)}
for seed in $seeds; do
	printf '%s\n' "$seed" | grep -Eqx '[0-9]{1,9}' || die "SEEDS=$SEEDS: \"$seed\" is no number"
done
[ -d "$tree/.git" ] || die "no $tree: run make tree first"

make_tmp
out=$build/randconfig
o=$tree/o.rand$by
mkdir -p "$out" "$o"
# What the series needs, in any configuration; and libdw of Debian 12 cannot read zstd.
printf '%s\n' CONFIG_64BIT=y CONFIG_HYPERVISOR_GUEST=y CONFIG_PVH=y '# CONFIG_COMPILE_TEST is not set' \
	'# CONFIG_DEBUG_INFO_COMPRESSED_ZSTD is not set' >"$tmp/have"
git -C "$tree" diff --name-only --no-renames --diff-filter=AM pvh-base HEAD >"$tmp/touched"

# targets: what make is to build of the touched files, a line each. make builds a named
# object even if the configuration does not have it, so Xen and startup/ are named as
# directories, and the others only if their option is set. Files of 32-bit kernels and
# tools are left out. So is arch/x86/boot/ except startup/, because it has its own makes.
targets() {
	xen=arch/x86/xen/pvh/ none='^$'
	! grep -qx CONFIG_XEN=y "$o/.config" || xen=arch/x86/xen/
	grep -qx CONFIG_HYPERVISOR_LEAVES_KUNIT_TEST=y "$o/.config" ||
		none="$none\|/hypervisor_kunit\.c\$"
	grep -qx CONFIG_RANDOMIZE_BASE=y "$o/.config" ||
		none="$none\|^arch/x86/\(kernel\|lib\)/kaslr\.c\$"
	grep -qx CONFIG_MITIGATION_RETPOLINE=y "$o/.config" || none="$none\|/retpoline\.S\$"
	sed -n '/^tools\/\|\/tools\/\|32\.[cS]$/d
		\,'"$none"',d
		s|^arch/x86/xen/.*|'"$xen"'|p; t
		s|^\(arch/x86/boot/startup/\).*\.[cS]$|\1|p; t
		/^arch\/x86\/boot\//d
		s/\.lds\.S$/.lds/p; t
		s/\.[cS]$/.o/p' "$tmp/touched" | sort -u
}

# complaints LOG: the warnings and errors that are about a file that the series touches
complaints() {
	grep -E '(warning|error|Warning|Error): ' "$1" | grep -Ff "$tmp/touched"
}

failed=
commit=$(git -C "$tree" rev-parse --short=12 HEAD)
compiler=$($kmake_cc --version | head -n 1)
for seed in $seeds; do
	at=$out/$seed$by
	export KCONFIG_ALLCONFIG="$tmp/have" KCONFIG_SEED="$seed"
	logged "$at.log" kmake "$tree" "$o" -s randconfig || die "seed $seed: configuring failed"
	cp "$o/.config" "$at.config"
	grep -qx 'CONFIG_PVH=y' "$o/.config" ||
		die "seed $seed: CONFIG_PVH=y does not stay in the configuration, see ${at#"$top"/}.config"
	# With vmlinux, and with vmlinuz.elf if the configuration has it
	targets=bzImage what=bzImage
	if [ -n "${OBJECTS:-}" ]; then
		targets=$(targets)
		what="$(printf '%s\n' "$targets" | wc -l) targets"
	fi
	say "seed $seed: building $what, log in ${at#"$top"/}.log"
	begin=$(date +%s)
	status=0
	# shellcheck disable=SC2086 # a list of targets
	{ kmake "$tree" "$o" -j"$(nproc)" prepare &&
		kmake "$tree" "$o" -k -j"$(nproc)" $targets; } >"$at.log" 2>&1 </dev/null || status=$?
	complaints "$at.log" >"$tmp/complaints" || :
	others=$(grep -cE '(warning|error|Warning|Error): ' "$at.log") || :
	if [ -s "$tmp/complaints" ]; then
		result=FAILED
		head -n 5 "$tmp/complaints" | sed 's/^/  | /' >&2
	elif [ "$status" -ne 0 ]; then
		# Another file can be broken in such a configuration, in the base as well.
		result=incomplete
		grep -E '\*\*\*|error: ' "$at.log" | head -n 3 | sed 's/^/  | /' >&2
	else
		result=passed
	fi
	[ "$result" = passed ] || failed="$failed $seed"
	printf '%s\tseed %s\t%s\t%s\t%s\t%s other messages\t%s s\n' "$result" "$seed" \
		"$([ -n "${OBJECTS:-}" ] && echo objects || echo bzImage)" "$commit" "$compiler" \
		"$((others - $(wc -l <"$tmp/complaints")))" "$(($(date +%s) - begin))" | tee -a "$out/results" |
		sed 's/^/pvh: /' >&2
done
[ -z "$failed" ] || die "not passed: seed$failed; ${out#"$top"/}/results has all"
