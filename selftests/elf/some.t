#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# machines.t with one guest

export ONLY="${ONLY:-^microvm microvm}"
exec sh "$(dirname -- "$0")/machines.t"
