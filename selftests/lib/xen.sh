# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034 # of common.sh
#
# Sourced after common.sh: where Xen is, that of the machine's own release or of XEN_SUITE=.

xen_dir=$build/xen${XEN_SUITE:+-$XEN_SUITE}
