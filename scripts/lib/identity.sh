# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # used where it is sourced
#
# Sourced after common.sh: whose patches they are, for what leaves this repository.

# identity: name and address of the submitter, in $my_name and $my_email, as git
# would have them of who commits here; or end.
identity() {
	my_name=$(git -C "$top" config user.name) || my_name=
	my_email=$(git -C "$top" config user.email) || my_email=
	[ -n "$my_name" ] ||
		die "git config user.name is not set: whose Signed-off-by is it to be? git config user.name 'Your Name'"
	[ -n "$my_email" ] ||
		die "git config user.email is not set: git config user.email ADDRESS"
	case $my_name in
	'Your Name' | root | pvh-boot | *'<'* | *'>'*)
		die "git config user.name is '$my_name': not the name of somebody who can sign off" ;;
	esac
	# What git and mailers make up of the names of machines, and git's own example
	case $my_email in
	you@example.com | *[[:space:]\<\>]* | *@*@* | @* | *@*.localdomain | *@localhost.* | \
	*.local | *.internal | *.invalid | *.localhost | *'(none)')
		bad=1 ;;
	*@?*.?*) bad= ;;
	*)	bad=1 ;;
	esac
	[ -z "$bad" ] ||
		die "git config user.email is '$my_email': not an address that mail reaches"
	case $my_email in
	*noreply* | *.example | *.test | *@example.*)
		say "git config user.email is '$my_email': replies to that may reach nobody" ;;
	esac
}
