#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# random.t with so many boots that the addresses have to be all over their ranges: the
# kernel's by the PVH note and by the 64-bit boot protocol, and the direct map's.
#
# variables: BOOTS=200, 40 or more; 200 take seven minutes

export BOOTS="${BOOTS:-200}" ONLY="${ONLY:-default CPU|64-bit protocol}"
exec sh "$(dirname -- "$0")/random.t"
