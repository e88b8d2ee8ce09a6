# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Sourced after common.sh: selftests/mutants/list, and how a mutant is made of a file.

list=$top/selftests/mutants/list

# split_list: a directory $tmp/list/N for each mutant, with the files name, old, new,
# and file, find and equivalent, if it has them; and $tmp/list/count
split_list() {
	mkdir "$tmp/list"
	(cd "$tmp/list" && awk '
		/^== / {
			n++
			system("mkdir " n)
			printf "" >(n "/old")
			printf "" >(n "/new")
			close(n - 1 "/old")
			close(n - 1 "/new")
			field("name", substr($0, 4))
		}
		/^@/ { field(substr($1, 2), substr($0, length($1) + 2)) }
		/^-/ { print substr($0, 2) >(n "/old") }
		/^\+/ { print substr($0, 2) >(n "/new") }
		END { print n >"count" }
		function field(name, value) {
			print value >(n "/" name)
			close(n "/" name)
		}' "$list")
}

# get N FIELD: of a mutant; nothing if it does not have that
get() {
	[ ! -e "$tmp/list/$1/$2" ] || cat "$tmp/list/$1/$2"
}

# path N: the file of a mutant, in arch/x86/
path() {
	case $(get "$1" file) in
	boot/* | tools/*) get "$1" file ;;
	*) echo "xen/pvh/$(get "$1" file)" ;;
	esac
}

# apply N FILE: print the file with the mutant. Its old lines have to be there once.
apply() {
	awk '
		function bare(s) {
			sub(/^[ \t]+/, "", s)
			return s
		}
		FILENAME == ARGV[1] { old[++olds] = bare($0); next }
		FILENAME == ARGV[2] { new[++news] = $0; next }
		{ line[++lines] = $0 }
		END {
			for (l = 1; l + olds - 1 <= lines; l++) {
				for (k = 1; k <= olds && bare(line[l + k - 1]) == old[k]; k++)
					;
				if (k > olds) {
					at = l
					found++
				}
			}
			if (!olds || found != 1) {
				printf "error: its lines are in the file %d times\n", found >"/dev/stderr"
				exit 1
			}
			for (l = 1; l <= lines; l++) {
				if (l == at)
					for (k = 1; k <= news; k++)
						print new[k]
				if (l < at || l >= at + olds)
					print line[l]
			}
		}' "$tmp/list/$1/old" "$tmp/list/$1/new" "$2"
}
