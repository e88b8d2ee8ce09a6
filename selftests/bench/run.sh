#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Measure boot paths of one build, and print tables of it. A path that cannot be booted
# says why, and the others go on.
#
# usage: run.sh [OPTION ...] TOPIC OUT
#
# OUT			OUT.csv, OUT.txt, and for evaluate OUT.svg and OUT.png
# TOPIC			entry: what runs ahead of startup_64, beside the unmodified base
#			kaslr: what KASLR adds, and whether that is within the limits
#			evaluate: all of this, each path booted to user space, with
#			the bytes and lines of firmware, loaders and hypervisor
#			kvm: the exits of guests under KVM, on an emulated machine
# --paths "NAME ..."	only these paths of selftests/bench/paths
# --image NAME=FILE	another file for an image that selftests/bench/paths names
# --doc FILE		then see whether the tables and figures of FILE are these
# --tables FILE		the same for its tables only
#
# variables: EVALUATE_TIMEOUT=240, seconds for each run of QEMU; EVALUATE_XEN_TIMEOUT=900,
# for one with Xen; FIRMWARE=, more images to look for a PVH note in; KERNEL=, another
# vmlinux; JOBS=, how many guests at a time. Of kvm: ACCEL=kvm, to measure the time of
# boots under this machine's own KVM, too; BOOTS=30, of each path

# shellcheck disable=SC2154,SC2034,SC2317 # for and by what it sources
. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/lib/plugin.sh"
. "$top/selftests/lib/initrd.sh"
. "$top/selftests/lib/qemu-packages.sh"
. "$top/selftests/lib/kvm.sh"
for part in path parts images kvm; do
	# shellcheck source=/dev/null
	. "$here/$part.sh"
done

usage='usage: run.sh [--paths "NAME ..."] [--image NAME=FILE] [--doc FILE] [--tables FILE] entry|kaslr|evaluate|kvm OUT'
only='' images='' docs='' sentences=''
while [ $# -gt 2 ]; do
	case $1 in
	--paths) only=$2 ;;
	--image) images="$images$2$nl" ;;
	--doc) docs="$docs $2" sentences="$sentences $2" ;;
	--tables) docs="$docs $2" ;;
	*) die "$usage" ;;
	esac
	shift 2
done
[ $# -eq 2 ] || die "$usage"
topic=$1
case $topic in
entry | kaslr | evaluate | kvm) ;;
*) die "$usage" ;;
esac
see='' twice='' guests=''
[ "$topic" != evaluate ] || see=y
[ "$topic" != kvm ] || guests=y
[ "$topic" != entry ] || twice=y
for f in $docs "$kernel" ${see:+"$initrd"} ${guests:+"$initrd"}; do
	[ -r "$f" ] || die "$f: cannot be read"
done
limit=${EVALUATE_TIMEOUT:-240} boots=${BOOTS:-30}
printf '%s\n' "$boots" | grep -Eqx '[1-9][0-9]*' || die "BOOTS=$boots: not a number of boots"
for n in "$limit" "${EVALUATE_XEN_TIMEOUT:-900}"; do
	printf '%s\n' "$n" | grep -Eqx '[1-9][0-9]*' || die "EVALUATE_TIMEOUT, EVALUATE_XEN_TIMEOUT: '$n' is no number of seconds"
done
dest=$(realpath -m -- "$2")
mkdir -p "${dest%/*}" "$build/log/bench" || die "cannot write to ${dest%/*}$(room "$build")"

make_tmp
known=$(columns <"$here/paths" | sed -n 's/^path	\([^	]*\)	.*/\1/p')
for name in $only; do
	printf '%s\n' "$known" | grep -qx -- "$name" || die "--paths $name: not in selftests/bench/paths"
done
# The rows that are asked for
columns <"$here/paths" | awk -F '\t' -v only=" $only " -v topic="$topic" '
	$1 == "path" && (only ~ /[^ ]/ ? index(only, " " $2 " ") : index("," $3 ",", "," topic ","))' >"$tmp/paths"
wall=
if [ "$topic" = kvm ]; then
	check_variables
	mark_program
	[ "$ACCEL" != kvm ] || wall=y
	[ -z "$wall" ] || wall_probe
	kvm_packages
	kvm_machine
fi
ACCEL=tcg
[ "$topic" = kvm ] || build_plugin "$here/count.c" "$tmp/count.so"

# A domain on Xen and a guest of u-boot have no fw_cfg from which init could take its
# script, so it is in the initramfs.
[ -z "$see" ] || {
	mkdir -p "$tmp/over/pvh-expect"
	cp "$here/guest.sh" "$tmp/over/pvh-expect/run"
	add_to_initrd "$tmp/over"
}
guest_defaults

# What all paths on Xen share is made before them. If that fails, they say so.
if grep -q '	xen-' "$tmp/paths"; then
	{
		"$top/selftests/xen/fetch.sh" && "$top/selftests/xen/dom0-root.sh"
	} 2>"$tmp/xen.log" || say "no Xen: $(tail -n 1 "$tmp/xen.log")"
	for how in count see; do
		options='console=hvc0 earlyprintk=xen'
		[ $how = see ] || options="$options nokaslr"
		(grub_image "$tmp/grub.$how" "$(image main.lz4.bzImage)" "$initrd" "$options") 2>"$tmp/grub.log" ||
			say "no GRUB: $(tail -n 1 "$tmp/grub.log")"
	done
fi

# The guests, those that take longest first: FUNCTION ARGUMENT ...
jobs() {
	awk -F '\t' '$4 ~ /^xen-/ && !done[$4]++ { print $4 }' "$tmp/paths" | while read -r how; do
		printf '%s\t%s\t%s\n' run_xen "$how" count run_xen "$how" see
	done
	awk -F '\t' -v OFS='\t' '$4 ~ /^kvm-/ { split(substr($4, 5), how, ","); if (!done[how[1]]++) print "run_kvm", how[1] }' "$tmp/paths"
	awk -F '\t' -v OFS='\t' '$4 !~ /^(xen|kvm)-/ {
		print $2 ~ /^(efi-|bz-xz)/ ? 1 : 2, "run_path", $2, $4, $5, $6 }' "$tmp/paths" | sort -s -n -k1,1 | cut -f 2-
}
boot() {
	("$@") >"$dir/items" || say "$*: its script failed"
}
judge() {
	name=$2
	[ "$1" != run_xen ] || name=$2.$3
	cat "$dir/items" >>"$tmp/items"
	for f in "$dir"/*.lines "$dir"/*.err "$dir"/*.counts "$dir"/*.trace.gz "$dir"/err "$dir"/log; do
		[ ! -s "$f" ] || cp "$f" "$build/log/bench/$name.${f##*/}" || :
	done
	grep '^pvh: ' "$dir/err" >&2 || :
}
say "$(wc -l <"$tmp/paths") boot paths, logs in ${build#"$top"/}/log/bench"
: >"$tmp/items"
: >"$tmp/sources"
jobs >"$tmp/jobs"
ONLY='' run_cases boot judge <"$tmp/jobs" >&2
[ -z "$wall" ] || wall_times >>"$tmp/items"

{
	# A path may have two states: the reason why it cannot be booted counts.
	while IFS=$tab read -r _ path _ how file _ for parts title; do
		awk -F, -v path="$path" '
			$1 != path { next }
			$2 == "state" { if (state == "" || $3 ~ /^cannot/) state = $3; next }
			{ print }
			END { print path ",state," (state == "" ? "cannot: its script failed" : state) }' "$tmp/items"
		item "for" "${for#-}"
		item parts "$(echo "${parts#-}" | tr , ' ')"
		item image "$file"
		item title "$title"
	done <"$tmp/paths"
	if [ -z "$only" ]; then
		case $topic in
		entry) parts base-pvh pvh ;;
		evaluate)
			if lines=$(source_lines 2>"$tmp/sources.log"); then
				cp "$lines" "$tmp/sources"
			else
				say "lines of firmware are not counted: $(sed -n 's/^pvh: error: //p' "$tmp/sources.log" | tail -n 1)"
			fi
			# shellcheck disable=SC2046 # a list of names
			parts $(columns <"$here/paths" | sed -n 's/^part	\([^	]*\).*/\1/p')
			grep -v '^#' "$here/cited.csv"
			versions ;;
		kvm) kvm_versions ;;
		esac
	fi
	if [ "$topic" = kaslr ] || [ "$topic" = evaluate ]; then
		cut -f 5 "$tmp/paths" | sort -u >"$tmp/images"
		# shellcheck disable=SC2046 # a list of names
		image_sizes $({ cat "$tmp/images"; sed 's/^main\.//; s/^\(base\.\)*/base./' "$tmp/images"; } | sort -u)
		relocations
	fi
} >"$tmp/all"
# Linux 6.12 has inverse relocations, too, which are far apart.
max_insns=6
[ "$(table_symbol "$kernel")" = kernel_relocs ] || max_insns=8
awk -F, -v as=csv -v max_insns=$max_insns -f "$here/report.awk" "$tmp/all" >"$tmp/csv"
case $topic in
entry) what="entry code states versions" ;;
kaslr) what="kaslr relocs sizes states limits" ;;
kvm) what="kvm/exits kvm/early kvm/reasons kvm/functions kvm/registers kvm/ports kvm/wall states limits versions" ;;
evaluate) what="reset kernel gives trust parts code relocs sizes limits cited states versions" ;;
esac
awk -F, -v as=text -v what="$what" -f "$here/report.awk" "$tmp/csv" >"$tmp/txt"
# At the end, where a user sees it. Without the base there is no such table.
[ "$topic,$only" != evaluate, ] ||
	awk -F, -v as=text -v what=readme -f "$here/report.awk" "$tmp/csv" >>"$tmp/txt" || :
cp "$tmp/csv" "$dest.csv" && cp "$tmp/txt" "$dest.txt" || die "cannot write to ${dest%/*}$(room "${dest%/*}")"
cat "$tmp/txt"
say "the same in $dest.txt, all figures in $dest.csv"
if [ "$topic,$only" = evaluate, ]; then
	"$here/plot.sh" "$dest.csv" "$dest" && say "plots in $dest.svg and .png"
fi

status=0
! grep -q '^limit,.*,not kept$' "$dest.csv" || status=1
# evaluate goes on without a path that this machine does not have; the others do not.
[ "$topic" = evaluate ] || ! grep -q '^[^,]*,state,cannot' "$dest.csv" || status=1
# Another Debian or another base has other counts.
version() {
	sed -n "s/^version,$1,//p" "$dest.csv"
}
for f in $docs; do
	of=${sentences:-$f}
	of=${of# }
	if ! grep -qxF "| Debian | $(version Debian) |" "$of" || ! grep -qxF "| base | $(version base) |" "$of"; then
		say "$f is of another Debian or base than $(version Debian), $(version base), and is not compared"
		continue
	fi
	case " $sentences " in
	*" $f "*) "$here/doc.sh" --sentences "$f" "$dest.csv" || status=1 ;;
	esac
	tables=
	[ "$topic" != kvm ] || tables="--topic kvm"
	# shellcheck disable=SC2086 # two arguments
	"$here/doc.sh" $tables --check "$f" "$dest.csv" || status=1
done
exit $status
