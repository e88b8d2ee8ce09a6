#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel as a Xen guest of forged loaders: what of selftests/loader/cases is
# different there. Without a memory map it asks Xen for one; a start_info that
# it refuses is a crash to xl, and not a reboot.
#
# knobs: those of selftests/xen/boot-xen.sh; REFUSED=REASON, only what is refused,
# and why

. "$(dirname -- "$0")/../../scripts/lib/common.sh"
. "$top/selftests/lib/tap.sh"

make_tmp
mkdir "$tmp/forged"
cc -O2 -static -o "$tmp/forged/forge" "$top/selftests/loader/forge.c"

# forge NAME: the guest of that name, from a description without what all have
forge() {
	{
		cat
		echo "cmdline text console=hvc0 earlyprintk=xen"
	} >"$tmp/forged/$1.desc"
}

# What has to boot, with the initrd that it brings. In the third only the low 32
# bits of its address make sense.
# shellcheck disable=SC2016 # $initrd is for forge
{
	forge v0 <<'END'
version 0
file image at 80M $initrd
module image image.size
END
	forge odd <<'END'
version 0
file image at 80M $initrd
module image+0xcccccccc00000000 image.size
END
	forge nomap <<'END'
memmap_paddr 0
memmap_entries 3
file image at 80M $initrd
module image image.size
END
}

# What has not: NAME FIELD, and the description
forge magic <<'END'
magic 0x336ec579
END
forge v0modlist <<'END'
version 0
nr_modules 1
modlist_paddr 0xfffffffffffff000
END
forge entries <<'END'
entry 0x1000 0x9f000 reserved
END
forge rsdp <<'END'
rsdp_paddr text+0x1000
END
forge cmdline <<'END'
entry 0x1000 0x9f000 ram
cmdline_paddr text+0x1000
END

[ -z "${REFUSED:-}" ] || rm "$tmp/forged/v0.desc" "$tmp/forged/nomap.desc" "$tmp/forged/odd.desc"

status=0
"$top/selftests/xen/boot-xen.sh" --forged "$tmp/forged" >"$tmp/run" 2>"$tmp/err" || status=$?
tap_ok $status "Xen boots, its PVH dom0, and the guests have their turn"
bad=$status

# result LINE DESC: ok if the summary of the run has that line
result() {
	status=0
	grep -qx "xen-result: $1" "$tmp/run" || status=1
	tap_ok $status "$2"
	[ $status -eq 0 ] || bad=1
}

# boots LINE DESC: the same of a guest that was not started with REFUSED
boots() {
	if [ -n "${REFUSED:-}" ]; then
		tap_skip "$2" "$REFUSED"
	else
		result "$@"
	fi
}

for name in v0 nomap odd; do
	boots "domU $name pvh done" "$name: boots to its end with Xen's memory map"
	boots "domU $name pvh guest_type PVH" "$name: knows that it is a PVH guest"
done
for what in "magic magic" "v0modlist modlist_paddr" "entries memmap_entries" \
	"rsdp rsdp_paddr" "cmdline cmdline_paddr"; do
	name=${what%% *}
	result "domU $name pvh crashed" "$name: has crashed, says xl"
	result "domU $name pvh says pvh: ${what#* } 0x[0-9a-f]*: .*" "$name: Xen's log has the line about ${what#* }"
done
[ "$bad" -eq 0 ] || { cat "$tmp/err"; grep '^xen-result: domU' "$tmp/run"; } | tap_diag
tap_done
