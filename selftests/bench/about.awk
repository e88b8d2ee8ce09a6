# SPDX-License-Identifier: GPL-2.0
#
# What differs from run to run, as a document can have it: so coarse that it does not.

function about(n,	step) {
	step = n >= 1e7 ? 5e6 : n >= 1e4 ? 1e3 : 100
	return sprintf("%.0f", int(n / step + 0.5) * step)
}

# varies ITEM, ITEMS: whether it is one of "ITEM;ITEM"
function varies(item, items) {
	return index(";" items ";", ";" item ";") > 0
}
