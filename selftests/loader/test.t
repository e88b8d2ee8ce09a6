#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel boots under a loader with valid data, and refuses malformed data in one
# line: one guest for each of selftests/loader/cases.
#
# variables: those of loader.sh

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/loader/loader.sh"

make_tmp
loader_test
tap_done
