# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# Sourced by what counts with count.c: building the plugin, booting a kernel
# under it.  Wants $prog and $here, and for boot() $tmp and $append.

set -u
LC_ALL=C
export LC_ALL

qemu=${QEMU:-qemu-system-x86_64}
cc=${CC:-cc}
limit=120
icount=

die()
{
	echo "$prog: $*" >&2
	exit 1
}

need_arg()
{
	[ "$2" -ge 2 ] || die "$1 needs an argument"
}

need_tools()
{
	for tool; do
		command -v "$tool" >/dev/null || die "$tool: not found"
	done
}

make_tmp()
{
	tmp=$(mktemp -d) || exit 1
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# As nm has it: the plugin can read that, shell arithmetic can not.
sym_addr()	# SYMFILE NAME
{
	awk -v name="$2" '$3 == name { print "0x" $1; exit }' "$1"
}

check_vmlinux()	# FILE
{
	[ -r "$1" ] || die "$1: can't be read"
	case $(od -An -v -tx1 -N20 "$1" | tr -d ' \n') in
	7f454c4602??????????????????????????3e00) ;;
	*) die "$1: is no vmlinux (x86-64 ELF)" ;;
	esac
}

plugin_api()
{
	version=$("$qemu" --version 2>/dev/null |
		  sed -n 's/^QEMU emulator version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
	[ -n "$version" ] || die "$qemu: can't tell its version"
	major=${version% *}
	minor=${version#* }
	if [ "$major" -lt 6 ]; then
		die "$qemu: version $major.$minor is too old, 6.0 is needed"
	elif [ "$major" -lt 9 ]; then
		api=1
	elif [ "$major" -eq 9 ] && [ "$minor" -eq 0 ]; then
		api=2
	else
		api=3
	fi
}

build_plugin()
{
	plugin_api
	"$qemu" -help 2>/dev/null | grep -q '^-plugin ' ||
		die "$qemu: has no TCG plugin support"
	"$qemu" -accel help 2>/dev/null | grep -qx tcg ||
		die "$qemu: has no TCG"
	"$cc" -O2 -Wall -fPIC -shared -fvisibility=hidden -DCOUNT_API="$api" \
		-o "$tmp/count.so" "$here/count.c" ||
		die "the plugin can't be built"
}

# One boot.  The kernel is given by absolute name; the plugin's files are
# relative to $tmp, for whatever is in its name.
boot()	# KERNEL OUT PLUGIN_ARGS
{
	(
		cd "$tmp" || exit 1
		rm -f "$2"
		# shellcheck disable=SC2086
		exec timeout -k 5 "$limit" "$qemu" -accel tcg -machine q35 \
			-cpu qemu64 -m 512 -smp 1 -nographic -no-reboot \
			$icount -kernel "$1" -append "$append" \
			-plugin "./count.so,$3,out=$2" \
			</dev/null >"$2.log" 2>"$2.err"
	)
	status=$?

	missing=$(sed -n 's/^missing //p' "$tmp/$2" 2>/dev/null | head -n 1)
	if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
		die "$1: ${missing:-mark} was not reached within $limit s"
	elif [ -n "$missing" ]; then
		die "$1: QEMU ended before $missing was reached: $(tail -n 1 "$tmp/$2.err")"
	elif [ "$status" -ne 0 ] || [ ! -s "$tmp/$2" ]; then
		die "$1: QEMU failed: $(tail -n 1 "$tmp/$2.err")"
	fi
}
