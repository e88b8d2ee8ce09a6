#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Boot one build of the kernel through every door there is here, and print what each
# costs and gives: a table, the same as CSV, and a plot. A door that cannot be opened
# says why, and the others go on.
#
# usage: evaluate.sh [--doors "NAME ..."] [--doc FILE] [--tables FILE] OUT
#
# --doors NAMES	only these of the file doors, without parts and plot
# --doc FILE	in the end see that every figure of FILE is in the CSV, and its tables
# --tables FILE	the same for its tables only
# OUT		the directory for evaluate.csv, evaluate.txt, evaluate.svg, evaluate.png
#
# knobs: EVALUATE_TIMEOUT=240, seconds for each run of QEMU; EVALUATE_XEN_TIMEOUT=900,
# for one with Xen; FIRMWARE=, more images to look for a PVH note in

. "$(dirname -- "$0")/../../scripts/lib/common.sh"

here=$top/selftests/bench
only=
doc=
tables=
while [ $# -gt 1 ]; do
	case $1 in
	--doors) only=$2 ;;
	--doc) doc=$2 ;;
	--tables) tables=$2 ;;
	*) break ;;
	esac
	shift 2
done
[ $# -eq 1 ] || die "usage: evaluate.sh [--doors \"NAME ...\"] [--doc FILE] [--tables FILE] OUT"
for f in $doc $tables; do
	[ -r "$f" ] || die "$f: cannot be read"
done
for n in "${EVALUATE_TIMEOUT:-240}" "${EVALUATE_XEN_TIMEOUT:-900}"; do
	printf '%s\n' "$n" | grep -Eqx '[1-9][0-9]*' || die "EVALUATE_TIMEOUT, EVALUATE_XEN_TIMEOUT: '$n' is no number of seconds"
done
dest=$(realpath -m -- "$1")
mkdir -p "$dest" || die "cannot write to $dest$(room "$build")"
need="vmlinux initramfs.cpio.gz"
[ -n "$only" ] || need="$need base.vmlinux"
for f in $need; do
	[ -e "$build/$f" ] || die "no $build/$f: run make evaluate, which builds it"
done

# doors: "NAME JOB FOR PARTS TITLE" without comments, of those that are asked for
doors() {
	sed -n '/^[a-z]/p' "$here/doors" | while read -r name rest; do
		case " ${only:-$name} " in
		*" $name "*) printf '%s %s\n' "$name" "$rest" ;;
		esac
	done
}
for name in $only; do
	grep -q "^${name}[[:blank:]]" "$here/doors" || die "--doors $name: not in selftests/bench/doors"
done

make_tmp
EVALUATE_OUT=$tmp
export EVALUATE_OUT
doors >"$tmp/doors"

# The plugin, by the functions that bench-entry.sh has for it; die and make_tmp stay
# those of lib.sh.
(
	prog=evaluate
	here=$top/selftests/bench
	# shellcheck source=selftests/bench/count.sh
	. "$here/count.sh"
	build_plugin
) || exit 1

mkdir -p "$tmp/over/pvh-expect"
cp "$here/guest.sh" "$tmp/over/pvh-expect/run"
(cd "$tmp/over" && find . -exec touch -h -d @0 {} + && find . ! -name . | LC_ALL=C sort |
	cpio -o -H newc -R 0:0 --reproducible --quiet | gzip -1n) >"$tmp/over.gz" &&
	cat "$build/initramfs.cpio.gz" "$tmp/over.gz" >"$tmp/run.cpio.gz" ||
	die "cannot write $tmp/run.cpio.gz$(room "$tmp")"

# The jobs, the longest first: two run at a time.
jobs() {
	awk '$2 ~ /^xen-/ { print $2 }' "$tmp/doors" | sort -u | while read -r job; do
		echo "xen.sh $job count"
		echo "xen.sh $job see"
	done
	awk '$1 ~ /^(efi-|bz-xz)/ { print "qemu.sh " $1 }' "$tmp/doors"
	awk '$2 == "qemu" && $1 !~ /^(efi-|bz-xz)/ { print "qemu.sh " $1 }' "$tmp/doors"
	awk '$2 == "ovmf-pvh" { print "ovmf-pvh.sh " $1 }' "$tmp/doors"
}
jobs >"$tmp/jobs"

# What all of the Xen jobs share is made before them; if that fails it is they that say so.
if grep -q '^xen.sh' "$tmp/jobs"; then
	{
		"$top/selftests/xen/fetch.sh" && "$top/selftests/xen/dom0-root.sh"
	} 2>"$tmp/xen.log" || say "no Xen: $(tail -n 1 "$tmp/xen.log")"
	"$here/grub-image.sh" "$tmp/grub" "$build/main.lz4.bzImage" "$tmp/run.cpio.gz" \
		"console=hvc0 earlyprintk=xen nokaslr" 2>"$tmp/grub.log" || say "no GRUB: $(tail -n 1 "$tmp/grub.log")"
	"$here/grub-image.sh" "$tmp/grub.kaslr" "$build/main.lz4.bzImage" "$tmp/run.cpio.gz" \
		"console=hvc0 earlyprintk=xen" 2>"$tmp/grub.log" || :
fi

say "$(wc -l <"$tmp/doors") doors, logs in ${build#"$top"/}/log/evaluate"
mkdir -p "$build/log/evaluate"
begin=$(date +%s)
# A job that fails altogether leaves its doors without a state, which is said below.
# shellcheck disable=SC2016 # for the inner shell
xargs -P 2 -I '{}' sh -c 'set -- {}
	script=$1
	shift
	"$0/$script" "$@" >"$EVALUATE_OUT/$script.$1.${2:-}.log" 2>&1 ||
		echo "$script $*: $(tail -n 1 "$EVALUATE_OUT/$script.$1.${2:-}.log")" >>"$EVALUATE_OUT/failed"
	echo "pvh: $script $* has ended" >&2' "$here" <"$tmp/jobs" || :
say "all doors tried in $(($(date +%s) - begin)) s"
for f in "$tmp"/*/console "$tmp"/*/*.log "$tmp"/*.log; do
	[ ! -s "$f" ] || cp "$f" "$build/log/evaluate/$(echo "${f#"$tmp"/}" | tr / .)" || :
done

# The lines of the sources are for the table only.
: >"$tmp/lines"
if [ -z "$only" ]; then
	if lines=$("$here/sources.sh" 2>"$tmp/sources.log"); then
		cp "$lines" "$tmp/lines"
	else
		say "lines of firmware are not counted: $(sed -n 's/^pvh: error: //p' "$tmp/sources.log" | tail -n 1)"
	fi
	"$here/trust.sh" >"$tmp/trust" || die "cannot count the parts"
	"$here/versions.sh" >"$tmp/versions"
	grep -v '^#' "$here/cited.csv" >"$tmp/cited"
else
	: >"$tmp/trust"
	: >"$tmp/versions"
	: >"$tmp/cited"
fi

# In the order of the table; two states of one door: what cannot be stands.
{
	while read -r door _ for parts title; do
		cat "$tmp"/*.csv | awk -F, -v door="$door" '
			$1 == door && $2 == "state" { if (state == "" || $3 ~ /^cannot/) state = $3; next }
			$1 == door
			END { print door ",state," (state == "" ? "cannot: its script failed" : state) }'
		echo "$door,for,$for"
		echo "$door,parts,$(echo "$parts" | tr , ' ')"
		echo "$door,title,$(echo "$title" | tr , ';')"
	done <"$tmp/doors"
	cat "$tmp/trust" "$tmp/cited" "$tmp/versions"
} >"$tmp/all"
awk -F, -f "$here/sums.awk" "$tmp/all" >"$tmp/evaluate.csv"
awk -F, -f "$here/table.awk" "$tmp/evaluate.csv" >"$tmp/evaluate.txt"
cp "$tmp/evaluate.csv" "$tmp/evaluate.txt" "$dest/" || die "cannot write to $dest$(room "$dest")"
cat "$tmp/evaluate.txt"
[ ! -s "$tmp/failed" ] || sed 's/^/pvh: /' "$tmp/failed" >&2

if [ -z "$only" ]; then
	"$here/plot.sh" "$dest/evaluate.csv" "$dest/evaluate" && say "plots in $dest/evaluate.svg and .png"
fi

# Another Debian or another base has other counts.
version() {
	sed -n "s/^version,$1,//p" "$dest/evaluate.csv"
}
status=0
for f in $doc $tables; do
	if ! grep -qxF "| Debian | $(version Debian) |" "$doc" || ! grep -qxF "| base | $(version base) |" "$doc"; then
		say "$f is of another Debian or base than $(version Debian), $(version base), and is not compared"
		continue
	fi
	[ "$f" != "$doc" ] || "$here/check-doc.sh" "$f" "$dest/evaluate.csv" || status=1
	"$here/write-doc.sh" --check "$f" "$dest/evaluate.csv" || status=1
done
exit $status
