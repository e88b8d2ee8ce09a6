# SPDX-License-Identifier: GPL-2.0
#
# Print the definitions of the kernel's e820.c that e820.c of the tests needs, unchanged:
# those of these names, at the start of a line. The names in may[] are others in another
# base, or missing.

BEGIN {
	may["e820_type_mergeable"] = may["e820_nomerge"] = may["__append_e820_table"] = 1
	n = split("__e820__range_add e820__range_add change_member change_point_list " \
		"change_point overlap_list new_entries cpcompare " \
		"e820__update_table append_e820_table __e820__range_update " \
		"e820__range_update e820__range_remove", names)
	for (i = 1; i <= n; i++)
		want[names[i]] = 1
}
function starts(line,   word) {
	if (line !~ /^[_a-z]/)
		return 0
	word = line
	if (word ~ /\(/)
		sub(/\(.*/, "", word)		# function
	else
		sub(/[[;{].*/, "", word)	# array, struct
	gsub(/[ \t]+$/, "", word)
	sub(/.*[ \t*]/, "", word)
	if (!(word in want) && !(word in may))
		return 0
	got[word] = 1
	return 1
}
# The type may have a line of its own.
!on && /^(__init static u64|static u64 __init)$/ { held = $0; next }
!on && starts($0) {
	if (held)
		print held
	on = 1
}
{ held = "" }
on {
	print
	# The type to be removed may have to be asked for.
	if (/e820__range_remove\(/)
		checked = /bool check_type/ ? ", true" : ""
	if (/^}/ || (/;$/ && /^[_a-z]/)) {
		on = 0
		print ""
	}
}
END {
	print "#define remove_ram(start, size) e820__range_remove(start, size, E820_TYPE_RAM" checked ")"
	for (name in want)
		if (!(name in got)) {
			print "e820.awk: no " name " in " FILENAME >"/dev/stderr"
			exit 1
		}
}
