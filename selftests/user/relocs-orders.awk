# SPDX-License-Identifier: GPL-2.0
#
# Print an object of many sections in assembly: relocations of which some are as close
# to each other as they can be, others 253 to 258 bytes from each other, others further.
# Most sections begin or end with one, so that those of two sections can be as close.
#
# variables: seed

BEGIN {
	srand(seed)
	print ".globl _text"
	print ".section .text._text, \"ax\", @progbits"
	print "_text:"
	for (s = 1; s <= 300; s++) {
		printf ".section .text.%03d, \"ax\", @progbits\n", s
		if (rand() < 0.3)
			print ".space " 1 + int(rand() * 300)
		for (r = int(rand() * rand() * 600); r >= 0; r--) {
			print rand() < 0.5 ? ".quad _text" : ".reloc ., R_X86_64_32S, _text; .long 0"
			kind = rand()
			if (kind < 0.3)
				print ".space " 245 + int(rand() * 10)
			else if (kind < 0.6)
				print ".space " 1 + int(rand() * 40)
			else if (kind < 0.61)
				print ".space " 1 + int(rand() * 100000)
		}
	}
	# A distance that no 24 bits hold, inside a section and before its first relocation
	print ".section .text.far1, \"ax\", @progbits; .space 0x1000001; .quad _text"
	print ".section .text.far2, \"ax\", @progbits; .quad _text; .space 0x2000000; .quad _text"
}
