#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# test.t with the 32-bit kernel without PAE.

exec sh "$(dirname -- "$0")/test.t" nopae
