#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The kernel boots as a Xen guest of a loader without a memory map, and refuses malformed
# data with a crash and one line in Xen's log.
#
# variables: those of selftests/xen/boot-xen.sh

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/loader/loader.sh"
. "$top/selftests/loader/xen.sh"
. "$top/selftests/xen/results.sh"

make_tmp
xen_loader_test
tap_done
