# SPDX-License-Identifier: GPL-2.0
#
# "DOOR,ITEM,VALUE" lines, and behind those of a door what its parts come to and what is
# loaded. A part of which something is not counted makes the sum "more than".

{
	n++
	line[n] = $0
	door[n] = $1
	v[$1, $2] = $3
}

function loaded(name) {
	if (name ~ /^base-/)
		return v["loaded", "base"]
	if (name ~ /^bz-(gzip|xz|zstd|lz4)$/)
		return v["loaded", substr(name, 4)]
	if (name ~ /^(bz|efi|ovmf)-/ || name ~ /-grub$/)
		return v["loaded", "lz4"]
	return v["loaded", "pvh"]
}

function sum(name, what,	i, m, p, total, more) {
	m = split(v[name, "parts"], p, " ")
	for (i = 1; i <= m; i++) {
		if (v["part " p[i], what] ~ /^[0-9]+$/)
			total += v["part " p[i], what]
		else
			more = "more than "
	}
	return more (total + 0)
}

END {
	for (i = 1; i <= n; i++) {
		print line[i]
		if (door[i + 1] == door[i] || !((door[i], "parts") in v))
			continue
		if (loaded(door[i]) != "")
			print door[i] ",loaded bytes," loaded(door[i])
		if (("part pvh", "bytes") in v) {
			print door[i] ",trusted bytes," sum(door[i], "bytes")
			print door[i] ",trusted lines," sum(door[i], "lines")
		}
	}
}
