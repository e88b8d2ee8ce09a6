#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel boots under Xen: as PVH dom0 from vmlinux and from bzImage, as PVH guest
# from both in each of them, and as PV dom0 and PV guest, which the series must not
# break. With KASLR its address differs.
#
# variables: those of boot-xen.sh

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/xen/results.sh"

make_tmp
kernel_range "${KERNEL_DIR:-$build}/vmlinux"

# The runs use them at the same time.
tools() {
	"$here/fetch.sh" && "$here/dom0-root.sh"
}
expect "Xen and its tools are here" tools
[ "$tap_bad" -eq 0 ] || tap_done

boot() { # DOM0 KERNEL GUEST ...
	"$here/boot-xen.sh" --dom0 "$1" --kernel "$2" || :
}

addresses=
note_address() { # DOMAIN NAME
	addresses="$addresses$(address_of "$1" | sed "s/^/$2: /")$nl"
}

is_type() { # DOMAIN TYPE
	has_result "$1 guest_type $(echo "$2" | tr '[:lower:]' '[:upper:]')"
}

judge() { # DOM0 KERNEL GUEST ...
	dom0="$1 dom0 $2" domain="dom0 $2 $1" mode=$1
	name=$dom0
	expect "the domain boots" has_result "$domain up"
	expect "the type of the domain is $1" is_type "$domain" "$1"
	expect "the domain has Xen's console, early and late" has_result "$domain console ok"
	expect_tests "$domain"
	expect "the domain starts xenstore" has_result "$domain xenstore up"
	[ "$mode" = pv ] || note_address "$domain" dom0
	shift 2
	for guest; do
		domain="domU ${guest#*-} ${guest%-*}"
		name="${guest%-*} guest ${guest#*-} in $dom0"
		expect "xl create boots the domain until it powers off" has_result "$domain done"
		expect "the type of the domain is ${guest%-*}" is_type "$domain" "${guest%-*}"
		expect_tests "$domain"
		case $mode,$guest in
		pv,pvh-*) expect "with nokaslr the kernel is at its link address" \
				is "0x$link 0x0" "$(address_of "$domain")" ;;
		pvh,*) note_address "$domain" "guest ${guest#*-}" ;;
		esac
	done
}

run_cases boot judge <<'END'
# dom0  kernel   guests
pvh     vmlinux  pvh-vmlinux  pvh-bzImage
pvh     bzImage  pvh-vmlinux  pvh-bzImage
pv      vmlinux  pvh-vmlinux  pv-vmlinux
END

of() { # DOMAIN
	printf '%s' "$addresses" | sed -n "s/^$1: //p"
}

differ() { # DOMAIN
	want="different addresses" got=$(of "$1")
	[ "$(of "$1" | sort -u | wc -l)" -gt 1 ]
}

# all_in_range ADDRESSES: each address is in the range, and has the reported offset
all_in_range() {
	while read -r base offset; do
		in_kaslr_range "${base#0x}" &&
			is "$(printf 'ffffffff%08x' $((0x${link#ffffffff} + offset)))" "${base#0x}" || return
	done <<-END
		$1
	END
}

# By chance two are the same in one of some hundred tests. A third one decides then.
set -- dom0 "guest vmlinux" "guest bzImage"
for domain; do
	[ -n "$addresses" ] && ! differ "$domain" || continue
	tap_diag "$domain has the same address twice: one more boot"
	dir=$tmp/again
	mkdir "$dir"
	boot pvh vmlinux >"$dir/out" 2>"$dir/err"
	note_address "dom0 vmlinux pvh" dom0
	note_address "domU vmlinux pvh" "guest vmlinux"
	note_address "domU bzImage pvh" "guest bzImage"
	break
done
[ -n "$addresses" ] || tap_done
for domain; do
	name="PVH $domain"
	expect "KASLR gives the kernel another address at each boot" differ "$domain"
	tap_diag "$name: offsets $(of "$domain" | cut -d ' ' -f 2 | paste -sd ' ' -)"
	expect "the kernel is in its KASLR range, and reports its offset" all_in_range "$(of "$domain")"
done
tap_done
