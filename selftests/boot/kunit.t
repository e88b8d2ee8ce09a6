#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The KUnit suite of the series passes in a kernel that boots through its PVH note.

. "$(dirname -- "$0")/../lib/test.sh"
. "$top/selftests/boot/kunit.sh"

make_tmp
guest_defaults
kunit_test
tap_done
